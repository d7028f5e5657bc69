import fc from 'fast-check';
import { expect, it } from 'vitest';
import { agentFiles, sessionHouse, small } from '../../../test/support/session-house.ts';
import type { Entry, Instance } from '../kernel/instance.ts';
import type { JsonObject } from '../kernel/json.ts';
import type { Store } from '../ports/store.ts';
import { REMOVED } from './task-data.ts';

const ADA = { owner: 'ada' };
const NAMES = ['A', 'B', 'C', 'ERROR'] as const;

const step = fc.oneof(
  fc.record({ do: fc.constant('move' as const), to: fc.constantFrom(...NAMES, 'c', 'Z') }),
  fc.record({
    do: fc.constant('store' as const),
    key: fc.constantFrom('approved', 'k'),
    value: fc.constantFrom(true, false, null, 'true', 1),
  }),
  fc.record({ do: fc.constant('remove' as const), key: fc.constantFrom('approved', 'k') }),
  fc.record({ do: fc.constant('say' as const) }),
  fc.record({ do: fc.constant('link' as const) }),
);

type Step = typeof step extends fc.Arbitrary<infer Each> ? Each : never;

async function play({ sessions }: ReturnType<typeof sessionHouse>, each: Step): Promise<void> {
  switch (each.do) {
    case 'move':
      await sessions.move(ADA, { to: each.to, reason: 'because' });
      return;
    case 'store':
      await sessions.storeData(ADA, { key: each.key, value: each.value });
      return;
    case 'remove':
      await sessions.removeData(ADA, { key: each.key });
      return;
    case 'say':
      await sessions.say(ADA, { role: 'user', content: 'x' });
      return;
    case 'link':
      await sessions.link(ADA, { link: { what: 'ask', title: 'x' } });
  }
}

interface Replayed {
  readonly step: string;
  readonly context: JsonObject;
  readonly visits: Readonly<Record<string, number>>;
}

/** What the journal alone says of a session. */
function replay(entries: readonly Entry[]): Replayed {
  let state: Replayed = { step: '', context: {}, visits: {} };
  for (const { kind, next, contextUpdates, report } of entries) {
    const enters = kind === 'STARTED' || kind === 'ADVANCED';
    const visits = enters ? { ...state.visits, [next]: (state.visits[next] ?? 0) + 1 } : state.visits;
    const gone = report?.status === REMOVED ? Object.keys(contextUpdates) : [];
    const kept = Object.entries({ ...state.context, ...contextUpdates }).filter(
      ([key]) => !gone.includes(key),
    );
    state = { step: next, context: Object.fromEntries(kept), visits };
  }
  return state;
}

async function journalOf(
  store: Store,
): Promise<{ instance: Instance | undefined; entries: readonly Entry[] }> {
  const [instance] = (await store.list('ada', { limit: 1 })).instances;
  const entries = instance ? await store.entries('ada', instance.id, { limit: 1_000 }) : [];
  return { instance, entries };
}

/** Of `small`, written down once more: where each state leads with these data and visits. */
function leadsTo(from: string, to: string, { context, visits }: Replayed): boolean {
  if (to === 'ERROR') return from !== 'ERROR';
  const ways: Readonly<Record<string, readonly string[]>> = {
    A: context['approved'] === true ? ['B', 'C'] : ['B'],
    B: (visits['B'] ?? 0) >= 2 ? ['A', 'C'] : ['A'],
    C: ['A'],
    ERROR: ['A'],
  };
  return ways[from]?.includes(to) === true;
}

/** What a call should make of the session, and how it should fail. */
function expected(before: Replayed, each: Step): { readonly after: Replayed; readonly code?: string } {
  switch (each.do) {
    case 'move': {
      const to = each.to.toUpperCase();
      if (to === 'Z') return { after: before, code: 'state/unknown' };
      if (!leadsTo(before.step, to, before)) return { after: before, code: 'state/not-allowed' };
      const visits = { ...before.visits, [to]: (before.visits[to] ?? 0) + 1 };
      return { after: { ...before, step: to, visits } };
    }
    case 'store':
      return { after: { ...before, context: { ...before.context, [each.key]: each.value } } };
    case 'remove': {
      const { [each.key]: _, ...context } = before.context;
      return { after: { ...before, context } };
    }
    default:
      return { after: before };
  }
}

it('no sequence of calls ever leaves the table under enforce', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(step, { maxLength: 60 }), async (steps) => {
      const house = sessionHouse({ settings: { transitions: 'enforce' } });
      let model: Replayed = { step: 'A', context: {}, visits: { A: 1 } };
      for (const each of steps) {
        const { after, code } = expected(model, each);
        const failed = await play(house, each).then(
          () => undefined,
          (fault: { code: string }) => fault.code,
        );
        expect(failed).toBe(code);
        model = after;
        const now = await describeNow(house);
        expect(now.step).toBe(model.step);
        expect(now.transitions.toSorted()).toEqual(NAMES.filter((to) => leadsTo(after.step, to, after)));
        expect(now.dataKeys.toSorted()).toEqual(Object.keys(after.context).toSorted());
      }
    }),
    { numRuns: 150 },
  );
});

async function describeNow({ sessions }: ReturnType<typeof sessionHouse>) {
  const { state, transitions, dataKeys } = await sessions.view(ADA);
  return { step: state.name, transitions, dataKeys };
}

it('the journal replays to the same state, whatever the strictness', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.array(step, { maxLength: 60 }),
      fc.constantFrom('enforce', 'warn', 'off'),
      async (steps, transitions) => {
        const house = sessionHouse({ settings: { transitions } });
        for (const each of steps) await play(house, each).catch(() => undefined);
        const { instance, entries } = await journalOf(house.store);
        if (!instance) return;
        expect(entries.map(({ seq }) => seq)).toEqual(entries.map((_, at) => at + 1));
        expect(instance.revision).toBe(entries.length);
        const { step: state, context, visits } = instance;
        expect(replay(entries)).toEqual({ step: state, context, visits });
      },
    ),
    { numRuns: 150 },
  );
});

it('writers in two processes lose nothing of one session', async () => {
  const first = sessionHouse({ agents: { agent: small } });
  const second = sessionHouse({ store: first.store });
  const houses = [first, second];
  await Promise.all(
    Array.from({ length: 200 }, async (_, at) => {
      const { sessions } = houses[at % 2] as typeof first;
      await sessions.storeData(ADA, { key: `k${at}`, value: at });
    }),
  );
  const { instance, entries } = await journalOf(first.store);
  expect(Object.keys(instance?.context ?? {})).toHaveLength(200);
  expect(replay(entries).context).toEqual(instance?.context);
});

it('an agent whose state is gone from its definition is no longer there, and nothing else is', async () => {
  const house = sessionHouse({ agents: { agent: agentFiles({ X: {} }) } });
  await house.sessions.say(ADA, { role: 'user', content: 'x' });
  const { instance, entries } = await journalOf(house.store);
  const [entry] = entries;
  if (!instance || !entry) throw new Error('The session is not there.');
  await house.store.commit({
    instance: { ...instance, step: 'Y', revision: 2 },
    entry: { ...entry, seq: 2 },
  });
  await expect(house.sessions.view(ADA)).rejects.toMatchObject({ code: 'definition/unavailable' });
  await house.sessions.remove(ADA, { session: instance.id });
  expect((await house.sessions.view(ADA)).revision).toBe(0);
});
