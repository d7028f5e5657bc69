import type { ReadResourceResult, ResourceTemplateType } from '@modelcontextprotocol/server';
import type { Gateway, ResultPage, ResultQuery } from '../../core/gateway/gateway.ts';
import type { ResultAddress } from '../../core/gateway/result-address.ts';
import type { Caller } from '../../core/kernel/caller.ts';

export const resultTemplate: ResourceTemplateType = {
  name: 'result',
  title: 'Large result',
  uriTemplate: 'tutti://result/{id}{?offset,limit,grep,path}',
  description:
    'A result too large to be returned whole: a page of it by offset and limit (bytes), its lines with a text, or what a path such as $.items[*].id leads to.',
  mimeType: 'text/plain',
};

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
