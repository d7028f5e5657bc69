import { readKeys } from '../../kernel/expression/evaluate.ts';
import type { Report } from '../../kernel/instance.ts';
import type { Json, JsonObject } from '../../kernel/json.ts';
import { isJsonObject } from '../../kernel/json.ts';
import type { Place, StatusClass } from './condition.ts';
import type { Picture } from './guidance.ts';
import { canonicalName } from './name.ts';
import { isUntroubled } from './open-text.ts';
import {
  admitsFailure,
  contradicts,
  disputes,
  mentions,
  sharesWords,
  someKey,
  strings,
} from './report-text.ts';
import { statusClass } from './status.ts';

const OUTPUT_KEYS = ['output', 'stdout', 'text', 'content', 'result', 'log'];

const REPORT_FIELDS: ReadonlySet<string> = new Set(['result', 'details', 'message', 'error']);

/** Texts that may hold a quotation; `whole` when they are all there is. */
export interface Texts {
  readonly texts: readonly string[];
  readonly whole: boolean;
  /** Where else the report speaks: what is not in `texts` may still be there. */
  readonly beside?: readonly string[];
}

/** A picture, read the way conditions ask for it. */
export class Facts {
  readonly picture: Picture;
  readonly statusText: string;
  readonly status: StatusClass | undefined;
  #words: string | undefined;
  #isContradicted: boolean | undefined;

  constructor(picture: Picture) {
    this.picture = picture;
    this.statusText = picture.report.status.trim().toLowerCase();
    this.status = statusClass(this.statusText);
  }

  /** Whether the report, in its own words, says nothing that its status does not. */
  get untroubled(): boolean {
    return !this.contradicted && isUntroubled(this.#text());
  }

  /** Whether the report's own fields say that it did not go well: `success: false`, `errors: 3`, an error. */
  get contradicted(): boolean {
    const { result, details, message, error, more } = this.picture.report;
    this.#isContradicted ??= contradicts({ result, details, error, more }) || admitsFailure(message);
    return this.#isContradicted;
  }

  /** Whether a text is, for the most part, in the report's own words too. */
  speaksOf(text: string): boolean {
    return sharesWords(this.#text(), text);
  }

  /** Whether a value may be there under a name that is nearly this one, deeper down, or told in words. */
  hints(name: string): boolean {
    const { context, report } = this.picture;
    const canonical = canonicalName(lastPart(name));
    const isHint = (key: string): boolean => canonicalName(lastPart(key)) === canonical;
    const places = [context, ...parts(report)];
    return places.some((place) => someKey(place, isHint)) || mentions(this.#text(), name);
  }

  /** Whether the report, in words, gives a name another value. */
  disputes(name: string, value: Json): boolean {
    return disputes(this.#text(), name, value);
  }

  get wordless(): boolean {
    return this.#text().trim() === '';
  }

  #text(): string {
    this.#words ??= parts(this.picture.report)
      .flatMap((part) => strings(part))
      .join(' ');
    return this.#words;
  }

  /** The values that a name has, wherever a client may have put it; more than one when places disagree. */
  values(name: string, soft: boolean): readonly Json[] {
    const { context, report } = this.picture;
    const keys = toKeys(name);
    const [root, ...rest] = keys;
    if (rest.length > 0 && (root === 'context' || root === 'report')) {
      const value = readKeys(root === 'context' ? context : reportObject(report), rest);
      return value === null ? [] : [value];
    }
    const found: Json[] = [];
    const fields = REPORT_FIELDS.has(String(root)) ? reportObject(report) : undefined;
    for (const place of [context, report.details, report.result, report.more, fields]) {
      const value = valueIn(place, { name, keys, soft });
      if (value !== undefined && !found.some((each) => isEqual(each, value))) found.push(value);
    }
    return found.length === 0 && name === 'status' ? [report.status] : found;
  }

  texts(place: Place): Texts | undefined {
    const { report } = this.picture;
    switch (place) {
      case 'message':
        return plain(report.message);
      case 'error':
        return plain(report.error);
      case 'output':
        return output(report.result) ?? output(report.details);
      case 'report': {
        const all = parts(report);
        return all.length === 0 ? undefined : { texts: all.flatMap((part) => strings(part)), whole: true };
      }
    }
  }

  visits(step: string): number | undefined {
    const { visits } = this.picture;
    if (Object.hasOwn(visits, step)) return visits[step];
    const canonical = canonicalName(step);
    const own = Object.keys(visits).find((key) => canonicalName(key) === canonical);
    return own === undefined ? undefined : visits[own];
  }
}

function parts({ result, details, message, error, more }: Report): readonly Json[] {
  return [result, details, message, error, more].filter((part) => part !== undefined);
}

/** The report as an expression sees it: its own fields, and whatever else the client sent. */
export function reportObject({ status, result, details, message, error, more }: Report): JsonObject {
  const own: [string, Json | undefined][] = Object.entries({ status, result, details, message, error });
  const fields = own.filter((entry): entry is [string, Json] => entry[1] !== undefined);
  return Object.fromEntries([...Object.entries(more ?? {}), ...fields]);
}

function lastPart(name: string): string {
  return name.slice(name.lastIndexOf('.') + 1);
}

function toKeys(name: string): readonly (string | number)[] {
  const keys: (string | number)[] = [];
  for (const part of name.split('.')) {
    const [head = '', ...indexes] = part.split('[');
    keys.push(head);
    for (const index of indexes) keys.push(Number.parseInt(index, 10));
  }
  return keys;
}

interface Sought {
  readonly name: string;
  readonly keys: readonly (string | number)[];
  readonly soft: boolean;
}

function valueIn(place: Json | undefined, { name, keys, soft }: Sought): Json | undefined {
  if (place === undefined || !isJsonObject(place)) return undefined;
  if (soft) {
    const canonical = canonicalName(name);
    const key = Object.keys(place).find((each) => canonicalName(each) === canonical);
    return key === undefined ? undefined : place[key];
  }
  const [first] = keys;
  return first !== undefined && Object.hasOwn(place, first) ? readKeys(place, keys) : undefined;
}

function isEqual(one: Json, other: Json): boolean {
  return one === other || JSON.stringify(one) === JSON.stringify(other);
}

function plain(value: Json | undefined): Texts | undefined {
  return typeof value === 'string' ? { texts: [value], whole: true } : undefined;
}

function output(value: Json | undefined): Texts | undefined {
  if (value === undefined || value === null) return undefined;
  if (!isJsonObject(value))
    return { texts: strings(value), whole: typeof value === 'string' || Array.isArray(value) };
  for (const key of OUTPUT_KEYS) {
    const text = Object.hasOwn(value, key) ? value[key] : undefined;
    if (typeof text === 'string') return { texts: [text], whole: true, beside: strings(value) };
  }
  return { texts: strings(value), whole: false };
}
