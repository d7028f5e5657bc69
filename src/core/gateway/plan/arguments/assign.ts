import type { Json } from '../../../kernel/json.ts';
import { canonicalJson } from '../../../kernel/json.ts';
import type { Property } from './properties.ts';
import { overlap } from './reading.ts';
import type { Candidate } from './reading.ts';

export interface Assigned {
  readonly values: ReadonlyMap<Property, Json>;
  /** What was taken for them, and what two could have had. */
  readonly used: readonly Candidate[];
}

const MAX_CANDIDATES = 2000;

/** Each part of the text to one parameter, the plainest first. Where two are as plain, neither has it. */
export function assign(candidates: readonly Candidate[]): Assigned {
  const taken: Candidate[] = [];
  const blocked: Candidate[] = [];
  const sorted = candidates
    .slice(0, MAX_CANDIDATES)
    .toSorted((a, b) => b.score - a.score || a.start - b.start);
  for (let at = 0; at < sorted.length;) {
    const score = sorted[at]?.score ?? 0;
    const tier: Candidate[] = [];
    for (; at < sorted.length && sorted[at]?.score === score; at++) {
      const each = sorted[at];
      if (each !== undefined && isOpen(each, taken, blocked)) tier.push(each);
    }
    for (const each of tier) (tier.some((other) => excludes(each, other)) ? blocked : taken).push(each);
  }
  return { values: valuesOf(taken), used: [...taken, ...blocked] };
}

function isOpen(each: Candidate, taken: readonly Candidate[], blocked: readonly Candidate[]): boolean {
  if (taken.some((other) => excludes(each, other))) return false;
  return !blocked.some((other) => other.property === each.property || overlap(other, each));
}

/** Whether only one of two can be true. */
function excludes(a: Candidate, b: Candidate): boolean {
  if (a === b) return false;
  if (a.property === b.property) {
    if (a.property.list === undefined) return canonicalJson(a.value) !== canonicalJson(b.value);
    return overlap(a, b) && !(a.start === b.start && a.end === b.end);
  }
  if (!overlap(a, b)) return false;
  return a.role === undefined || b.role === undefined || a.role === b.role;
}

function valuesOf(taken: readonly Candidate[]): ReadonlyMap<Property, Json> {
  const values = new Map<Property, Json>();
  const lists = new Map<Property, Candidate[]>();
  for (const each of taken.toSorted((a, b) => a.start - b.start)) {
    const { property, value } = each;
    if (property.list === undefined) values.set(property, value);
    else lists.set(property, [...(lists.get(property) ?? []), each]);
  }
  for (const [property, all] of lists) values.set(property, itemsOf(all));
  return values;
}

/** Said twice, a name is still one; a number is two. */
function itemsOf(all: readonly Candidate[]): readonly Json[] {
  const isNumber = all.every(({ property }) => property.type === 'number');
  const apart = all.filter(({ start }, at) => all.findIndex((other) => other.start === start) === at);
  const values = (isNumber ? apart : all).map(({ value }) => value);
  return isNumber ? values : [...new Set(values)];
}
