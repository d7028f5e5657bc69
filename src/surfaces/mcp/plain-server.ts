import { ProtocolError, ProtocolErrorCode, Server } from '@modelcontextprotocol/server';
import type { JSONRPCRequest, Result, ServerContext } from '@modelcontextprotocol/server';
import { TOOL_CALL } from './request-params.ts';

type Handler = (request: JSONRPCRequest, context: ServerContext) => Promise<Result>;

/** The SDK's server, save that a call whose parameters do not fit hears our sentence: its schema library would have the first word there. */
export class PlainServer extends Server {
  protected override _wrapHandler(method: string, handler: Handler): Handler {
    // oxlint-disable-next-line no-underscore-dangle -- the SDK names it so for whoever derives from it
    const wrapped = super._wrapHandler(method, handler);
    if (method !== 'tools/call') return wrapped;
    return async (request, context) => {
      const { issues } = TOOL_CALL['~standard'].validate(request.params);
      if (issues === undefined) return await wrapped(request, context);
      const told = issues.map(({ message }) => message).join(' ');
      throw new ProtocolError(ProtocolErrorCode.InvalidParams, `Invalid params for ${method}: ${told}`);
    };
  }
}
