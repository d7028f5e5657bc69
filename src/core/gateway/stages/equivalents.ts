import { TuttiError } from '../../kernel/errors.ts';
import { toolGrants } from '../grants.ts';
import type { Call, Stage } from '../call.ts';
import type { CatalogEntry } from '../catalog.ts';

/** Which of several servers answers: the cheapest, then the fastest lately; one that is down or left alone comes last. */
export const equivalents: Stage = {
  name: 'equivalents',
  admit: (call) => {
    const { candidates, carried } = call;
    if (carried !== undefined && carried.kind !== 'parked') {
      call.candidates = candidates.filter(
        ({ server }) => carried.kind === 'approval' || server.name === carried.of,
      );
      if (call.candidates.length === 0) call.candidates = candidates;
    } else if (candidates.length > 1) {
      call.candidates = ranked(call, candidates);
    }
    const [first] = call.candidates;
    if (first === undefined) return call.skip(() => 'Nothing answers to this name.');
    if (candidates.length === 1 && first.server.fallback.length > 0)
      call.candidates = [first, ...fallbacks(call, first)];
    if (first !== call.chosen) call.choose(first);
    return call.pass(() => `In this order: ${call.candidates.map(({ server }) => server.name).join(', ')}.`);
  },
  run: async (call, next) => {
    for (let at = 1; ; at++) {
      try {
        return await next();
      } catch (fault) {
        const other = call.candidates[at];
        if (other === undefined || !mayTurn(call, fault)) throw fault;
        call.choose(other);
      }
    }
  },
};

/** Whether another server may be tried: never when a write may have happened already. */
function mayTurn(call: Call, fault: unknown): boolean {
  if (call.signal?.aborted === true || !(fault instanceof TuttiError)) return false;
  if (fault === call.yields) return true;
  switch (fault.code) {
    case 'downstream/circuit-open':
    case 'downstream/overloaded':
      return true;
    case 'downstream/unavailable':
    case 'downstream/login-needed':
      return !call.sent || call.risk === 'read';
    case 'downstream/timeout':
      return call.risk === 'read';
    default:
      return false;
  }
}

function ranked(call: Call, candidates: readonly CatalogEntry[]): readonly CatalogEntry[] {
  const { circuits } = call.gate;
  return candidates
    .map((entry) => ({
      entry,
      down: isDown(call, entry) ? 1 : 0,
      cost: entry.settings.costMicros ?? entry.server.costMicros,
      speed: circuits.speed(entry) ?? 0,
    }))
    .toSorted((a, b) => a.down - b.down || a.cost - b.cost || a.speed - b.speed)
    .map(({ entry }) => entry);
}

function isDown(call: Call, { server }: CatalogEntry): boolean {
  if (call.gate.circuits.state(server) === 'open') return true;
  return call.gate.connections.of(server, call.caller).health().status === 'down';
}

function fallbacks(call: Call, first: CatalogEntry): readonly CatalogEntry[] {
  const entries = call.gate.catalog.entries();
  return first.server.fallback.flatMap((name) => {
    const found = entries.find(({ server, tool }) => server.name === name && tool.name === first.tool.name);
    const usable =
      found !== undefined &&
      found.held === undefined &&
      found.server.enabled &&
      found.settings.enabled &&
      toolGrants(call.caller).tool(found.server.name, found.tool.name);
    return usable ? [found] : [];
  });
}
