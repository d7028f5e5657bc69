import type { Entry } from './client.ts';

/** An entry whose arguments and values are texts, as ours are. */
export interface Textual {
  readonly entry: Entry;
  /** Where something else stood that reads the same as a text, such as `env.PORT` for a number. */
  readonly asText: readonly string[];
  /** Where something stood that is no text at all, and was left out, such as `args.1` for a list. */
  readonly noText: readonly string[];
}

const PARTS = ['args', 'env', 'headers'];

export function toTexts(given: Entry): Textual {
  const asText: string[] = [];
  const noText: string[] = [];
  const texts = (part: string, members: object): readonly (readonly [string, string])[] =>
    Object.entries(members).flatMap(([key, value]: [string, unknown]) => {
      if (typeof value === 'string') return [[key, value]];
      const isPlain = typeof value === 'number' || typeof value === 'boolean' || typeof value === 'bigint';
      (isPlain ? asText : noText).push(`${part}.${key}`);
      return isPlain ? [[key, String(value)]] : [];
    });
  const changed = PARTS.flatMap((part) => {
    const members = given[part];
    if (typeof members !== 'object' || members === null) return [];
    const found = texts(part, members);
    return [[part, Array.isArray(members) ? found.map(([, text]) => text) : Object.fromEntries(found)]];
  });
  return { entry: { ...given, ...Object.fromEntries(changed) }, asText, noText };
}
