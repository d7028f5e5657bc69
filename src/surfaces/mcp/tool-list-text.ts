import type { ExposedList } from '../../core/gateway/gateway.ts';
import type { JsonObject } from '../../core/kernel/json.ts';
import type { Era } from '../../core/ports/downstream.ts';
import type { ToolList } from './desk.ts';
import { hasLooseOutput, nameOf } from './exposure.ts';
import { withModernMembers } from './reply.ts';
import type { ServerIdentity } from './reply.ts';
import type { McpTool } from './tool.ts';

/** How long a modern client may keep the list; changes are told meanwhile. */
export const TOOLS_TTL_MS = 300_000;
/** The same for a list that soon may hold more. */
export const CHANGING_TTL_MS = 5_000;

/** What is told with a list from which servers are missing that are still being reached. */
export function missingFrom(list: ExposedList | undefined): { readonly _meta?: JsonObject } {
  return list?.connecting === undefined ? {} : { _meta: { tutti: { connecting: list.connecting } } };
}

type Texts = Partial<Record<Era, Buffer>>;

const NOTHING_EXPOSED: ExposedList = { version: '', bytes: Buffer.from('[]'), items: [] };

/** Writes the answer to `tools/list` once for each list and era. */
export class ToolListTexts {
  readonly #identity: ServerIdentity;
  readonly #texts = new WeakMap<readonly McpTool[], WeakMap<ExposedList, Texts>>();

  constructor(identity: ServerIdentity) {
    this.#identity = identity;
  }

  /** The text of the result object; `undefined` for a list that has to be rewritten for older clients. */
  text({ own, exposed = NOTHING_EXPOSED }: ToolList, era: Era): Buffer | undefined {
    if (era === 'legacy' && exposed.items.some((each) => hasLooseOutput(each))) return undefined;
    const lists = this.#texts.get(own) ?? new WeakMap<ExposedList, Texts>();
    const texts = lists.get(exposed) ?? {};
    const text = (texts[era] ??= this.#write(own, exposed, era));
    this.#texts.set(own, lists.set(exposed, texts));
    return text;
  }

  #write(own: readonly McpTool[], exposed: ExposedList, era: Era): Buffer {
    const names = new Set(own.map((each) => each.definition.name));
    const passing = exposed.items
      .filter((each) => !names.has(nameOf(each)))
      .map((each) => (era === 'modern' ? withoutExecution(each) : each));
    const tools = [...own.map((each) => each.definition as unknown as JsonObject), ...passing];
    const told = { tools, ...missingFrom(exposed) };
    const ttlMs = exposed.connecting === undefined ? TOOLS_TTL_MS : CHANGING_TTL_MS;
    const listed =
      era === 'legacy' ? told : withModernMembers({ ...told, ttlMs, cacheScope: 'private' }, this.#identity);
    return Buffer.from(JSON.stringify(listed));
  }
}

/** A member that the stateless revision took away. */
function withoutExecution(tool: JsonObject): JsonObject {
  if (tool['execution'] === undefined) return tool;
  const { execution: _, ...rest } = tool;
  return rest;
}
