import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { memoryStore } from '../src/adapters/store/memory.ts';
import { TuttiError } from '../src/core/kernel/errors.ts';
import type { Entry, Instance } from '../src/core/kernel/instance.ts';
import type { Orchestrator } from '../src/core/orchestrator.ts';
import type { Store } from '../src/core/ports/store.ts';
import type { Directive } from '../src/core/workflow/directive.ts';
import { bareOrchestrator } from './support/bare-orchestrator.ts';
import { virtualClock } from './support/virtual-clock.ts';
import { workflow } from './support/workflows.ts';

const caller = { owner: 'somebody' };
const runs = Number(process.env['SIMULATION_RUNS'] ?? 2_000);

const definition = workflow({
  Work: 'If the client reports success, proceed to "Check".\nIf the client reports a failure, stay on this step.',
  Check:
    'If the client reports success, proceed to "FINISH".\nIf the client reports a failure, proceed to "Work".',
});

/** The whole of the truth about this workflow, written down a second time. */
function nextStep(step: string, report: Entry['report']): string | undefined {
  if (report?.outcome !== undefined)
    return { check: 'Check', stay: step, finish: 'FINISH', work: 'Work' }[report.outcome];
  if (report?.status === 'success') return step === 'Work' ? 'Check' : 'FINISH';
  if (report?.status === 'failure') return 'Work';
  return undefined;
}

/** What one client does next with one instance. `old` repeats an earlier token instead of its newest. */
const action = fc.oneof(
  {
    weight: 6,
    arbitrary: fc.record({
      kind: fc.constant('advance' as const),
      status: fc.constantFrom('success', 'failure', 'odd'),
      old: fc.boolean(),
    }),
  },
  {
    weight: 1,
    arbitrary: fc.record({
      kind: fc.constant('tokenless' as const),
      status: fc.constantFrom('success', 'failure'),
    }),
  },
  {
    weight: 1,
    arbitrary: fc.record({
      kind: fc.constant('answer' as const),
      outcome: fc.constantFrom('check', 'stay', 'finish', 'work'),
    }),
  },
  {
    weight: 2,
    arbitrary: fc.record({ kind: fc.constant('resume' as const), assumed: fc.constantFrom('Work', 'Check') }),
  },
  {
    weight: 1,
    arbitrary: fc.record({ kind: fc.constantFrom('cancel' as const, 'suspend' as const, 'status' as const) }),
  },
);
type Action = typeof action extends fc.Arbitrary<infer A> ? A : never;

const clients = fc.array(fc.array(action, { minLength: 1, maxLength: 6 }), { minLength: 1, maxLength: 4 });
/** At these commits the process dies: before the write, or after it and before the answer. */
const crashes = fc.uniqueArray(fc.record({ commit: fc.nat({ max: 12 }), after: fc.boolean() }), {
  maxLength: 3,
  selector: (crash) => crash.commit,
});

class Crash extends Error {}

/** Each call waits for its turn, which the scheduler gives in any order; some commits crash. */
function unreliable(
  store: Store,
  turn: () => Promise<void>,
  plan: readonly { commit: number; after: boolean }[],
): Store {
  let commits = 0;
  return {
    ...store,
    load: async (...args) => (await turn(), await store.load(...args)),
    answer: async (...args) => (await turn(), await store.answer(...args)),
    entries: async (...args) => (await turn(), await store.entries(...args)),
    commit: async (move) => {
      await turn();
      const crash = plan.find((each) => each.commit === commits);
      commits += 1;
      if (crash && !crash.after) throw new Crash('died before the write');
      await store.commit(move);
      if (crash) throw new Crash('died after the write');
    },
  };
}

function open(store: Store): Orchestrator {
  return bareOrchestrator({ store, clock, workflows: { W: definition } });
}

const clock = virtualClock();

/** One store for all schedules, each with an instance of its own; how it fails is each one's own too. */
const store = memoryStore();
let failing: Store = store;
/** Two engines, for the start and for what comes then: to read the workflow anew for each schedule would take most of the time. */
const starter = open(store);
const player = open(new Proxy(store, { get: (_, name) => Reflect.get(failing, name) as unknown }));

interface Seen {
  readonly acknowledged: { readonly token: string; readonly directive: Directive }[];
  readonly cancelled: boolean[];
}

/** One client: it believes the last directive it saw, survives crashes of the server, and repeats what was not answered. */
async function play(orchestrator: Orchestrator, first: Directive, script: readonly Action[]): Promise<Seen> {
  const tokens = [first.token ?? ''];
  const seen: Seen = { acknowledged: [], cancelled: [] };
  const instanceId = first.instanceId;
  for (const act of script) {
    for (let delivery = 0; delivery < 3; delivery += 1) {
      try {
        await perform(act);
        break;
      } catch (fault) {
        if (fault instanceof Crash) continue;
        if (fault instanceof TuttiError && isExpected(fault.code, act)) break;
        throw fault;
      }
    }
  }
  return seen;

  async function perform(act: Action): Promise<void> {
    switch (act.kind) {
      case 'advance':
      case 'answer': {
        const token = act.kind === 'advance' && act.old ? (tokens[0] ?? '') : (tokens.at(-1) ?? '');
        const report =
          act.kind === 'answer' ? { status: 'success', outcome: act.outcome } : { status: act.status };
        const directive = await orchestrator.advance(caller, { instanceId, token, report });
        if (!directive.decisionRequired) seen.acknowledged.push({ token, directive });
        if (directive.token !== undefined) tokens.push(directive.token);
        return;
      }
      case 'tokenless':
        await orchestrator.advance(caller, { instanceId, report: { status: act.status } });
        return;
      case 'resume': {
        const { token } = await orchestrator.resume(caller, { instanceId, assumedStep: act.assumed });
        if (token !== undefined) tokens.push(token);
        return;
      }
      case 'cancel':
        await orchestrator.cancel(caller, { instanceId });
        seen.cancelled.push(true);
        return;
      case 'suspend':
        await orchestrator.suspend(caller, { instanceId });
        return;
      case 'status':
        await orchestrator.status(caller, instanceId);
        return;
    }
  }
}

const EXPECTED = new Set([
  'instance/conflict',
  'instance/finished',
  'outcome/not-allowed',
  'outcome/conflict',
]);

/** A token that was issued is never stale: it is current or answered. Only a resume may be at a step the run never reached. */
function isExpected(code: string, act: Action): boolean {
  return EXPECTED.has(code) || (code === 'step/stale' && act.kind === 'resume');
}

/** Everything that must hold of the store, whatever happened. */
function check(instance: Instance, journal: readonly Entry[], seen: readonly Seen[]): void {
  expect(journal.map((entry) => entry.seq)).toEqual(journal.map((_, n) => n + 1));
  expect(instance.revision).toBe(journal.length);
  let step = 'Work';
  let over = false;
  for (const entry of journal) {
    expect(over).toBe(false);
    expect(entry.step).toBe(step);
    if (entry.kind === 'ADVANCED') expect(entry.next).toBe(nextStep(entry.step, entry.report));
    step = entry.next;
    over = entry.status === 'CANCELLED' || entry.status === 'COMPLETED';
  }
  expect(instance.step).toBe(step);
  expect(instance.status).toBe(journal.at(-1)?.status);
  if (seen.some((each) => each.cancelled.length > 0)) expect(instance.status).toBe('CANCELLED');

  const answers = new Map<string, Directive>();
  for (const { token, directive } of seen.flatMap((each) => each.acknowledged)) {
    if (directive.status === 'CANCELLED') continue;
    const known = answers.get(token);
    if (known) expect(directive).toEqual(known);
    answers.set(token, directive);
  }
  const moves = journal.filter((entry) => entry.kind === 'ADVANCED');
  expect(answers.size).toBeLessThanOrEqual(moves.length + 1);
}

describe('the engine under a virtual clock', () => {
  it(
    `keeps every promise over ${runs} schedules of clients, crashes and redeliveries`,
    { timeout: 120_000 },
    async () => {
      await fc.assert(
        fc.asyncProperty(fc.scheduler(), clients, crashes, async (scheduler, scripts, plan) => {
          const first = await starter.start(caller, { workflow: 'W' });
          const turn = async () => await scheduler.schedule(Promise.resolve());
          failing = unreliable(store, turn, plan);
          const seen = await scheduler.waitFor(
            Promise.all(scripts.map(async (script) => await play(player, first, script))),
          );
          const instance = await store.load(caller.owner, first.instanceId);
          const journal = await store.entries(caller.owner, first.instanceId, { limit: 500 });
          check(instance as Instance, journal, seen);
        }),
        { numRuns: runs },
      );
    },
  );

  it('would notice a store that loses answers', async () => {
    const found = await fc.check(
      fc.asyncProperty(fc.scheduler(), clients, async (scheduler, scripts) => {
        const first = await starter.start(caller, { workflow: 'W' });
        const turn = async () => await scheduler.schedule(Promise.resolve());
        failing = { ...unreliable(store, turn, []), answer: async () => undefined };
        const input = {
          instanceId: first.instanceId,
          token: first.token ?? '',
          report: { status: 'success' },
        };
        const answers = scripts.map(async () => await player.advance(caller, input));
        const given = await scheduler.waitFor(
          Promise.allSettled([
            ...answers,
            player.advance(caller, { ...input, report: { status: 'failure' } }),
          ]),
        );
        expect(given.map((answer) => answer.status)).not.toContain('rejected');
      }),
      { numRuns: 50 },
    );
    expect(found.failed).toBe(true);
  });
});
