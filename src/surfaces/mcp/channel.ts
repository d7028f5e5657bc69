import type { Server, ServerContext, StandardSchemaV1Sync } from '@modelcontextprotocol/server';
import type { CallChannel } from '../../core/gateway/gateway.ts';
import { isJsonObject } from '../../core/kernel/json.ts';
import type { JsonObject } from '../../core/kernel/json.ts';
import type { Ask, Progress } from '../../core/ports/downstream.ts';
import { hears, logLevelOf } from './log-levels.ts';
import { CLIENT_CAPABILITIES_KEY, CLIENT_INFO_KEY, LOG_LEVEL_KEY } from '../../core/kernel/protocol-names.ts';
import type { CarriedParts } from './tool.ts';

/** How long a person may take over one question. */
export const ANSWER_MS = 600_000;

/** Client capabilities of the older revisions by which a client can be asked something while it waits. */
const ASKABLE = ['elicitation', 'sampling', 'roots'];

export type OpenChannel = CallChannel & { readonly signal: AbortSignal };

/** Whether a client of the older revisions can be asked at all. */
export function isAskable(capabilities: object): boolean {
  return ASKABLE.some((each) => Object.hasOwn(capabilities, each));
}

/** What the client of a request can do while it is answered. */
export function channelOf(server: Server, { mcpReq }: ServerContext): OpenChannel {
  const { signal } = mcpReq;
  const envelope = envelopeOf(mcpReq);
  const modern = envelope !== undefined;
  const declared = modern ? envelope[CLIENT_CAPABILITIES_KEY] : server.getClientCapabilities();
  const capabilities = (declared ?? {}) as JsonObject;
  const { _meta: meta } = mcpReq;
  const token = meta?.progressToken;
  return {
    signal,
    capabilities,
    repeats: modern,
    onLog: ({ level, data, logger, ...more }) => {
      if (modern)
        quietly(mcpReq.log(level as LogLevel, data, typeof logger === 'string' ? logger : undefined));
      else if (hears(server, level)) {
        const params = { ...more, level, data, ...(logger !== undefined && { logger }) };
        quietly(mcpReq.notify({ method: 'notifications/message', params }));
      }
    },
    ...(token !== undefined && {
      onProgress: (progress: Progress) =>
        quietly(
          mcpReq.notify({
            method: 'notifications/progress',
            params: { ...progress, progressToken: token },
          }),
        ),
    }),
    ...(!modern &&
      isAskable(capabilities) && {
        ask: async (ask: Ask, taken?: AbortSignal) =>
          await mcpReq.send(toRequest(ask), ANY_OBJECT, {
            signal: taken ? AbortSignal.any([signal, taken]) : signal,
            timeout: ANSWER_MS,
          }),
      }),
  };
}

/** Notifications that no longer reach anybody are nobody's failure. */
function quietly(sent: Promise<void>): void {
  sent.catch(() => undefined);
}

/** What a request carries besides name and arguments. */
export function carriedBy(server: Server, { mcpReq }: ServerContext): CarriedParts {
  const { _meta: meta, inputResponses } = mcpReq;
  const requestState: unknown = mcpReq.requestState();
  const envelope = envelopeOf(mcpReq);
  const logLevel = envelope ? envelope[LOG_LEVEL_KEY] : logLevelOf(server);
  return {
    ...((meta !== undefined || logLevel !== undefined) && {
      meta: { ...(meta as JsonObject), ...(logLevel !== undefined && { [LOG_LEVEL_KEY]: logLevel }) },
    }),
    ...(inputResponses !== undefined && { inputResponses: inputResponses as unknown as JsonObject }),
    ...(typeof requestState === 'string' && { requestState }),
  };
}

/** As the client calls itself: in this request, or when it shook hands. */
export function clientNameOf(server: Server, { mcpReq }: ServerContext): string | undefined {
  const envelope = envelopeOf(mcpReq);
  return envelope ? nameIn(envelope[CLIENT_INFO_KEY]) : server.getClientVersion()?.name;
}

/** The name in what a client says of itself. */
export function nameIn(clientInfo: unknown): string | undefined {
  const name = isJsonObject(clientInfo) ? clientInfo['name'] : undefined;
  return typeof name === 'string' ? name : undefined;
}

/** What a request of the stateless revision says of its client. */
function envelopeOf({ envelope }: ServerContext['mcpReq']): JsonObject | undefined {
  return envelope;
}

export function toRequest({ method, params }: Ask): { method: string; params: Record<string, unknown> } {
  return { method, params: { ...params } };
}

type LogLevel = Parameters<ServerContext['mcpReq']['log']>[0];

/** Answers of clients to what a downstream asked are for that downstream to judge. */
export const ANY_OBJECT: StandardSchemaV1Sync<unknown, JsonObject> = {
  '~standard': {
    version: 1,
    vendor: 'tutti',
    validate: (value) =>
      isJsonObject(value) ? { value } : { issues: [{ message: 'expected a result, an object' }] },
  },
};
