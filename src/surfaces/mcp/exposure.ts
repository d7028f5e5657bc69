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
export async function exposedTo(
  { caller, clientName }: Asking,
  gateway: Gateway,
  toolsets: readonly Toolset[],
): Promise<Exposed | undefined> {
  const open = admitted(toolsets, caller);
  const passes =
    open.includes('gateway-all') ||
    (open.includes('gateway') && (await gateway.exposesDirectly(caller, clientName)));
  return passes ? await gateway.exposed(caller) : undefined;
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
