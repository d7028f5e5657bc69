import { TuttiError } from '../kernel/errors.ts';
import type { ResultQuery } from './gateway.ts';

const ADDRESS = /^tutti:\/\/result\/([\w-]{1,64})(?:\?(.*))?$/s;
/** Room for the longest text and the longest path, each character as nine. */
const MAX_QUERY = 16_384;
/** Of the text that lines are looked for by. */
export const MAX_GREP = 1_000;
const KEYS = ['offset', 'limit', 'grep', 'path'];

/** A stored result, and what of it. */
export interface ResultAddress {
  readonly id: string;
  readonly query: ResultQuery;
}

/** `undefined` for what is no address of a stored result. @throws TuttiError `input/invalid-format`. */
export function parseResultAddress(uri: string): ResultAddress | undefined {
  const [, id, search = ''] = ADDRESS.exec(uri) ?? [];
  if (id === undefined) return undefined;
  if (search.length > MAX_QUERY) {
    throw new TuttiError(
      'input/invalid-format',
      `The query in the address of a stored result has ${search.length} characters; expected at most ${MAX_QUERY}, with a grep of at most ${MAX_GREP}.`,
    );
  }
  const given = new URLSearchParams(search);
  const unknown = [...given.keys()].find((each) => !KEYS.includes(each));
  if (unknown !== undefined) {
    throw new TuttiError(
      'input/invalid-format',
      `A stored result knows no "${unknown.slice(0, 40)}"; expected ${KEYS.join(', ')}.`,
    );
  }
  const offset = count(given, 'offset');
  const limit = count(given, 'limit');
  const grep = given.get('grep');
  const path = given.get('path');
  return {
    id,
    query: {
      ...(offset !== undefined && { offset }),
      ...(limit !== undefined && { limit }),
      ...(grep !== null && { grep }),
      ...(path !== null && { path }),
    },
  };
}

function count(given: URLSearchParams, key: string): number | undefined {
  const text = given.get(key);
  if (text === null) return undefined;
  if (/^\d{1,12}$/.test(text)) return Number(text);
  throw new TuttiError(
    'input/invalid-format',
    `${key} is "${text.slice(0, 40)}"; expected a whole number of bytes.`,
  );
}
