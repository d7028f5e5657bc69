import type { Caller } from '../kernel/caller.ts';
import type { Json } from '../kernel/json.ts';
import { canonicalJson } from '../kernel/json.ts';
import { accountOf } from '../policy/budget.ts';
import { compileRules } from '../policy/rules.ts';
import { redact } from '../policy/secrets.ts';
import type { AuditEntry } from '../ports/audit.ts';
import type { Downstream } from '../ports/downstream.ts';
import { createAnswers } from './answers.ts';
import type { Gate, Policy } from './call.ts';
import { Call } from './call.ts';
import type { Catalog, Connections } from './catalog.ts';
import { createCircuits } from './circuits.ts';
import type { HeldElsewhere } from './elsewhere.ts';
import { forward } from './forward.ts';
import type { BudgetView, CallChannel, CallInput, Explanation, Gateway, GatewayOperator } from './gateway.ts';
import { createInFlight } from './in-flight.ts';
import type { Inbox } from './inbox.ts';
import { createInbox } from './inbox.ts';
import { createJournal } from './journal.ts';
import { createLedger } from './ledger.ts';
import { createParking } from './parking.ts';
import { breathe } from './parts.ts';
import type { GatewayParts } from './parts.ts';
import { explainPath, travel } from './path.ts';
import { createRefusals } from './refusals.ts';
import { createRepeats } from './repeats.ts';
import { createShelf, readResult } from './results.ts';
import type { PolicySettings, ServerSettings } from './settings.ts';
import { sealedApprovals } from './sealed-approvals.ts';
import { drainingError } from './stages/identity.ts';
import { createStates } from './states.ts';
import { createSubscriptions } from './subscriptions.ts';
import { createSweep } from './sweep.ts';
import { subjectOf } from './allowances.ts';
import { markOwnerTainted } from './taints.ts';
import { isFromSensitive } from './traits.ts';

const SILENT: CallChannel = { capabilities: {}, repeats: false };

type OperatorShare =
  | 'approvals'
  | 'approval'
  | 'decide'
  | 'fourEyes'
  | 'purgeCache'
  | 'auditTail'
  | 'auditVerify';

/** The part of a gateway through which calls go. */
export interface CallPath extends Pick<
  Gateway,
  'call' | 'forward' | 'readResult' | 'listApprovals' | 'approval'
> {
  /** What would be done here; with `elsewhere`, what a process would do that holds more than this one saw. */
  explain(caller: Caller, input: CallInput, elsewhere?: HeldElsewhere): Promise<Explanation>;
  readonly operator: Pick<GatewayOperator, OperatorShare>;
  readonly gate: Gate;
  /** Work that calls belong to: none is begun while calls are refused, and what was begun is waited for. */
  underWay<T>(work: () => Promise<T>): Promise<T>;
  audit(entry: AuditEntry): void;
  budgetsOf(server: ServerSettings, caller: Caller): Promise<readonly BudgetView[]>;
  /** Checks a policy; what comes back makes it count. @throws TuttiError `config/invalid`. */
  prepare(settings: PolicySettings): () => void;
  /** Refuses new calls, lets those under way finish for so long, ends the rest. */
  drain(ms: number): Promise<void>;
  /** Writes journal and usage a last time. */
  end(): Promise<void>;
}

/** What reading a stored result needs. */
const shelfOf = (gate: Gate, caller: Caller): Parameters<typeof readResult>[0] => ({
  shelf: gate.shelf,
  nonce: gate.parts.clock.id(),
  breathe: () => breathe(gate.parts),
  onRead: taintedBy(gate, caller),
});

/** Puts the path of calls together. `roster` is asked for first when it is needed: it may be made later. @throws TuttiError `config/invalid`. */
export function createCallPath(parts: GatewayParts, roster: () => Catalog & Connections): CallPath {
  const { clock, store, after, telemetry } = parts;
  let policy = compilePolicy(parts, parts.settings.policy);
  let draining = false;
  const sweep = createSweep(parts);
  const traffic = createTraffic(sweep.due);
  const journal = createJournal({ audit: store.audit, after, now: () => clock.now(), telemetry, redact });
  const ledger = createLedger({ usage: store.usage, after, telemetry });
  const answers = createAnswers(parts);
  const states = createStates(parts);
  const approvals = sealedApprovals(store.approvals, parts.seal);
  const gate: Gate = {
    parts,
    get catalog() {
      return roster();
    },
    connections: watched(roster, (server) => {
      answers.purge(server);
    }),
    ledger,
    journal,
    refusals: createRefusals({ journal, after }),
    approvals,
    answers,
    inFlight: createInFlight(parts),
    repeats: createRepeats(parts),
    circuits: createCircuits(parts),
    parking: createParking(parts, states),
    states,
    shelf: createShelf(parts),
    orchestratorId: clock.id(),
    isDraining: () => draining,
    policy: () => policy,
  };
  const subscriptions = createSubscriptions();
  const inbox = createInbox(clock, { approvals, journal, policy: () => policy.settings });
  const toCall = (caller: Caller, input: CallInput, channel?: CallChannel): Call =>
    new Call(gate, { caller, input, channel: channel ?? SILENT, dry: channel === undefined });

  return {
    call: (caller, input, channel) => traffic.count(() => travel(toCall(caller, input, channel))),
    explain: (caller, ...[input, elsewhere]) => explainPath(toCall(caller, input), elsewhere),
    forward: (caller, ...[method, params, channel]) =>
      traffic.count(() => forward(gate, { caller, method, params, channel, subscriptions })),
    readResult: (caller, id, query) =>
      readResult(shelfOf(gate, caller), caller, { id, query, policy: policy.settings }),
    listApprovals: (caller, filter) => inbox.listShort({ ...filter, owner: caller.owner }),
    approval: (caller, id) => inbox.find(caller, id),
    operator: operatorShare(gate, inbox),
    gate,
    underWay: (work) => (draining ? Promise.reject(drainingError()) : traffic.count(work)),
    audit: ({ owner, kind, fields }) => {
      journal.add({ owner, kind, fields: () => fields });
    },
    budgetsOf: (server, caller) => budgetsOf(gate, server, caller),
    prepare: (settings) => {
      const next = compilePolicy(parts, settings);
      return () => {
        policy = next;
        answers.purge();
      };
    },
    drain: async (ms) => {
      draining = true;
      sweep.stop();
      await traffic.over(ms, after);
      gate.parking.close();
    },
    end: async () => {
      gate.refusals.settle();
      await Promise.all([journal.end(), ledger.flush()]);
    },
  };
}

function operatorShare(gate: Gate, inbox: Inbox): CallPath['operator'] {
  const { audit } = gate.parts.store;
  const settled = async (): Promise<void> => {
    gate.refusals.settle();
    await gate.journal.flush();
  };
  return {
    approvals: (filter) => inbox.list(filter),
    approval: (id) => inbox.findAny(id),
    decide: (id, status, by) => inbox.decide({ id, status, by }),
    fourEyes: () => gate.policy().settings.fourEyes,
    purgeCache: (server) => {
      gate.answers.purge(server);
    },
    auditTail: async (filter) => {
      await settled();
      return await audit.tail(filter);
    },
    auditVerify: async () => {
      await settled();
      return await audit.verify();
    },
  };
}

async function budgetsOf(gate: Gate, server: ServerSettings, caller: Caller): Promise<readonly BudgetView[]> {
  const spender = { owner: caller.owner, now: gate.parts.clock.now() };
  const views = server.budgets.map(async ({ per, calls, costMicros, ms }) => {
    const { spent } = await gate.ledger.account(accountOf(per, subjectOf(server.name), spender));
    const all = [
      { kind: 'calls', spent: spent.calls, of: calls },
      { kind: 'cost', spent: spent.costMicros, of: costMicros },
      { kind: 'ms', spent: spent.ms, of: ms },
    ] as const;
    return all.flatMap(({ kind, spent: used, of }) =>
      of === undefined ? [] : [{ per, kind, spent: used, of }],
    );
  });
  return (await Promise.all(views)).flat();
}

/** Who reads a secret in a page read it as well as one who was answered with it. */
function taintedBy(gate: Gate, { owner }: Caller): Parameters<typeof readResult>[0]['onRead'] {
  return ({ server, tool, sensitive }) => {
    if (sensitive || isFromSensitive(gate.catalog, { server, tool }))
      markOwnerTainted(gate.ledger, owner, gate.parts.clock.now());
  };
}

function compilePolicy(parts: GatewayParts, settings: PolicySettings): Policy {
  const version = parts.digest(canonicalJson(JSON.parse(JSON.stringify(settings)) as Json));
  return { settings, rules: compileRules(settings.rules, parts.compilePattern), version };
}

/** Connections that say when what they told before is stale. */
function watched(roster: () => Connections, stale: (server: string) => void): Connections {
  const known = new WeakSet<Downstream>();
  return {
    of: (server, caller) => {
      const connection = roster().of(server, caller);
      if (known.has(connection)) return connection;
      known.add(connection);
      connection.on((event) => {
        if (event !== 'health') stale(server.name);
      });
      return connection;
    },
  };
}

/** Counts what is under way. */
function createTraffic(begun: () => void) {
  let underWay = 0;
  let idle: (() => void) | undefined;
  return {
    count: async <T>(work: () => Promise<T>): Promise<T> => {
      underWay += 1;
      begun();
      try {
        return await work();
      } finally {
        underWay -= 1;
        if (underWay === 0) idle?.();
      }
    },
    /** Returns once nothing is under way, or after so long. */
    over: async (ms: number, after: GatewayParts['after']): Promise<void> => {
      if (underWay === 0) return;
      await new Promise<void>((resolve) => {
        const stop = after(ms, resolve);
        idle = () => {
          stop();
          resolve();
        };
      });
    },
  };
}
