import type { ReadResourceResult, ResourceTemplateType } from '@modelcontextprotocol/server';
import type { Gateway, ResultPage, ResultQuery } from '../../core/gateway/gateway.ts';
import type { Caller } from '../../core/kernel/caller.ts';
import { TuttiError } from '../../core/kernel/errors.ts';

const ADDRESS = /^tutti:\/\/result\/([\w-]{1,64})(?:\?(.{0,2048}))?$/s;
const KEYS = ['offset', 'limit', 'grep', 'path'];

export const resultTemplate: ResourceTemplateType = {
  name: 'result',
  title: 'Large result',
  uriTemplate: 'tutti://result/{id}{?offset,limit,grep,path}',
  description:
    'A result too large to be returned whole: a page of it by offset and limit (bytes), its lines with a text, or what a path such as $.items[*].id leads to.',
  mimeType: 'text/plain',
};

export interface ResultAddress {
  readonly id: string;
  readonly query: ResultQuery;
}

/** `undefined` for what is no address of a stored result. @throws TuttiError `input/invalid-format`. */
export function parseResultAddress(uri: string): ResultAddress | undefined {
  const [, id, search = ''] = ADDRESS.exec(uri) ?? [];
  if (id === undefined) return undefined;
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

export async function readResult(
  uri: string,
  { id, query }: ResultAddress,
  { gateway, caller }: { readonly gateway: Gateway; readonly caller: Caller },
): Promise<ReadResourceResult> {
  const page = await gateway.readResult(caller, id, query);
  const next = nextAddress(id, query, page);
  const { offset, totalBytes, nextOffset } = page;
  const told =
    next === undefined
      ? []
      : [{ uri: next, mimeType: 'text/plain', text: `[${totalBytes} bytes in all. The next page: ${next}]` }];
  return {
    contents: [{ uri, mimeType: 'text/plain', text: page.text }, ...told],
    _meta: {
      tutti: {
        offset,
        total_bytes: totalBytes,
        ...(nextOffset !== undefined && { next_offset: nextOffset, next }),
      },
    },
  };
}

function nextAddress(id: string, query: ResultQuery, { nextOffset }: ResultPage): string | undefined {
  if (nextOffset === undefined) return undefined;
  const search = new URLSearchParams({ offset: String(nextOffset) });
  for (const key of ['limit', 'grep', 'path'] as const) {
    const value = query[key];
    if (value !== undefined) search.set(key, String(value));
  }
  return `tutti://result/${id}?${search.toString()}`;
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
