import { randomBytes } from 'node:crypto';
import { resolve } from 'node:path';
import type { Gateway } from '../../src/core/gateway/gateway.ts';
import type { Caller } from '../../src/core/kernel/caller.ts';
import { TuttiError } from '../../src/core/kernel/errors.ts';
import type { Fault } from '../../src/core/kernel/fault.ts';
import type { Entry, Instance, Target } from '../../src/core/kernel/instance.ts';
import type { Orchestrator } from '../../src/core/orchestrator.ts';
import type { Directive, InstanceView } from '../../src/core/workflow/directive.ts';
import type { Step, Workflow } from '../../src/core/workflow/workflow.ts';
import type { Sessions } from '../../src/core/session/session.ts';
import { createAgents } from '../../src/core/session/agents.ts';
import type { People } from '../../src/core/workflow/people.ts';
import { createSessions } from '../../src/core/session/sessions.ts';
import { folderDefinitions } from '../../src/adapters/definitions/folder.ts';
import { sha256 } from '../../src/adapters/digest/sha256.ts';
import { parseMarkdown } from '../../src/adapters/markdown/mdast.ts';
import { memoryStore } from '../../src/adapters/store/memory.ts';
import { fakeGateway } from './fake-gateway.ts';
import { virtualClock } from './virtual-clock.ts';

/** A façade that remembers what it was asked and answers by simple rules, for tests of the surfaces alone. */
export interface FakeOrchestrator {
  readonly orchestrator: Orchestrator;
  readonly calls: readonly FakeCall[];
  /** Signals that calls were given, in order. */
  readonly signals: readonly AbortSignal[];
  /** Calls with `report.status` "wait" are answered only now. */
  release(): void;
  /** As if a file of a workflow had changed. */
  change(): void;
  readonly watchers: number;
}

interface FakeCall {
  readonly method: string;
  readonly owner: string;
  readonly input: unknown;
}

const SHIPPED_AGENTS = resolve('agents');
const CREATED_AT = Date.UTC(2026, 10, 20, 8);

export const fault: Fault = {
  file: 'index.md',
  line: 7,
  code: 'step/missing',
  message: 'There is no file steps/gone.md.',
  fix: 'Write the file.',
  severity: 'error',
};

const outcomes = [
  { id: 'test', when: 'it compiles', to: { kind: 'step', step: 'Test' } satisfies Target },
  { id: 'stay', when: 'it does not', to: { kind: 'stay' } satisfies Target },
  { id: 'finish', when: '', to: { kind: 'finish' } satisfies Target },
  { id: 'halt', when: 'the disk burns', to: { kind: 'halt' } satisfies Target },
];

const step = (name: string): Step => ({
  name,
  file: `steps/${name.toLowerCase()}.md`,
  instructions: `Do ${name}.`,
  guidanceText: 'If it compiles, go to Test.',
  guidance: { rules: [], outcomes, expects: [], namesTarget: true, faults: [] },
  text: `# Client Instructions\nDo ${name}.`,
});

const demo: Workflow = {
  name: 'DEMO',
  hash: 'h',
  files: { 'index.md': '# Demo' },
  text: '# Demo\n\n- [Build](steps/build.md)',
  description: 'Builds and tests.',
  steps: [step('Build'), step('Test')],
  deciders: ['caller'],
  warnings: [],
};

export function fakeOrchestrator(
  gateway: Gateway = fakeGateway().gateway,
  sessions: Sessions = realSessions(),
): FakeOrchestrator {
  const instances = new Map<string, Instance>();
  const calls: FakeCall[] = [];
  const signals: AbortSignal[] = [];
  const watchers = new Set<() => void>();
  const gate = Promise.withResolvers<void>();
  const note = (method: string, caller: Caller | undefined, input: unknown): void => {
    calls.push({ method, owner: caller?.owner ?? '', input });
  };
  const find = (caller: Caller, id: string): Instance => {
    const found = instances.get(id);
    if (found?.owner === caller.owner) return found;
    throw new TuttiError('instance/not-found', `No instance ${id} is visible to you.`);
  };
  const view = (instance: Instance): InstanceView => ({ instance, directive: directiveOf(instance) });

  const orchestrator: Orchestrator = {
    storeProblem: () => undefined,
    listWorkflows: async () => [
      { name: 'DEMO', description: demo.description, steps: ['Build', 'Test'] },
      { name: 'BROKEN', description: '', steps: [], faults: [fault] },
    ],
    emptiness: async () => 'No workflow was found in nowhere.',
    workflow: async (name) => {
      if (name === 'DEMO') return demo;
      throw new TuttiError('definition/not-found', `There is no workflow ${name}.`);
    },
    start: async (caller, input) => {
      note('start', caller, input);
      if (input.workflow !== 'DEMO') {
        throw new TuttiError('definition/not-found', 'It has faults.', { data: { faults: [fault] } });
      }
      const instance = newInstance(caller.owner, input.context ?? {});
      instances.set(instance.id, instance);
      return directiveOf(instance);
    },
    status: async (caller, id) => view(find(caller, id)),
    answered: async () => undefined,
    advance: async (caller, input, { signal } = {}) => {
      note('advance', caller, input);
      if (signal) signals.push(signal);
      const instance = find(caller, input.instanceId);
      if (input.report.status === 'explode') throw new Error('a secret of the house');
      if (input.report.status === 'wait') await gate.promise;
      if (input.report.status === 'unsure') return undecided(instance);
      return directiveOf({ ...instance, context: { ...instance.context, ...input.contextUpdates } });
    },
    resume: async (caller, input) => {
      note('resume', caller, input);
      const since = [{ at: CREATED_AT, from: 'Build', to: 'Test', because: 'it compiled' }];
      return { ...directiveOf(find(caller, input.instanceId)), since };
    },
    listInstances: async (caller, input) => {
      note('listInstances', caller, input);
      const own = [...instances.values()].filter((each) => each.owner === caller.owner);
      return { instances: own, ...(own.length > 0 && { nextCursor: 'more' }) };
    },
    cancel: async (caller, input) => {
      note('cancel', caller, input);
      return view({ ...find(caller, input.instanceId), status: 'CANCELLED', completedAt: CREATED_AT });
    },
    suspend: async (caller, input) => {
      note('suspend', caller, input);
      return view({ ...find(caller, input.instanceId), status: 'SUSPENDED' });
    },
    fork: async (caller, input) => {
      note('fork', caller, input);
      return directiveOf(find(caller, input.instanceId));
    },
    remove: async (caller, input) => {
      note('remove', caller, input);
      find(caller, input.instanceId);
    },
    history: async (caller, input) => {
      note('history', caller, input);
      find(caller, input.instanceId);
      return { entries: [entry], nextCursor: '7' };
    },
    upgrade: async () => {
      throw new Error('no tool upgrades');
    },
    validate: async (input) => {
      note('validate', undefined, input);
      return { valid: false, faults: [fault] };
    },
    save: async (input) => {
      note('save', undefined, input);
      if (input.workflow === 'BROKEN') {
        throw new TuttiError('definition/invalid', 'Nothing was saved.', { data: { faults: [fault] } });
      }
      return { path: `/workflows/${input.workflow}`, warnings: [] };
    },
    mend: async () => {
      throw new Error('no tool mends');
    },
    sketch: async () => {
      throw new Error('no tool sketches');
    },
    draft: async () => {
      throw new Error('no tool drafts');
    },
    authoringGuide: async () => '# How to write a workflow',
    onWorkflowsChanged: (callback) => {
      watchers.add(callback);
      return () => void watchers.delete(callback);
    },
    gateway,
    people: new Proxy({} as People, {
      get() {
        throw new Error('nobody waits for a person here');
      },
    }),
    sessions,
  };
  return {
    orchestrator,
    calls,
    signals,
    release: () => gate.resolve(),
    change: () => watchers.forEach((each) => each()),
    get watchers() {
      return watchers.size;
    },
  };
}

/** Not fakes: over a store in memory they are as quick, and answer as they will. */
function realSessions(): Sessions {
  const clock = virtualClock();
  const agents = createAgents({
    definitions: folderDefinitions({ dirs: [SHIPPED_AGENTS], writeDir: SHIPPED_AGENTS }),
    parse: parseMarkdown,
    digest: sha256,
    defaultAgent: 'agent',
  });
  return createSessions({
    store: memoryStore(),
    agents,
    clock,
    digest: sha256,
    settings: {
      defaultAgent: 'agent',
      transitions: 'enforce',
      sharedKnowledge: false,
      maxSessionBytes: Infinity,
      maxOwnerBytes: Infinity,
    },
  });
}

function newInstance(owner: string, context: Instance['context']): Instance {
  return {
    id: randomBytes(16).toString('base64url'),
    owner,
    workflow: 'DEMO',
    definition: 'h',
    step: 'Build',
    status: 'RUNNING',
    context,
    pending: null,
    visits: { Build: 1 },
    token: 'token-1',
    revision: 1,
    createdAt: CREATED_AT,
    updatedAt: CREATED_AT + 1,
    completedAt: null,
    parent: null,
  };
}

function directiveOf(instance: Instance): Directive {
  return {
    instanceId: instance.id,
    workflow: instance.workflow,
    status: instance.status,
    context: instance.context,
    token: instance.token,
    next: { step: 'Build', instructions: 'Do Build.', outcomes, expects: ['test_output'] },
    decided: { by: 'prose', because: 'If it compiles, go to Test.' },
  };
}

function undecided(instance: Instance): Directive {
  const { decided: _, ...directive } = directiveOf(instance);
  return {
    ...directive,
    decisionRequired: { candidates: outcomes, guidance: 'If it compiles, go to Test.' },
  };
}

const entry: Entry = {
  seq: 2,
  at: CREATED_AT,
  kind: 'ADVANCED',
  step: 'Build',
  report: { status: 'success', stepId: 'Build', result: { built: true } },
  contextUpdates: {},
  status: 'RUNNING',
  next: 'Test',
  decision: {
    to: { kind: 'step', step: 'Test' },
    by: 'model',
    because: 'it compiled',
    confidence: 0.9,
    model: { name: 'm', inputTokens: 10, outputTokens: 2, latencyMs: 5 },
  },
  candidates: ['test', 'stay'],
};
