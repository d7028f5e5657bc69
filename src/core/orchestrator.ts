import type { Gateway } from './gateway/gateway.ts';
import { createStates } from './gateway/states.ts';
import type { Caller } from './kernel/caller.ts';
import { TuttiError } from './kernel/errors.ts';
import type { Fault } from './kernel/fault.ts';
import type { Entry, Status } from './kernel/instance.ts';
import type { Clock } from './ports/clock.ts';
import type { Definitions } from './ports/definitions.ts';
import type { Digest } from './ports/digest.ts';
import type { ParseMarkdown } from './ports/markdown.ts';
import type { Seal } from './ports/seal.ts';
import type { InstancePage, Store } from './ports/store.ts';
import { createAgents, type KeptAgents } from './session/agents.ts';
import { linkedGateway, startLinked } from './session/linking.ts';
import type { SessionSettings } from './session/session-parts.ts';
import type { InSession, Sessions } from './session/session.ts';
import { createSessions } from './session/sessions.ts';
import { createAuthoring } from './workflow/authoring.ts';
import type { Authoring } from './workflow/authoring.ts';
import type { Definition } from './workflow/define.ts';
import type { Deciders } from './workflow/decide.ts';
import type { Directive, History, InstanceView } from './workflow/directive.ts';
import { draftOutline } from './workflow/drafting.ts';
import type { DraftInput } from './workflow/drafting.ts';
import { WorkflowEngine } from './workflow/engine.ts';
import type { AdvanceInput, ResumeInput, StartInput } from './workflow/engine.ts';
import { compileGuidance } from './workflow/guidance/compile.ts';
import { createLibrary } from './workflow/library.ts';
import { sessionWorkflow } from './workflow/instance-kind.ts';
import type { Library } from './workflow/library.ts';
import { Lifecycle } from './workflow/lifecycle.ts';
import type { ForkInput, StopInput, Upgrade } from './workflow/lifecycle.ts';
import type { Outline } from './workflow/outline.ts';
import { createPeople } from './workflow/people.ts';
import type { People, PeopleSettings } from './workflow/people.ts';
import type { ClientSide } from './workflow/sampling.ts';
import type { DeciderName, Workflow } from './workflow/workflow.ts';

export interface WorkflowSummary {
  readonly name: string;
  readonly description: string;
  readonly steps: readonly string[];
  /** Present when it cannot be started. */
  readonly faults?: readonly Fault[];
}

export interface ListInstancesInput {
  readonly workflow?: string;
  readonly status?: Status;
  /** 1 to 500; 50 by default. */
  readonly limit?: number;
  readonly cursor?: string;
}

/** The façade: one method per use case, the only thing surfaces call. */
export interface Orchestrator extends Authoring {
  listWorkflows(): Promise<readonly WorkflowSummary[]>;
  /** What to say where {@link Orchestrator.listWorkflows} found none: where it looked, what is there, and what to do. */
  emptiness(): Promise<string>;
  /** @throws TuttiError `definition/not-found`, with the faults in `data` when there are any. */
  workflow(name: string): Promise<Workflow>;
  /** Noted in the session it was started from, if any. @throws TuttiError `session/not-found`. */
  start(caller: Caller, input: StartInput & InSession): Promise<Directive>;
  status(caller: Caller, instanceId: string): Promise<InstanceView>;
  /** The answer that a step token was given before; it is given again whatever the report says now. */
  answered(
    caller: Caller,
    input: { readonly instanceId: string; readonly token: string },
  ): Promise<Directive | undefined>;
  /** @throws InputNeeded where the client is to ask its own model first. */
  advance(caller: Caller, input: AdvanceInput, client?: ClientSide): Promise<Directive>;
  resume(caller: Caller, input: ResumeInput, client?: ClientSide): Promise<Directive>;
  listInstances(caller: Caller, input: ListInstancesInput): Promise<InstancePage>;
  cancel(caller: Caller, input: StopInput): Promise<InstanceView>;
  suspend(caller: Caller, input: StopInput): Promise<InstanceView>;
  fork(caller: Caller, input: ForkInput): Promise<Directive>;
  remove(caller: Caller, input: { readonly instanceId: string; readonly force?: boolean }): Promise<void>;
  history(
    caller: Caller,
    input: { readonly instanceId: string; readonly limit?: number; readonly cursor?: string },
  ): Promise<History>;
  /** Binds an instance to the definition as it is now; with `dryRun` only says what would change. */
  upgrade(
    caller: Caller,
    input: { readonly instanceId: string; readonly dryRun?: boolean },
  ): Promise<Upgrade>;
  /**
   * The steps that a model proposes for a purpose; `undefined` where no model is configured.
   *
   * @throws TuttiError `model/*`, `budget/spent`.
   */
  draft(caller: Caller, input: DraftInput): Promise<Outline | undefined>;
  /** The authoring guide for models. */
  authoringGuide(): Promise<string>;
  /** Calls back after workflows changed in their folders. Returns how to stop. */
  onWorkflowsChanged(callback: () => void): () => void;
  /** The servers behind us, behind one gate. */
  readonly gateway: Gateway;
  /** Decisions that wait for people. */
  readonly people: People;
  /** Agents: states, conversation, task data and knowledge. */
  readonly sessions: Sessions;
  /** Why nothing is kept any more, for people; `undefined` while all is well. */
  storeProblem(): string | undefined;
}

export interface OrchestratorParts {
  readonly store: Store;
  readonly definitions: Definitions;
  readonly clock: Clock;
  readonly digest: Digest;
  readonly parse: ParseMarkdown;
  readonly deciders: Deciders;
  /** For workflows that name none themselves. */
  readonly defaultDeciders: readonly DeciderName[];
  readonly authoringGuide: () => Promise<string>;
  readonly gateway: Gateway;
  readonly people: Pick<PeopleSettings, 'thinkingMs' | 'ttlMs'>;
  readonly seal: Seal;
  readonly agents: AgentSettings;
}

/** Where agents come from, and how their sessions are kept. */
export interface AgentSettings extends SessionSettings {
  readonly definitions: Definitions;
  /** Whether an agent is known to narrow no tools without being read. */
  readonly isOpen?: (name: string) => Promise<boolean>;
}

const PAGE = 50;
const MAX_PAGE = 500;
/** Characters of a page of the journal. */
const MAX_PAGE_LENGTH = 1_048_576;

/** Puts the parts together behind the façade. */
export function createOrchestrator(parts: OrchestratorParts): Orchestrator {
  const { store, definitions, clock, digest, parse, deciders } = parts;
  const compile = compileGuidance;
  const library = createLibrary({ definitions, parse, compile, digest, deciders: parts.defaultDeciders });
  const engineParts = { store, library, clock, deciders, people: parts.people };
  const engine = new WorkflowEngine(engineParts);
  const people = peopleOf(parts, engine);
  const lifecycle = new Lifecycle(engine, engineParts);
  const sessions = sessionsOf(parts);
  const linking = { sessions, telemetry: deciders.telemetry };

  const authoring = createAuthoring({ definitions, parse, compile, digest });

  return {
    ...authoring,
    draft: async (caller, input) =>
      await draftOutline({ ...authoring, model: deciders.model, clock }, caller, input),
    listWorkflows: async () => {
      const names = await library.names();
      const found = await Promise.all(
        names.map(async (name) => ({ name, definition: await readable(library, name) })),
      );
      return found.flatMap(({ name, definition }) => (definition ? [summaryOf(name, definition)] : []));
    },
    emptiness: async () => await library.emptiness(),
    workflow: async (name) => await library.startable(name),
    start: async (caller, input) =>
      await startLinked(linking, caller, {
        input,
        start: async () => await engine.start(caller, input),
      }),
    status: async (caller, instanceId) => await lifecycle.view(caller, instanceId),
    answered: async (caller, input) => await engine.answered(caller, input),
    advance: async (caller, input, client) => await engine.advance(caller, input, client),
    resume: async (caller, input, client) => await engine.resume(caller, input, client),
    listInstances: async (caller, { limit, ...filter }) =>
      await store.list(caller.owner, { ...filter, limit: pageSize(limit) }),
    cancel: async (caller, input) => await lifecycle.stop(caller, input, 'CANCELLED'),
    suspend: async (caller, input) => await lifecycle.stop(caller, input, 'SUSPENDED'),
    fork: async (caller, input) => await lifecycle.fork(caller, input),
    remove: async (caller, { instanceId, force }) =>
      await lifecycle.remove(caller, instanceId, force ?? false),
    history: async (caller, input) => {
      await engine.load(caller, input.instanceId);
      return await historyOf(store, caller, input);
    },
    upgrade: async (caller, { instanceId, dryRun }) =>
      await lifecycle.upgrade(caller, instanceId, dryRun ?? false),
    authoringGuide: parts.authoringGuide,
    onWorkflowsChanged: (callback) => definitions.watch(callback),
    gateway: linkedGateway(parts.gateway, linking),
    people,
    sessions,
    storeProblem: () => store.problem(),
  };
}

function peopleOf(
  { store, clock, digest, seal, gateway, people }: OrchestratorParts,
  engine: WorkflowEngine,
): People {
  return createPeople({
    store,
    clock,
    states: createStates({ seal, store, clock, digest }),
    settings: { ...people, fourEyes: () => gateway.operator.fourEyes() },
    workflowOf: async (instance) => await engine.workflowOf(instance),
  });
}

function sessionsOf({ agents: settings, ...parts }: OrchestratorParts): Sessions {
  const { store, clock, digest, parse } = parts;
  const { definitions, defaultAgent, isOpen } = settings;
  const kept: KeptAgents = {
    versions: async (name) => await store.definitionHashes(sessionWorkflow(name)),
    files: async (hash) => await store.definition(hash),
  };
  const agents = createAgents({ definitions, parse, digest, defaultAgent, isOpen, kept });
  return createSessions({ store, agents, clock, digest, settings });
}

async function historyOf(
  store: Store,
  { owner }: Caller,
  { instanceId, limit, cursor }: { instanceId: string; limit?: number; cursor?: string },
): Promise<History> {
  const size = pageSize(limit);
  const entries = await store.entries(owner, instanceId, { limit: size + 1, after: afterOf(cursor) });
  const page = fitting(entries.slice(0, size));
  const last = page.at(-1);
  return entries.length > page.length && last
    ? { entries: page, nextCursor: String(last.seq) }
    : { entries: page };
}

/** One folder that cannot be read is a fault of that workflow, and hides no other. */
async function readable(library: Library, name: string): Promise<Definition | undefined> {
  try {
    return await library.get(name);
  } catch (fault) {
    const message = fault instanceof Error ? fault.message : String(fault);
    return { faults: [{ file: 'index.md', line: 1, code: 'index/missing', message, severity: 'error' }] };
  }
}

function summaryOf(name: string, definition: Definition): WorkflowSummary {
  if (!definition.workflow) return { name, description: '', steps: [], faults: definition.faults };
  const { description, steps } = definition.workflow;
  return { name, description, steps: steps.map((step) => step.name) };
}

/** As many as a client can take at once, and at least one. */
function fitting(entries: readonly Entry[]): readonly Entry[] {
  let length = 0;
  const end = entries.findIndex((entry) => {
    length += JSON.stringify(entry).length;
    return length > MAX_PAGE_LENGTH;
  });
  return end === -1 ? entries : entries.slice(0, Math.max(end, 1));
}

function pageSize(limit: number | undefined): number {
  if (limit === undefined) return PAGE;
  if (Number.isInteger(limit) && limit >= 1 && limit <= MAX_PAGE) return limit;
  throw new TuttiError(
    'input/invalid-type',
    `limit must be a whole number from 1 to ${MAX_PAGE}, found ${limit}.`,
  );
}

function afterOf(cursor: string | undefined): number {
  if (cursor === undefined) return 0;
  if (/^\d{1,15}$/.test(cursor)) return Number(cursor);
  throw new TuttiError('input/invalid-format', 'cursor must be the next_cursor of a former page.');
}
