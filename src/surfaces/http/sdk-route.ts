import { createMcpHandler, isLegacyRequest } from '@modelcontextprotocol/server';
import type { AuthInfo } from '@modelcontextprotocol/server';
import type { Caller } from '../../core/kernel/caller.ts';
import { announceChanges, listen } from '../mcp/announcements.ts';
import type { Changes } from '../mcp/announcements.ts';
import { sendWebResponse, toWebRequest } from './exchange.ts';
import type { McpExchange, McpRouteOptions } from './mcp.ts';
import { Sessions } from './sessions.ts';

/** What the SDK answers: everything that is not answered on the short path. */
export interface SdkRoute {
  readonly sessions: Sessions;
  /** `body` is the message, for a POST. */
  answer(exchange: McpExchange, body?: unknown): Promise<void>;
  close(): Promise<void>;
}

const SWEEP_MS = 60_000;

/** The stateless revision for each request on its own, older ones in sessions. */
export function createSdkRoute(options: McpRouteOptions): SdkRoute {
  const { build, telemetry } = options;
  const changes = changesOf(options);
  const onError = (error: unknown) => telemetry.log('debug', 'http/mcp', { message: String(error) });
  const modern = createMcpHandler(({ authInfo }) => build(callerIn(authInfo)), {
    legacy: 'reject',
    onerror: onError,
  });
  const sessions = new Sessions({
    build: async (caller) => {
      const server = await build(caller);
      announceChanges(server, { era: 'legacy', onError, ...changes });
      return server;
    },
    ...(options.maxSessions !== undefined && { maxSessions: options.maxSessions }),
    ...(options.sessionIdleMs !== undefined && { idleMs: options.sessionIdleMs }),
    onError,
  });
  const stop = listen(changes, {
    tools: () => modern.notify.toolsChanged(),
    prompts: () => modern.notify.promptsChanged(),
    resources: () => modern.notify.resourcesChanged(),
    updated: (uri) => modern.notify.resourceUpdated(uri),
  });
  const sweep = setInterval(() => sessions.expire(), SWEEP_MS).unref();
  return {
    sessions,
    async answer({ request, response, caller, gone }, body) {
      const web = toWebRequest(request, gone.signal);
      const old = await isLegacyRequest(web, body);
      // Only who it is goes further: the token stays here.
      const authInfo = { token: '', clientId: caller.owner, scopes: [], extra: { caller } };
      const given = old
        ? await sessions.handle(web, caller, body)
        : await modern.fetch(web, { authInfo, ...(body !== undefined && { parsedBody: body }) });
      await sendWebResponse(response, given);
    },
    async close() {
      clearInterval(sweep);
      stop();
      await Promise.all([modern.close(), sessions.close()]);
    },
  };
}

function callerIn(authInfo: AuthInfo | undefined): Caller {
  // Every request is let in here, and by nobody else.
  return authInfo?.extra?.['caller'] as Caller;
}

function changesOf({ onDefinitionsChanged, gateway }: Changes): Changes {
  return { ...(onDefinitionsChanged && { onDefinitionsChanged }), ...(gateway && { gateway }) };
}
