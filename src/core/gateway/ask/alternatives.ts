import type { JsonObject } from '../../kernel/json.ts';
import { canonicalJson } from '../../kernel/json.ts';
import type { CatalogEntry } from '../catalog.ts';
import type { Plan, PlannedCall } from '../plan/plan.ts';
import type { RankingMeans } from '../ranking.ts';
import { ranked } from '../ranking.ts';
import type { ReadingTime } from '../plan/arguments/zone.ts';
import type { Route } from '../route/route.ts';
import { filled, missingIn, misfitsIn } from './filling.ts';
import type { SeenTools } from './tools.ts';

const MAX_ALTERNATIVES = 3;
/** Share of the best score from which a tool is taken to mean the same. */
const AS_GOOD = 0.7;

/** Another tool for what a call is there for. */
export interface Alternative {
  readonly name: string;
  /** What it is given, where the planned tool would be given this. */
  readonly toArguments: (planned: JsonObject) => JsonObject;
}

export interface AlternativeMeans extends RankingMeans, ReadingTime {
  readonly tools: SeenTools;
  /** How the words of a call are routed. */
  readonly routeOf: (call: PlannedCall) => Route;
}

/** Who may answer instead, where the server of a call cannot: its equivalents, then what reads as well elsewhere. Best first. */
export function alternativesTo(call: PlannedCall, means: AlternativeMeans): readonly Alternative[] {
  const { tools } = means;
  const entry = call.tool === undefined ? undefined : tools.find(call.tool);
  // Under the name of a group the path of the call turns to its members itself.
  if (entry === undefined || entry.name !== call.tool) return [];
  const equal = tools.equivalents(entry).filter((each) => each !== entry);
  const group = ranked(equal, means).map((each) => ({
    name: each.name,
    toArguments: (planned: JsonObject) => translated(planned, entry, each),
  }));
  const routed = routedTo(call, entry, means).filter(({ name }) => equal.every((each) => each.name !== name));
  return [...group, ...routed].slice(0, MAX_ALTERNATIVES);
}

function routedTo(call: PlannedCall, entry: CatalogEntry, means: AlternativeMeans): readonly Alternative[] {
  if (entry.risk !== 'read' || call.bind !== undefined || call.forEach !== undefined) return [];
  // What somebody entered was entered for this tool.
  if (textOf(call.arguments) !== textOf(stated(call, entry, means)?.arguments)) return [];
  const { candidates } = means.routeOf(call);
  const least = AS_GOOD * (candidates[0]?.score ?? Infinity);
  const good = candidates.filter(({ score }) => score >= least).map(({ document }) => document.name);
  if (!good.includes(entry.name)) return [];
  const able = good.flatMap((name) => {
    const other = means.tools.find(name);
    if (other === undefined || other.risk !== 'read' || other.server.name === entry.server.name) return [];
    const given = stated(call, other, means)?.arguments;
    return given === undefined ? [] : [{ other, given }];
  });
  const order = ranked(
    able.map(({ other }) => other),
    means,
  );
  return order.map((other) => ({
    name: other.name,
    toArguments: () => able.find((each) => each.other === other)?.given ?? {},
  }));
}

/** The call at this tool, with what its words state; `undefined` where that is not enough. */
function stated(
  { arguments: _given, ...call }: PlannedCall,
  { name, server }: CatalogEntry,
  { tools: { find }, now, offsetAt }: AlternativeMeans,
): PlannedCall | undefined {
  const bare: Plan = { calls: [{ ...call, tool: name, server: server.name }], structure: 'single' };
  const plan = filled(bare, { find, now, offsetAt });
  const isAble = missingIn(plan, find).length === 0 && misfitsIn(plan, find).length === 0;
  return isAble ? plan.calls[0] : undefined;
}

function textOf(given: JsonObject | undefined): string | undefined {
  return given && canonicalJson(given);
}

/** The names of one member of a group become the group's, and these another member's. */
function translated(planned: JsonObject, from: CatalogEntry, to: CatalogEntry): JsonObject {
  const ours = new Map(Object.entries(from.settings.parameters ?? {}).map(([our, their]) => [their, our]));
  const theirs = to.settings.parameters ?? {};
  return Object.fromEntries(
    Object.entries(planned).map(([name, value]) => {
      const our = ours.get(name) ?? name;
      return [Object.hasOwn(theirs, our) ? (theirs[our] ?? our) : our, value];
    }),
  );
}
