import type { FuncKeywordDefinition } from 'ajv';
import type { Json, JsonObject } from '../../core/kernel/json.ts';
import { spending } from './spending.ts';

/** `uniqueItems` in linear time, where comparing each with each would take hours. */
export const uniqueItems: FuncKeywordDefinition = {
  keyword: 'uniqueItems',
  type: 'array',
  schemaType: 'boolean',
  errors: false,
  validate: (wanted: boolean, items: readonly Json[]) => !wanted || areUnique(items),
};

function areUnique(items: readonly Json[]): boolean {
  const seen = new Set<string>();
  for (const item of items) {
    const text = textOf(item);
    // A step for each character, and one to look it up.
    spending.spend(text.length + 1);
    if (seen.has(text)) return false;
    seen.add(text);
  }
  return true;
}

/** The same for equal values, and for no others. Written for speed: texts go in by their length, since quoting them takes longer. */
function textOf(value: Json): string {
  if (typeof value === 'string') return `${value.length}"${value}`;
  // Both zeros give the same text.
  if (value === null || typeof value !== 'object') return `${value}`;
  if (Array.isArray(value)) {
    let text = '[';
    for (const each of value as readonly Json[]) text += `${textOf(each)},`;
    return `${text}]`;
  }
  const keys = Object.keys(value);
  if (!isSorted(keys)) keys.sort();
  let text = '{';
  for (const key of keys) text += `${key.length}"${key}${textOf((value as JsonObject)[key] ?? null)},`;
  return `${text}}`;
}

function isSorted(keys: readonly string[]): boolean {
  for (let index = 1; index < keys.length; index += 1) {
    if ((keys[index - 1] ?? '') > (keys[index] ?? '')) return false;
  }
  return true;
}
