import type { Call } from './call.ts';
import type { CatalogEntry } from './catalog.ts';
import { toolGrants } from './grants.ts';
import { plainName, toolName } from './names.ts';
import { letsCall } from './tool-gate.ts';

/** Whether the caller may see it and the operator has not switched it off. */
export function isVisible({ caller }: Call, { server, tool, settings }: CatalogEntry): boolean {
  return server.enabled && settings.enabled && toolGrants(caller).tool(server.name, tool.name);
}

/** Whether it is of a risk that the call may have. */
export function isAdmitted({ input }: Call, { risk }: CatalogEntry): boolean {
  return input.admits?.includes(risk) ?? true;
}

/** Whether somebody else might answer. */
export function hasOthers({ candidates, chosen, fallbacks }: Call): boolean {
  const isLast = candidates.at(-1) === chosen;
  return !isLast || fallbacks < (candidates[0]?.server.fallback.length ?? 0);
}

/** The one to try after the chosen one: the next equivalent, then the fallbacks of the first server, looked for only now. */
export async function nextCandidate(call: Call): Promise<CatalogEntry | undefined> {
  const { candidates, chosen } = call;
  const at = candidates.findIndex((each) => each === chosen);
  const known = candidates.slice(at + 1).find((each) => isAdmitted(call, each));
  if (known !== undefined) return known;
  const [first] = candidates;
  const names = first === undefined || isGroup(call, first) ? [] : first.server.fallback;
  for (let name = names[call.fallbacks++]; name !== undefined; name = names[call.fallbacks++]) {
    const found = await entryAt(call, name, first?.tool.name ?? '');
    if (found === undefined || call.heldOf(found) !== undefined || !isVisible(call, found)) continue;
    if (!letsCall(call.toolGate, found) || !isAdmitted(call, found)) continue;
    call.candidates = [...candidates, found];
    return found;
  }
  return undefined;
}

function isGroup({ input }: Call, { settings }: CatalogEntry): boolean {
  return settings.group === input.name;
}

async function entryAt(call: Call, server: string, tool: string): Promise<CatalogEntry | undefined> {
  const { catalog, parts } = call.gate;
  const seen = catalog.entries().find((each) => each.server.name === server && each.tool.name === tool);
  const names = [toolName(server, tool, parts.digest), plainName(tool, parts.digest)];
  for (const name of seen === undefined ? names : [seen.name]) {
    const found = catalog.known(name) ?? (await resolved(call, name));
    if (found?.server.name === server) return found;
  }
  return undefined;
}

/** A fallback that cannot be reached either is none. */
async function resolved(call: Call, name: string): Promise<CatalogEntry | undefined> {
  try {
    return await call.gate.catalog.resolve(name, call.signal);
  } catch {
    return undefined;
  }
}
