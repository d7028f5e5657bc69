import type { Clause } from './clauses.ts';
import type { Structure } from './plan.ts';
import { handsOver } from './ties.ts';
import { placesOf } from './places.ts';
import type { Place } from './places.ts';

/** Of so many calls in so many waves. */
export function structureOf(waves: number, calls: number): Structure {
  if (calls <= 1) return 'single';
  if (waves === 1) return 'parallel';
  return waves === calls ? 'sequential' : 'mixed';
}

/** @param places of each call those that it waits for, all before its own */
export function structureOfPlaces(places: readonly Place[]): Structure {
  const waves: number[] = [];
  for (const { after } of places) waves.push(1 + Math.max(0, ...after.map((index) => waves[index] ?? 0)));
  return structureOf(Math.max(0, ...waves), places.length);
}

const ASKING = new Set<Clause['form']>(['task', 'doing', 'question', 'need', 'maybe']);
/**
 * How many things are asked for, by the words alone: for when no tool is known that could tell. A new sentence that is not linked to the ones before
 * mostly says the same again.
 */
export function structureByWords(clauses: readonly Clause[]): Structure {
  const asked: Clause[] = [];
  let sentence = -1;
  for (const clause of clauses) {
    const isLinked = clause.sentence === sentence || clause.isAfter || clause.isAlso;
    const isPart = clause.form === 'part' && (clause.isAfter || clause.isAlso) && asked.length > 0;
    if (!ASKING.has(clause.form) && !isPart) continue;
    sentence = clause.sentence;
    if (asked.length === 0 || (isLinked && !handsOver(clause.masked))) asked.push(clause);
  }
  return structureOfPlaces(placesOf(asked.map((clause) => ({ clause }))));
}
