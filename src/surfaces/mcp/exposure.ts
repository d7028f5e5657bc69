import type { Exposed, ExposedList, Gateway } from '../../core/gateway/gateway.ts';
import type { Caller } from '../../core/kernel/caller.ts';
import { isJsonObject } from '../../core/kernel/json.ts';
import type { JsonObject } from '../../core/kernel/json.ts';
import { admitted } from './toolsets.ts';
import type { Toolset } from './toolsets.ts';

export interface Asking {
  readonly caller: Caller;
  /** As the client calls itself. */
  readonly clientName: string | undefined;
}

/** What of the servers is listed beside ours for this caller and client; `undefined` for nothing. */
export function exposedTo(
  { caller, clientName }: Asking,
  gateway: Gateway,
  toolsets: readonly Toolset[],
): Promise<Exposed | undefined> {
  const open = admitted(toolsets, caller);
  if (open.includes('gateway-all')) return gateway.exposed(caller);
  return open.includes('gateway') ? exposedDirectly(gateway, caller, clientName) : NOTHING;
}

const NOTHING = Promise.resolve(undefined);

async function exposedDirectly(
  gateway: Gateway,
  caller: Caller,
  clientName: string | undefined,
): Promise<Exposed | undefined> {
  return (await gateway.exposesDirectly(caller, clientName)) ? await gateway.exposed(caller) : undefined;
}

/** A longer name is cut, and ends in a hash. */
const NAME_LENGTH = 64;
const KEPT_LENGTH = 55;

/** Whether a name is that of a tool that waits for a person. Starts no server. */
export async function isHeldBack(gateway: Gateway, caller: Caller, name: string): Promise<boolean> {
  const servers = await gateway.listServers(caller);
  return servers.some(({ name: server, held }) =>
    held.some((each) => {
      if (each.kind === 'server') return name.startsWith(`${server}__`);
      const full = `${server}__${each.name}`;
      const isCut = full.length > NAME_LENGTH && name.startsWith(`${full.slice(0, KEPT_LENGTH)}_`);
      return each.kind === 'tool' && (name === full || name === each.name || isCut);
    }),
  );
}

const indexes = new WeakMap<ExposedList, ReadonlyMap<string, JsonObject>>();

/** The entries of a list by name, made once for each version of it. */
export function byName(list: ExposedList): ReadonlyMap<string, JsonObject> {
  const known = indexes.get(list);
  if (known) return known;
  const index = new Map(list.items.map((each) => [nameOf(each), each] as const));
  indexes.set(list, index);
  return index;
}

/** Whether its output schema may allow other things than objects. The older revisions know no such tool; to them it is told in another form. */
export function hasLooseOutput({ outputSchema }: JsonObject): boolean {
  return isJsonObject(outputSchema) && outputSchema['type'] !== 'object';
}

export function nameOf({ name }: JsonObject): string {
  return typeof name === 'string' ? name : '';
}
