import type { LearnedExample } from '../route/route.ts';

const MAX_DOUBTS = 1_000;

/** Choices that were offered in plain answers, for a while: who sends one of them back has confirmed it. */
export interface Doubts {
  add(owner: string, offered: { readonly query: string; readonly tools: readonly string[] }): void;
  has(owner: string, example: LearnedExample): boolean;
}

export function createDoubts(): Doubts {
  const known = new Map<string, readonly string[]>();
  return {
    add: (owner, { query, tools }) => {
      const key = keyOf(owner, query);
      known.delete(key);
      const [oldest] = known.keys();
      if (known.size >= MAX_DOUBTS && oldest !== undefined) known.delete(oldest);
      known.set(key, tools);
    },
    has: (owner, { query, tool }) => known.get(keyOf(owner, query))?.includes(tool) === true,
  };
}

function keyOf(owner: string, query: string): string {
  return JSON.stringify([owner, query]);
}
