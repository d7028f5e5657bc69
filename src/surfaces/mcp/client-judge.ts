import { classifyInboundRequest } from '@modelcontextprotocol/server';
import type { JudgeClient } from './known-clients.ts';
import {
  CLIENT_CAPABILITIES_KEY,
  CLIENT_INFO_KEY,
  MODERN_VERSION,
  PROTOCOL_VERSION_KEY,
} from '../../core/kernel/protocol-names.ts';

/** The SDK's own judgement, of a request that would be well if the client is. */
export const judgeClient: JudgeClient = (capabilities, clientInfo) => {
  const meta = {
    [PROTOCOL_VERSION_KEY]: MODERN_VERSION,
    [CLIENT_CAPABILITIES_KEY]: capabilities,
    ...(clientInfo !== undefined && { [CLIENT_INFO_KEY]: clientInfo }),
  };
  const body = { jsonrpc: '2.0', id: 1, method: 'tools/list', params: { _meta: meta } };
  return classifyInboundRequest({ httpMethod: 'POST', body }).kind === 'modern';
};
