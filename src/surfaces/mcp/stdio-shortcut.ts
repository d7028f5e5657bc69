import type { Server } from '@modelcontextprotocol/server';
import { BusyMap } from '../../core/kernel/busy.ts';
import type { Caller } from '../../core/kernel/caller.ts';
import { isJsonObject } from '../../core/kernel/json.ts';
import type { JsonObject } from '../../core/kernel/json.ts';
import type { Ask, Era } from '../../core/ports/downstream.ts';
import { ANSWER_MS, ANY_OBJECT, isAskable, toRequest } from './channel.ts';
import type { Shortcut, Wire } from './line-transport.ts';
import { hears, logLevelOf } from './log-levels.ts';
import { isId, readRegular } from './regular-request.ts';
import type { RegularRequest } from './regular-request.ts';
import { wantedResources } from './resource-watch.ts';
import type { WatchResources } from './resource-watch.ts';
import { cancelledId } from './short-path.ts';
import type { ShortPath, Side } from './short-path.ts';

/** The server that the SDK made for this connection. */
export interface PinnedServer {
  readonly server: Server;
  readonly era: Era;
}

export interface StdioShortcutParts {
  readonly path: ShortPath;
  readonly caller: Caller;
  readonly watch?: WatchResources;
  /** `undefined` until the client has opened the connection. */
  readonly pinned: () => PinnedServer | undefined;
  readonly onError: (error: unknown) => void;
}

/** Takes what is regular off the SDK's hands once the connection is established. */
export class StdioShortcut implements Shortcut {
  readonly #parts: StdioShortcutParts;
  readonly #running = new BusyMap<string | number, AbortController>();
  /** How to stop watching resources, by the id of the request that listens. */
  readonly #watches = new Map<string | number, () => void>();
  /** The SDK was given a request of the stateless revision, which settles that this is the revision spoken. */
  #settled = false;

  constructor(parts: StdioShortcutParts) {
    this.#parts = parts;
  }

  take(value: unknown, wire: Wire): boolean {
    const pinned = this.#parts.pinned();
    if (!pinned) {
      this.#settled ||= readRegular(value, 'modern') !== undefined;
      return false;
    }
    const cancelled = cancelledId(value);
    if (cancelled !== undefined) {
      this.#running.get(cancelled)?.abort();
      this.#watches.get(cancelled)?.();
      this.#watches.delete(cancelled);
      return false;
    }
    if (pinned.era === 'modern') this.#watch(value);
    const request = readRegular(value, pinned.era);
    if (!request || !this.#isEstablished(pinned)) return false;
    wire.begin(request.id);
    this.#answer(request, { pinned, wire, value }).catch(this.#parts.onError);
    return true;
  }

  close(): void {
    for (const running of this.#running.values()) running.abort();
    this.#running.clear();
    for (const stop of this.#watches.values()) stop();
    this.#watches.clear();
  }

  /** Notes what a client listens for, while the SDK answers it. */
  #watch(value: unknown): void {
    const wanted = wantedResources(value);
    const { watch, caller } = this.#parts;
    if (!wanted || !watch || !isJsonObject(value) || !isId(value['id'])) return;
    this.#watches.get(value['id'])?.();
    this.#watches.set(value['id'], watch({ caller, clientName: wanted.clientName }, wanted.uris));
  }

  #isEstablished({ server, era }: PinnedServer): boolean {
    if (era === 'legacy') return server.getNegotiatedProtocolVersion() !== undefined;
    const settled = this.#settled;
    this.#settled = true;
    return settled;
  }

  async #answer(
    request: RegularRequest,
    { pinned, wire, value }: { readonly pinned: PinnedServer; readonly wire: Wire; readonly value: unknown },
  ): Promise<void> {
    const running = new AbortController();
    this.#running.set(request.id, running);
    const { signal } = running;
    try {
      const answer = await this.#parts.path.answer(request, this.#side(pinned, { signal, wire }));
      if (signal.aborted) return;
      if (answer) wire.end(request.id, answer.text);
      else wire.handOver(value);
    } finally {
      if (this.#running.get(request.id) === running) this.#running.delete(request.id);
    }
  }

  #side(
    { server, era }: PinnedServer,
    { signal, wire }: { readonly signal: AbortSignal; readonly wire: Wire },
  ): Side {
    const notify = (method: string, params: JsonObject): void => {
      if (!signal.aborted) wire.send({ jsonrpc: '2.0', method, params });
    };
    const common = { era, caller: this.#parts.caller, signal, notify };
    if (era === 'modern') return common;
    const capabilities = (server.getClientCapabilities() ?? {}) as JsonObject;
    return {
      ...common,
      client: { capabilities, name: server.getClientVersion()?.name },
      logLevel: logLevelOf(server),
      onLog: (message: JsonObject) => {
        if (hears(server, message['level'])) notify('notifications/message', message);
      },
      ...(isAskable(capabilities) && {
        ask: async (ask: Ask) =>
          await server.request(toRequest(ask), ANY_OBJECT, { signal, timeout: ANSWER_MS }),
      }),
    };
  }
}
