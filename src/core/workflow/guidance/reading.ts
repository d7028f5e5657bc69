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

interface Unread extends Place {
  /** It names a way on. */
  readonly leads: boolean;
}

/** What was read of the guidance of one step. */
export interface Reading {
  readonly statements: readonly Statement[];
  readonly ways: readonly Way[];
  readonly names: readonly (Naming & { readonly line: number })[];
  /** Sentences that were not understood. */
  readonly opaque: readonly Unread[];
}

const MAX_WHEN_LENGTH = 100;

/** What is noted beside the statements while they are read. */
export class Notes {
  readonly ways: Way[] = [];
  readonly names: (Naming & { readonly line: number })[] = [];
  readonly opaque: Unread[] = [];

  action({ to, names }: Action, when: string, line: number): void {
    if (to !== undefined) this.ways.push({ to, when: short(when) });
    for (const name of names) this.names.push(Object.assign({ line }, name));
  }

  unread(place: Place, candidates: readonly Target[]): void {
    const when = short(place.text);
    for (const to of candidates) this.ways.push({ to, when });
    this.opaque.push({ text: place.text, line: place.line, leads: candidates.length > 0 });
  }
}

function short(text: string): string {
  const flat = text
    .slice(0, MAX_WHEN_LENGTH * 4)
    .replaceAll(/\s+/g, ' ')
    .trim();
  return flat.length > MAX_WHEN_LENGTH ? `${flat.slice(0, MAX_WHEN_LENGTH - 1).trimEnd()}…` : flat;
}
