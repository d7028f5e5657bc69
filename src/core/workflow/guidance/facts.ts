import { readKeys } from '../../kernel/expression/evaluate.ts';
import type { Report } from '../../kernel/instance.ts';
import type { Json, JsonObject } from '../../kernel/json.ts';
import { isJsonObject } from '../../kernel/json.ts';
import type { Place, StatusClass } from './condition.ts';
import type { Picture } from './guidance.ts';
import { canonicalName } from './name.ts';
import { isUntroubled } from './open-text.ts';
import { statusClass } from './status.ts';

const OUTPUT_KEYS = ['output', 'stdout', 'text', 'content', 'result', 'log'];

/** Texts that may hold a quotation; `whole` when they are all there is. */
export interface Texts {
  readonly texts: readonly string[];
  readonly whole: boolean;
}

/** A picture, read the way conditions ask for it. */
export class Facts {
  readonly picture: Picture;
  readonly statusText: string;
  readonly status: StatusClass | undefined;
  #words: string | undefined;

  constructor(picture: Picture) {
    this.picture = picture;
    this.statusText = picture.report.status.trim().toLowerCase();
    this.status = statusClass(this.statusText);
  }

  /** Whether the report, in its own words, says nothing that its status does not. */
  get untroubled(): boolean {
    return isUntroubled(this.#text());
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
    for (const place of [context, report.details, report.result]) {
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

function parts({ result, details, message, error }: Report): readonly Json[] {
  return [result, details, message, error].filter((part) => part !== undefined);
}

/** The report as an expression sees it. */
export function reportObject({ status, result, details, message, error }: Report): JsonObject {
  const fields: [string, Json | undefined][] = Object.entries({ status, result, details, message, error });
  return Object.fromEntries(fields.filter((entry): entry is [string, Json] => entry[1] !== undefined));
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
    if (typeof text === 'string') return { texts: [text], whole: true };
  }
  return { texts: strings(value), whole: false };
}

function strings(value: Json): readonly string[] {
  const found: string[] = [];
  const open: Json[] = [value];
  for (let each = open.pop(); each !== undefined; each = open.pop()) {
    if (typeof each === 'string') found.push(each);
    else if (Array.isArray(each)) open.push(...(each as readonly Json[]));
    else if (isJsonObject(each)) open.push(...Object.values(each));
  }
  return found;
}
