import type { Target } from '../../kernel/instance.ts';
import type { Action, Naming } from './action.ts';
import type { Statement } from './statement.ts';

/** A way on as the author listed it, before the outcomes are named. */
export interface Way {
  readonly to: Target;
  readonly when: string;
}

export interface Place {
  readonly text: string;
  readonly line: number;
}

/** What was read of the guidance of one step. */
export interface Reading {
  readonly statements: readonly Statement[];
  readonly ways: readonly Way[];
  readonly names: readonly (Naming & { readonly line: number })[];
  /** Sentences that were not understood. */
  readonly opaque: readonly Place[];
}

const MAX_WHEN_LENGTH = 100;

/** What is noted beside the statements while they are read. */
export class Notes {
  readonly ways: Way[] = [];
  readonly names: (Naming & { readonly line: number })[] = [];
  readonly opaque: Place[] = [];

  action({ to, names }: Action, when: string, line: number): void {
    if (to !== undefined) this.ways.push({ to, when: short(when) });
    for (const name of names) this.names.push(Object.assign({ line }, name));
  }

  unread(place: Place, candidates: readonly Target[]): void {
    for (const to of candidates) this.ways.push({ to, when: short(place.text) });
    this.opaque.push(place);
  }
}

function short(text: string): string {
  const flat = text.replaceAll(/\s+/g, ' ').trim();
  return flat.length > MAX_WHEN_LENGTH ? `${flat.slice(0, MAX_WHEN_LENGTH - 1).trimEnd()}…` : flat;
}
