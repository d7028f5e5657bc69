import type { Json, JsonObject } from '../kernel/json.ts';
import { isJsonObject } from '../kernel/json.ts';
import { LOG_LEVEL_KEY } from '../kernel/protocol-names.ts';

export const HOPS_KEY = 'io.tutti/hops';

/** What of a caller's `_meta` goes on: where the call belongs, and how much it wants to hear. Nothing that could be a credential. */
const ONWARD = ['traceparent', 'tracestate', 'baggage', LOG_LEVEL_KEY];

export function onwardMeta(
  meta: JsonObject | undefined,
  hops: readonly string[],
  ourselves: string,
): JsonObject {
  const onward: Record<string, Json> = { [HOPS_KEY]: [...hops, ourselves] };
  if (meta === undefined) return onward;
  for (const key of ONWARD) {
    const value = meta[key];
    if (typeof value === 'string') onward[key] = value;
  }
  return onward;
}

/** What the caller can be asked, without what we do not carry through ourselves. */
export function onwardCapabilities(capabilities: JsonObject): JsonObject {
  const { extensions } = capabilities;
  if (!isJsonObject(extensions)) return capabilities;
  const { 'io.modelcontextprotocol/tasks': _tasks, tasks: _short, ...carried } = extensions;
  return { ...capabilities, extensions: carried };
}
