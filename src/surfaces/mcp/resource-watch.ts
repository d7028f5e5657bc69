import type { Gateway } from '../../core/gateway/gateway.ts';
import { isJsonObject } from '../../core/kernel/json.ts';
import type { JsonObject } from '../../core/kernel/json.ts';
import type { Telemetry } from '../../core/ports/telemetry.ts';
import { nameIn } from './channel.ts';
import { exposedTo } from './exposure.ts';
import type { Asking } from './exposure.ts';
import { CLIENT_INFO_KEY } from '../../core/kernel/protocol-names.ts';
import { isOwnAddress } from './own-address.ts';
import type { Toolset } from './toolsets.ts';

/** Subscribes to resources at the servers they belong to. Returns how to stop. */
export type WatchResources = (asking: Asking, uris: readonly string[]) => () => void;

export interface ResourceWatchParts {
  readonly gateway: Gateway;
  readonly toolsets: readonly Toolset[];
  readonly telemetry: Telemetry;
}

/** What a client wants to hear of when it begins to listen, as the stateless revision has it. */
export interface Wanted {
  readonly uris: readonly string[];
  readonly clientName: string | undefined;
}

const LISTEN = 'subscriptions/listen';
const MAX_URIS = 1000;

/** Nobody is asked on behalf of a stream. */
const NO_CHANNEL = { capabilities: {}, repeats: false } as const;

export function createResourceWatch({ gateway, toolsets, telemetry }: ResourceWatchParts): WatchResources {
  const failed = (failure: unknown): void =>
    telemetry.log('debug', 'resources/not-watched', { message: String(failure) });
  return (asking, uris) => {
    const theirs = uris.filter((each) => !isOwnAddress(each));
    const say = async (method: 'resources/subscribe' | 'resources/unsubscribe'): Promise<void> => {
      if (theirs.length === 0 || !(await exposedTo(asking, gateway, toolsets))) return;
      await Promise.all(
        theirs.map(async (uri) => await gateway.forward(asking.caller, method, { uri }, NO_CHANNEL)),
      );
    };
    const begun = say('resources/subscribe').catch(failed);
    let over = false;
    return () => {
      if (over) return;
      over = true;
      void begun.then(async () => await say('resources/unsubscribe')).catch(failed);
    };
  };
}

/** The resources that a request to listen names; `undefined` for any other message, and for one that names none. */
export function wantedResources(message: unknown): Wanted | undefined {
  if (!isJsonObject(message) || message['method'] !== LISTEN || !isJsonObject(message['params']))
    return undefined;
  const { notifications, _meta: meta } = message['params'];
  const named = isJsonObject(notifications) ? notifications['resourceSubscriptions'] : undefined;
  if (!Array.isArray(named)) return undefined;
  const uris = named.filter((each): each is string => typeof each === 'string').slice(0, MAX_URIS);
  return uris.length > 0 ? { uris, clientName: clientIn(meta) } : undefined;
}

function clientIn(meta: JsonObject[string] | undefined): string | undefined {
  return isJsonObject(meta) ? nameIn(meta[CLIENT_INFO_KEY]) : undefined;
}
