import { TuttiError } from '../kernel/errors.ts';
import type { Json } from '../kernel/json.ts';
import { isJsonObject } from '../kernel/json.ts';
import type { Comparison, Filter, Key, Selector, Slice } from './path-selectors.ts';
import { EVERY, isKey, selectorsOf } from './path-selectors.ts';

const MAX_FOUND = 10_000;

/**
 * What a path such as `$.items[*].id` leads to, in order; nothing where it leads nowhere.
 *
 * @throws TuttiError `input/invalid-format` for what is no path, or leads to more than 10,000 values.
 */
export function readPath(value: Json, path: string): readonly Json[] {
  let found: readonly Json[] = [value];
  for (const selector of selectorsOf(path)) {
    found = found.flatMap((each) => select(each, selector));
    requireFew(found);
  }
  return found;
}

/** Whether a path can lead to several values. */
export function isPlural(path: string): boolean {
  return selectorsOf(path).some((each) => (isKey(each) ? each === EVERY : each.kind !== 'back'));
}

/** What one step leads to, in order; nothing where it leads nowhere. */
export function follow(value: Json, key: Key): readonly Json[] {
  if (key === EVERY) return childrenOf(value);
  if (Array.isArray(value)) {
    const item = typeof key === 'number' ? (value as readonly Json[])[key] : undefined;
    return item === undefined ? [] : [item];
  }
  const member = isJsonObject(value) && Object.hasOwn(value, key) ? value[key] : undefined;
  return member === undefined ? [] : [member];
}

function select(value: Json, selector: Selector): readonly Json[] {
  if (isKey(selector)) return follow(value, selector);
  switch (selector.kind) {
    case 'back':
    case 'slice':
      return Array.isArray(value) ? itemsOf(value as readonly Json[], selector) : [];
    case 'filter':
      return childrenOf(value).filter((each) => passes(each, selector));
    case 'below':
      return below(value, selector.select);
  }
}

function itemsOf(list: readonly Json[], which: Extract<Slice, { kind: 'back' | 'slice' }>): readonly Json[] {
  if (which.kind === 'slice') return list.slice(which.from, which.to);
  const item = list.at(-which.by);
  return item === undefined ? [] : [item];
}

/** Of the value itself and all that stands in it, from above, each but once. */
function below(whole: Json, selector: Exclude<Selector, { kind: 'below' }>): readonly Json[] {
  const found: Json[] = [];
  const open: Json[] = [whole];
  for (let value = open.pop(); value !== undefined; value = open.pop()) {
    for (const each of select(value, selector)) found.push(each);
    requireFew(found);
    const children = childrenOf(value);
    for (let at = children.length - 1; at >= 0; at--) {
      const each = children[at];
      if (typeof each === 'object' && each !== null) open.push(each);
    }
  }
  return found;
}

function passes(value: Json, { keys, comparison }: Filter): boolean {
  let at: Json | undefined = value;
  for (const key of keys) [at] = at === undefined ? [] : follow(at, key);
  return comparison === undefined ? at !== undefined : holds(at, comparison);
}

/** Only numbers, and only texts, have an order. */
function holds(found: Json | undefined, { operator, wanted }: Comparison): boolean {
  const isSame = found === wanted;
  if (operator === '==') return isSame;
  if (operator === '!=') return !isSame;
  if (isSame) return operator.endsWith('=');
  if (!isOrdered(found) || !isOrdered(wanted) || typeof found !== typeof wanted) return false;
  return operator.startsWith('<') ? found < wanted : found > wanted;
}

function isOrdered(value: Json | undefined): value is number | string {
  return typeof value === 'number' || typeof value === 'string';
}

function childrenOf(value: Json): readonly Json[] {
  if (Array.isArray(value)) return value as readonly Json[];
  return isJsonObject(value) ? Object.values(value) : [];
}

function requireFew(found: readonly Json[]): void {
  if (found.length <= MAX_FOUND) return;
  throw new TuttiError('input/invalid-format', `path leads to more than ${MAX_FOUND} values. Narrow it.`);
}
