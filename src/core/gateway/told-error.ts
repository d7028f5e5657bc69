import { toPayload } from '../kernel/payload.ts';
import type { Payload } from '../kernel/payload.ts';
import type { RpcError } from '../ports/downstream.ts';
import { characterAt } from './results.ts';

/** Of the message of an error that is cut. */
const MAX_MESSAGE_BYTES = 4_000;
const encoder = new TextEncoder();
const decoder = new TextDecoder('utf-8', { ignoreBOM: true });

/** What a server says of a failure: models read it, so it is bounded and looked through as its results are. */
export function toldError(
  error: RpcError,
  maxBytes: number,
  inspected: (payload: Payload) => Payload,
): RpcError {
  const { code, message, data } = bounded(error, maxBytes);
  const content = [{ type: 'text', text: message }];
  const asResult = toPayload({ content, ...(data !== undefined && { structuredContent: data }) });
  const payload = inspected(asResult);
  const told = payload === asResult ? data : payload.value['structuredContent'];
  return {
    code,
    message: payload === asResult ? message : textIn(payload),
    ...(told !== undefined && { data: told }),
  };
}

/** The texts of a result, one below the other. */
export function textIn({ value }: Payload): string {
  const content = value['content'] as readonly { readonly text?: unknown }[];
  return content.map((each) => (typeof each.text === 'string' ? each.text : '')).join('\n');
}

/** Errors are told in a few words: what is longer than a result may be is cut, and its data left out. */
function bounded(error: RpcError, maxBytes: number): RpcError {
  const { code, message, data } = error;
  const said = encoder.encode(message);
  const more = data === undefined ? 0 : encoder.encode(JSON.stringify(data)).byteLength;
  const length = said.byteLength + more;
  if (length <= maxBytes) return error;
  const end = characterAt(said, Math.min(MAX_MESSAGE_BYTES, maxBytes, said.byteLength));
  const cut = decoder.decode(said.subarray(0, end));
  return { code, message: `${cut} (${length - end} bytes of this error were left out.)` };
}
