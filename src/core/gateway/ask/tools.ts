import type { Caller } from '../../kernel/caller.ts';
import { isJsonObject } from '../../kernel/json.ts';
import type { ToolDefinition } from '../../ports/downstream.ts';
import type { Catalog, CatalogEntry } from '../catalog.ts';
import { toolGrants } from '../grants.ts';
import type { RouteDocument } from '../route/route.ts';
import type { ToolGate } from '../tool-gate.ts';
import { letsCall } from '../tool-gate.ts';

/** The tools that a caller may see and that may be called, of the servers asked. */
export interface SeenTools {
  readonly entries: readonly CatalogEntry[];
  /** Those that he might call as well, were they not held. */
  readonly held: readonly CatalogEntry[];
  /** By the name that clients see; the first member, for the name of a group. */
  readonly find: (name: string) => CatalogEntry | undefined;
  readonly isVisible: (document: Pick<RouteDocument, 'name'>) => boolean;
  /** Members of its group that are called instead of one of them, itself included; itself alone where it has no group. */
  readonly equivalents: (entry: CatalogEntry) => readonly CatalogEntry[];
}

interface Look {
  readonly servers: readonly string[] | undefined;
  /** It is asked by another orchestrator: then nothing is asked in words any further. */
  readonly isNested: boolean;
  /** What the state of the session lets be called. */
  readonly toolGate?: ToolGate | undefined;
}

/** For so many different looks at one catalogue what is seen is kept. */
const MAX_KEPT = 8;

/** Makes looks at a catalogue; the same look at the same catalogue is made once. */
export function createSight(catalog: Catalog): (caller: Caller, look: Look) => SeenTools {
  let entries: readonly CatalogEntry[] | undefined;
  const kept = new Map<string, SeenTools>();
  return (caller, look) => {
    // A gate is made for one call.
    if (look.toolGate !== undefined) return seenBy(catalog, caller, look);
    const now = catalog.entries();
    if (now !== entries || kept.size >= MAX_KEPT) kept.clear();
    entries = now;
    const key = JSON.stringify([toolGrants(caller).key, look.servers?.toSorted(), look.isNested]);
    const seen = kept.get(key) ?? seenBy(catalog, caller, look);
    kept.set(key, seen);
    return seen;
  };
}

function seenBy(catalog: Catalog, caller: Caller, { servers, isNested, toolGate }: Look): SeenTools {
  const grants = toolGrants(caller);
  const asked = servers && new Set(servers);
  const isSeen = ({ server, tool, settings }: CatalogEntry): boolean =>
    letsCall(toolGate, { server, tool }) &&
    server.enabled &&
    settings.enabled &&
    grants.tool(server.name, tool.name) &&
    asked?.has(server.name) !== false &&
    !(isNested && isAsk(tool));
  const all = catalog.entries().filter((entry) => isSeen(entry));
  const entries = all.filter(({ held }) => held === undefined);
  const byName = new Map(entries.map((entry) => [entry.name, entry]));
  const members = (group: string) =>
    catalog.members(group).filter((entry) => byName.get(entry.name) === entry);
  return {
    entries,
    held: all.filter(({ held }) => held !== undefined),
    find: (name) => byName.get(name) ?? members(name)[0],
    isVisible: ({ name }) => byName.has(name),
    equivalents: (entry) => (entry.settings.group === undefined ? [entry] : members(entry.settings.group)),
  };
}

/** As if those for which `isAway` holds were not there. */
export function seenBut(tools: SeenTools, isAway: (entry: CatalogEntry) => boolean): SeenTools {
  const entries = tools.entries.filter((entry) => !isAway(entry));
  const seen = new Set(entries.map(({ name }) => name));
  return {
    ...tools,
    entries,
    held: tools.held.filter((entry) => !isAway(entry)),
    isVisible: (document) => tools.isVisible(document) && seen.has(document.name),
    equivalents: (entry) => tools.equivalents(entry).filter((each) => !isAway(each)),
  };
}

/** The tool by which an orchestrator such as this one is asked in words. */
function isAsk({ name, inputSchema }: ToolDefinition): boolean {
  const properties = inputSchema['properties'];
  return (
    name === 'ask' &&
    isJsonObject(properties) &&
    ['query', 'plan', 'dry_run'].every((each) => each in properties)
  );
}
