import { ProtocolError } from '@modelcontextprotocol/server';
import type { RpcError } from '../../core/ports/downstream.ts';

export function toProtocolError({ code, message, data }: RpcError): ProtocolError {
  return new ProtocolError(code, message, data);
}
