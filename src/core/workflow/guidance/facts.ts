import type { Json, JsonObject } from '../../kernel/json.ts';
import { isJsonObject } from '../../kernel/json.ts';
import { readKeys } from '../../kernel/expression/evaluate.ts';
import type { Place, StatusClass } from './condition.ts';
import type { Picture } from './guidance.ts';
import { canonicalName } from './name.ts';
import { isUntroubled } from './open-text.ts';
import { statusClass } from './status-grammar.ts';

const OUTPUT_KEYS = ['output', 'stdout', 'text', 'content', 'result', 'log'];

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
    if (this.#words === undefined) {
      const { result, details, message, error } = this.picture.report;
      this.#words = [result, details, message, error].map((part) => (part === undefined ? '' : strings(part).join(' '))).join(' ');
    }
    return this.#words;
  }

  /** The values that a name has, wherever a client may have put it; more than one when places disagree. */
  values(name: string, soft: boolean): readonly Json[] {
    const found: Json[] = [];
    const { context, report } = this.picture;
    const keys = toKeys(name);
    const root = keys[0];
    if (keys.length > 1 && (root === 'context' || root === 'report')) {
      const value = readKeys(root === 'context' ? context : reportObject(report), keys.slice(1));
      return value === null ? [] : [value];
    }
    const places: readonly (Json | undefined)[] = [context, report.details, report.result];
    for (const place of places) {
      if (place === undefined || !isJsonObject(place)) continue;
      const value = soft ? byCanonical(place, name) : readOwn(place, keys);
      if (value !== undefined && !found.some((each) => JSON.stringify(each) === JSON.stringify(value))) found.push(value);
    }
    if (found.length === 0 && keys.length === 1 && name === 'status') found.push(report.status);
    return found;
  }

  /** The texts that may hold a quotation; `undefined` where the report has none. `whole` when they are all there is. */
  texts(place: Place): { readonly texts: readonly string[]; readonly whole: boolean } | undefined {
    const { report } = this.picture;
    if (place === 'message') return plain(report.message);
    if (place === 'error') return plain(report.error);
    if (place === 'output') return output(report.result) ?? output(report.details);
    const parts = [report.result, report.details, report.message, report.error].filter((part) => part !== undefined);
    return parts.length === 0 ? undefined : { texts: parts.flatMap((part) => strings(part)), whole: true };
  }

  visits(step: string): number | undefined {
    const { visits } = this.picture;
    const canonical = canonicalName(step);
    const own = Object.keys(visits).find((key) => canonicalName(key) === canonical);
    return own === undefined ? undefined : visits[own];
  }
}

function reportObject(report: Picture['report']): JsonObject {
  const { status, result, details, message, error } = report;
  const fields = { status, result, details, message, error };
  return Object.fromEntries(Object.entries(fields).filter((entry): entry is [string, Json] => entry[1] !== undefined));
}

function toKeys(name: string): readonly (string | number)[] {
  return name.split('.').flatMap((part) => {
    const [head = '', ...indexes] = part.split('[');
    return [head, ...indexes.map((index) => Number.parseInt(index, 10))];
  });
}

function readOwn(place: JsonObject, keys: readonly (string | number)[]): Json | undefined {
  const first = keys[0];
  if (first === undefined || !Object.hasOwn(place, first)) return undefined;
  return readKeys(place, keys);
}

function byCanonical(place: JsonObject, name: string): Json | undefined {
  const canonical = canonicalName(name);
  const key = Object.keys(place).find((each) => canonicalName(each) === canonical);
  return key === undefined ? undefined : place[key];
}

type Texts = { readonly texts: readonly string[]; readonly whole: boolean };

function plain(value: Json | undefined): Texts | undefined {
  return typeof value === 'string' ? { texts: [value], whole: true } : undefined;
}

function output(value: Json | undefined): Texts | undefined {
  if (value === undefined || value === null) return undefined;
  if (!isJsonObject(value)) return { texts: strings(value), whole: typeof value === 'string' || Array.isArray(value) };
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
