import { cleanText } from '../policy/clean.ts';
import type { Assembly } from './assembly.ts';
import type { CatalogEntry } from './catalog.ts';
import { isOpen } from './exposure.ts';
import type { BudgetView, ServerView, ToolView } from './gateway.ts';
import { toGroupTool } from './group.ts';
import type { ToolGrants } from './grants.ts';
import { withoutHeaders } from './schema-limits.ts';
import type { BrokenServer } from './settings.ts';
import type { Standing } from './standing.ts';
import type { Station } from './station.ts';

const DESCRIPTION_MAX_LENGTH = 300;
/** Patterns that are told of, of each tool. */
const UNCHECKED_MAX = 5;

/** A server as somebody with these grants may see it. */
export function toServerView(
  station: Station,
  look: {
    readonly assembly: Assembly;
    readonly grants: ToolGrants;
    readonly budgets: readonly BudgetView[];
  },
): ServerView {
  const { assembly, grants, budgets } = look;
  const { name, error, standing } = station;
  const health = station.shared.health();
  const seen = (item: { readonly kind: string; readonly name: string }) =>
    item.kind === 'tool' || item.kind === 'prompt' ? grants.tool(name, item.name) : true;
  const failure = station.standing.held === undefined ? (health.error ?? error) : undefined;
  const misnamed = station.standing.misnamed((tool) => grants.tool(name, tool));
  const open = assembly.entries.filter((entry) => entry.server.name === name && isOpen(entry, grants));
  const unchecked = open.flatMap((entry) => uncheckedOf(entry));
  return {
    name,
    description: descriptionOf(station.standing),
    status: station.status,
    tools: open.length,
    held: station.standing.heldItems().filter((item) => seen(item)),
    dropped: (assembly.dropped.get(name) ?? []).filter((each) => grants.tool(name, each.name)),
    ...(misnamed.length === 0 ? {} : { misnamed }),
    ...(unchecked.length === 0 ? {} : { unchecked }),
    ...(standing.seenAt === undefined ? {} : { seenAt: standing.seenAt }),
    ...(failure === undefined ? {} : { error: failure }),
    ...(health.loginUrl === undefined ? {} : { loginUrl: health.loginUrl }),
    ...(budgets.length === 0 ? {} : { budget: budgets }),
    ...(health.processes === undefined ? {} : { processes: health.processes }),
    // Nothing has no memory: it was not measured yet.
    ...(health.memoryBytes ? { memoryBytes: health.memoryBytes } : {}),
  };
}

/** In sentences that go on from the name of the server. */
function uncheckedOf({ tool: { name }, unchecked }: CatalogEntry): NonNullable<ServerView['unchecked']> {
  return (unchecked?.() ?? []).slice(0, UNCHECKED_MAX).map(({ property, pattern }) => ({
    name,
    message:
      `${name} takes ${property === '' ? 'arguments' : cleanText(property, 100)} without a look at its pattern ` +
      `${cleanText(pattern, 100)}, which cannot be tried in bounded time: only the server checks it.`,
  }));
}

/** A server that cannot be used as it is written. */
export function toBrokenView({ name, status, error }: BrokenServer): ServerView {
  return { name, description: '', status, tools: 0, held: [], dropped: [], error };
}

/** The operator's words, else the server's own where they were agreed to. */
function descriptionOf({ settings, judgement }: Standing): string {
  if (settings.description !== undefined) return settings.description;
  const instructions = judgement?.instructions;
  return instructions === undefined || instructions.held !== undefined
    ? ''
    : cleanText(instructions.listed, DESCRIPTION_MAX_LENGTH);
}

export function toToolView(entry: CatalogEntry, available: boolean): ToolView {
  const { tool, settings, server } = entry;
  const costMicros = settings.costMicros ?? server.costMicros;
  return {
    name: entry.name,
    server: server.name,
    ...(tool.title === undefined ? {} : { title: tool.title }),
    description: tool.description ?? '',
    inputSchema: withoutHeaders(tool.inputSchema),
    ...(tool.outputSchema === undefined ? {} : { outputSchema: tool.outputSchema }),
    ...(tool.annotations === undefined ? {} : { annotations: tool.annotations }),
    risk: entry.risk,
    ...(costMicros === 0 ? {} : { costMicros }),
    ...(settings.group === undefined ? {} : { group: settings.group }),
    available,
  };
}

/** A group as its first member, under the group's name. */
export function toGroupView(name: string, first: CatalogEntry, available: boolean): ToolView {
  const view = toToolView({ ...first, tool: toGroupTool(name, first) }, available);
  return { ...view, name };
}
