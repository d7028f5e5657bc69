import type { Risk } from '../../kernel/approval.ts';
import type { CatalogEntry } from '../catalog.ts';
import type { Circuits } from '../circuits.ts';
import type { Plan } from '../plan/plan.ts';
import type { Estimate } from './ask.ts';

/** From what is harmless to what is not; of what is unknown anything may be expected that can be taken back. */
const BY_HARM: readonly Risk[] = ['read', 'write', 'unknown', 'destructive'];

export interface EstimateMeans {
  readonly find: (tool: string) => CatalogEntry | undefined;
  readonly circuits: Pick<Circuits, 'speed'>;
}

/** What a plan would take. A call that is made for each item of a list counts once: how many there are is not known before. */
export function estimate({ calls }: Plan, { find, circuits }: EstimateMeans): Estimate {
  const entries = new Map(calls.map(({ id, tool }) => [id, tool === undefined ? undefined : find(tool)]));
  const known = [...entries.values()].filter((entry) => entry !== undefined);
  const paces = new Map<string, number>();
  for (const [id, entry] of entries) {
    const ms = entry && circuits.speed(entry);
    if (ms !== undefined) paces.set(id, ms);
  }
  const risks = known.map(({ risk }) => BY_HARM.indexOf(risk));
  return {
    calls: calls.length,
    ...(paces.size > 0 && { ms: Math.round(longest(calls, paces)) }),
    costMicros: known.reduce((sum, entry) => sum + costOf(entry), 0),
    risk: known.length < calls.length ? 'unknown' : (BY_HARM[Math.max(...risks)] ?? 'unknown'),
  };
}

export function costOf({ settings, server }: CatalogEntry): number {
  return settings.costMicros ?? server.costMicros;
}

/** Time along the longest way through the plan. */
function longest(calls: Plan['calls'], paces: ReadonlyMap<string, number>): number {
  const byId = new Map(calls.map((call) => [call.id, call]));
  const ends = new Map<string, number>();
  const endOf = (id: string): number => {
    const known = ends.get(id);
    if (known !== undefined) return known;
    // Plans that reach this have no circles.
    const starts = (byId.get(id)?.dependsOn ?? []).map((each) => endOf(each));
    const end = Math.max(0, ...starts) + (paces.get(id) ?? 0);
    ends.set(id, end);
    return end;
  };
  return Math.max(0, ...calls.map(({ id }) => endOf(id)));
}
