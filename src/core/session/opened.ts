import type { Caller } from '../kernel/caller.ts';
import { TuttiError } from '../kernel/errors.ts';
import type { Instance } from '../kernel/instance.ts';
import { agentOf, isSession, sessionWorkflow } from '../workflow/instance-kind.ts';
import type { Agent, State } from './agent.ts';
import type { SessionParts } from './session-parts.ts';

/** A session as it was read. */
export interface Opened {
  /** At revision 0 for a default session nothing was written to yet: as it would begin. */
  readonly instance: Instance;
  /** The definition it is bound to. */
  readonly agent: Agent;
  readonly state: State;
}

/** Reads sessions, each for its owner alone. */
export interface Reader {
  /** @throws TuttiError `session/not-found`, the same for foreign and unknown ids. */
  open(caller: Caller, session: string | undefined): Promise<Opened>;
  /** The instance of a session that was written to; `undefined` where there is none. Needs no definition. */
  stored(caller: Caller, session: string | undefined): Promise<Instance | undefined>;
  idOf(caller: Caller, session: string | undefined): string;
  /** Whether it is the caller's own that needs no id. */
  isDefault(caller: Caller, session: string | undefined): boolean;
}

export function createReader(parts: SessionParts): Reader {
  const { store, agents, settings } = parts;
  const reader: Reader = {
    idOf: ({ owner }, session) => session ?? defaultId(parts, owner),
    isDefault: (caller, session) => reader.idOf(caller, session) === defaultId(parts, caller.owner),
    stored: async (caller, session) => {
      const instance = await store.load(caller.owner, reader.idOf(caller, session));
      return instance && isSession(instance) ? instance : undefined;
    },
    open: async (caller, session) => {
      const instance = await reader.stored(caller, session);
      if (instance) return await bound(parts, instance);
      if (!reader.isDefault(caller, session)) throw noSession();
      const agent = await agents.usable(settings.defaultAgent);
      const id = reader.idOf(caller, session);
      return beginning(agent, { id, owner: caller.owner, token: '', at: 0, revision: 0 });
    },
  };
  return reader;
}

export function noSession(): TuttiError {
  return new TuttiError(
    'session/not-found',
    'There is no session with this id. Leave session_id out for your own, or begin one with start_session.',
  );
}

/** One for each owner, without asking anybody: two processes begin the same one. */
function defaultId({ digest }: SessionParts, owner: string): string {
  return `default-${digest(`tutti:session:${owner}`).slice(0, 32)}`;
}

/** A session of this agent before anything happened in it. */
export function beginning(
  agent: Agent,
  {
    id,
    owner,
    token,
    at,
    revision,
  }: Pick<Instance, 'id' | 'owner' | 'token' | 'revision'> & { readonly at: number },
): Opened {
  const [first] = agent.states;
  if (!first) throw new TuttiError('agent/not-found', `The agent ${agent.name} has no states.`);
  const instance: Instance = {
    id,
    owner,
    workflow: sessionWorkflow(agent.name),
    definition: agent.hash,
    step: first.name,
    status: 'RUNNING',
    context: {},
    pending: null,
    visits: { [first.name]: 1 },
    token,
    revision,
    createdAt: at,
    updatedAt: at,
    completedAt: null,
    parent: null,
  };
  return { instance, agent, state: first };
}

/** A stored session with the definition it is bound to. */
export async function bound({ agents, store }: SessionParts, instance: Instance): Promise<Opened> {
  const { definition } = instance;
  const load = async () => await store.definition(definition);
  const agent = await agents.pinned(agentOf(instance), definition, load);
  return { instance, agent, state: stateOf(agent, instance) };
}

function stateOf(agent: Agent, { step }: Instance): State {
  const state = agent.states.find(({ name }) => name === step);
  if (state) return state;
  throw new TuttiError(
    'definition/unavailable',
    `The agent ${agent.name} has no state "${step}". Its states: ${agent.states.map(({ name }) => name).join(', ')}.`,
  );
}
