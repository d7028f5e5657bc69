import type { JSONRPCErrorResponse, RequestId } from '@modelcontextprotocol/server';

const CUT_OFF =
  'This session ended before the request was answered. Whether it took effect is unknown; look before you repeat it.';

/** What whoever waits in a session that ends is told. */
export function cutOffAnswer(id: RequestId): JSONRPCErrorResponse {
  return { jsonrpc: '2.0', id, error: { code: -32_000, message: CUT_OFF } };
}
