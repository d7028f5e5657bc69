import type { JsonObject } from '../kernel/json.ts';
import type { Digest } from '../ports/digest.ts';
import type { ToolDefinition } from '../ports/downstream.ts';
import type { Assembly } from './assembly.ts';
import type { CatalogEntry } from './catalog.ts';
import type { Exposed, ExposedList } from './gateway.ts';
import { toGroupTool } from './group.ts';
import { toDefinition } from './pin.ts';
import { withoutHeaders } from './schema-limits.ts';
import type { ToolGrants } from './grants.ts';

/** For so many different sets of grants lists are kept ready. */
const MAX_KEPT = 64;
const VERSION_LENGTH = 16;

/** One item of a list with its text, made once. */
interface Item {
  readonly name: string;
  readonly item: JsonObject;
  readonly text: string;
}

/** Lists for clients, made once for each set of grants and kept until something changes. */
export class Exposure {
  readonly #digest: Digest;
  readonly #encoder = new TextEncoder();
  readonly #items = new WeakMap<object, Item>();
  #assembly: Assembly | undefined;
  readonly #kept = new Map<string, Exposed>();

  constructor(digest: Digest) {
    this.#digest = digest;
  }

  /** @param connecting - Servers whose part is missing. */
  of(assembly: Assembly, grants: ToolGrants, connecting: readonly string[]): Exposed {
    if (assembly !== this.#assembly) this.#kept.clear();
    this.#assembly = assembly;
    const key = connecting.length === 0 ? grants.key : JSON.stringify([grants.key, ...connecting]);
    const known = this.#kept.get(key);
    if (known !== undefined) return known;
    const [oldest] = this.#kept.keys();
    if (this.#kept.size >= MAX_KEPT && oldest !== undefined) this.#kept.delete(oldest);
    const exposed = this.#make(assembly, grants, connecting);
    this.#kept.set(key, exposed);
    return exposed;
  }

  #make(assembly: Assembly, grants: ToolGrants, connecting: readonly string[]): Exposed {
    const list = (items: readonly Item[]) => this.#list(items, connecting);
    const resources = (from: Assembly['resources']) =>
      [...from.values()]
        .filter(({ server }) => grants.whole(server.name))
        .map(({ uri, listed }) => this.#item(listed, () => ({ ...listed }), uri));
    return {
      tools: list(this.#tools(assembly, grants)),
      prompts: list(
        [...assembly.prompts.values()]
          .filter(({ held, server, own }) => held === undefined && grants.tool(server.name, own))
          .map(({ listed, name }) => this.#item(listed, () => ({ ...listed, name }), name)),
      ),
      resources: list(resources(assembly.resources)),
      resourceTemplates: list(resources(assembly.resourceTemplates)),
    };
  }

  #tools(assembly: Assembly, grants: ToolGrants): readonly Item[] {
    const seen = assembly.entries.filter((entry) => isOpen(entry, grants));
    const singles = seen
      .filter(({ settings }) => settings.group === undefined || !assembly.groups.has(settings.group))
      .map((entry) => this.#item(entry, () => exposedTool(entry.tool, entry.name), entry.name));
    const groups = [...assembly.groups].flatMap(([name, members]) => {
      const first = members.find((entry) => isOpen(entry, grants));
      return first === undefined
        ? []
        : this.#item(first, () => exposedTool(toGroupTool(name, first), name), name);
    });
    return [...singles, ...groups].toSorted((a, b) => (a.name < b.name ? -1 : 1));
  }

  #item(key: object, make: () => JsonObject, name: string): Item {
    const known = this.#items.get(key);
    if (known?.name === name) return known;
    const item = make();
    const made = { name, item, text: JSON.stringify(item) };
    this.#items.set(key, made);
    return made;
  }

  #list(items: readonly Item[], connecting: readonly string[]): ExposedList {
    const text = `[${items.map((each) => each.text).join(',')}]`;
    return {
      version: this.#digest(text).slice(0, VERSION_LENGTH),
      bytes: this.#encoder.encode(text),
      items: items.map(({ item }) => item),
      ...(connecting.length > 0 && { connecting }),
    };
  }
}

/** Whether a caller with these grants may see a tool. */
export function isOpen(entry: CatalogEntry, grants: ToolGrants): boolean {
  return entry.held === undefined && grants.tool(entry.server.name, entry.tool.name);
}

function exposedTool(tool: ToolDefinition, name: string): JsonObject {
  return { ...toDefinition(tool), name, inputSchema: withoutHeaders(tool.inputSchema) };
}
