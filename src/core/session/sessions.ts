import type { Caller } from '../kernel/caller.ts';
import { TuttiError } from '../kernel/errors.ts';
import type { Instance } from '../kernel/instance.ts';
import { agentOf, isSession } from '../workflow/instance-kind.ts';
import { createConversation } from './conversation.ts';
import { createGate } from './gate.ts';
import { createKnowledgeShelves } from './knowledge-shelves.ts';
import { createLatest } from './latest.ts';
import type { Latest } from './latest.ts';
import { checkWhole } from './limits.ts';
import { moveSession, movesFrom, stateNamed } from './moves.ts';
import { checkAlive, createDesk, noted } from './desk.ts';
import { noSession } from './opened.ts';
import type { Desk } from './desk.ts';
import type { Opened } from './opened.ts';
import { createPrompts } from './prompts.ts';
import type { SessionParts } from './session-parts.ts';
import type { SessionPage, SessionView, Sessions } from './session.ts';
import { createTaskData } from './task-data.ts';
import { createTimeline } from './timeline.ts';

const ID = /^[A-Za-z0-9][A-Za-z0-9._~-]{0,127}$/;
const PAGE = 50;
const PAGE_MAX = 500;
/** Pages of the store, sessions or not, that one page of sessions is made of. */
const PAGES_MAX = 100;

/** Puts agent sessions together. */
export function createSessions(parts: SessionParts): Sessions {
  const { store, agents } = parts;
  const desk = createDesk(parts);
  const latest = createLatest(parts);
  const { find, ...knowledge } = createKnowledgeShelves(desk);
  const view = async (opened: Opened): Promise<SessionView> => await viewOf(desk, latest, opened);
  return {
    listAgents: async () => await agents.list(),
    agent: async (name) => await agents.usable(name),
    lintAgent: async (name) => await agents.lint(name),
    createAgent: async ({ agent, files }) => ({ path: await agents.create(agent, files) }),
    onAgentsChanged: (callback) => agents.watch(callback),
    start: async (caller, input) => await view(await start(desk, caller, input)),
    view: async (caller, input = {}) => await view(await desk.open(caller, input.session)),
    list: async (caller, input) => await list(desk, caller, input),
    upgrade: async (caller, input = {}) => {
      const opened = await upgrade(desk, caller, input.session);
      latest.forget(opened.agent.name);
      return await view(opened);
    },
    remove: async (caller, { session }) => {
      if (!(await desk.stored(caller, session)) || !(await store.remove(caller.owner, session)))
        throw noSession();
    },
    checkAlive: async (caller, { session }) => {
      const { instance } = await desk.open(caller, session);
      checkAlive(instance);
    },
    move: async (caller, input) => await moveSession({ desk, view }, caller, input),
    ...createConversation(desk),
    ...createTaskData(desk),
    ...knowledge,
    ...createPrompts({ desk, find }),
    ...createTimeline(desk),
    ...createGate(desk),
  };
}

async function start(
  desk: Desk,
  caller: Caller,
  { agent: name, id }: { readonly agent?: string; readonly id?: string },
): Promise<Opened> {
  const { agents, clock, settings } = desk.parts;
  if (id !== undefined && !ID.test(id)) {
    throw new TuttiError(
      'input/invalid-format',
      'session_id must be 1 to 128 letters, digits, ".", "_", "~" and "-", and begin with a letter or a digit. Leave it out for a random one.',
    );
  }
  const agent = await agents.usable(name ?? settings.defaultAgent);
  // Calls without a session are gated by the one that lies there.
  if (id !== undefined && desk.isDefault(caller, id) && agent.name !== settings.defaultAgent) {
    throw new TuttiError(
      'input/invalid-format',
      `${JSON.stringify(id)} is the id of your own session, which follows the agent ${settings.defaultAgent} alone. Leave session_id out, or take another.`,
    );
  }
  try {
    return await desk.create(caller, { id: id ?? clock.id(), agent });
  } catch (fault) {
    if (!(fault instanceof TuttiError && fault.code === 'instance/conflict')) throw fault;
    throw new TuttiError(
      'instance/conflict',
      `You have a session or another instance with the id ${JSON.stringify(id)} already. Use it as it is, or take another id.`,
      { cause: fault },
    );
  }
}

async function viewOf({ parts }: Desk, latest: Latest, opened: Opened): Promise<SessionView> {
  const { store, settings } = parts;
  const { instance, agent, state } = opened;
  const isBegun = instance.revision > 0;
  return {
    id: instance.id,
    agent: agent.name,
    state,
    transitions: movesFrom(opened),
    strictness: agent.transitions ?? settings.transitions,
    dataKeys: Object.keys(instance.context),
    messages: await store.transcript.count(instance.owner, instance.id),
    revision: instance.revision,
    createdAt: isBegun ? instance.createdAt : null,
    updatedAt: isBegun ? instance.updatedAt : null,
    // What cannot be used any more is no newer one.
    isOutdated: isBegun && ((await latest.hash(agent.name)) ?? agent.hash) !== agent.hash,
  };
}

/** Sessions lie among all instances: a page may hold fewer of them than asked for, and still name a next one. */
async function list(
  { parts: { store } }: Desk,
  { owner }: Caller,
  { limit = PAGE, cursor }: { readonly limit?: number; readonly cursor?: string },
): Promise<SessionPage> {
  checkWhole('limit', limit, { from: 1, to: PAGE_MAX });
  const sessions: Instance[] = [];
  let next = cursor;
  for (let left = PAGES_MAX; left > 0 && sessions.length < limit; left -= 1) {
    const page = await store.list(owner, {
      limit: limit - sessions.length,
      ...(next !== undefined && { cursor: next }),
    });
    sessions.push(...page.instances.filter((instance) => isSession(instance)));
    next = page.nextCursor;
    if (next === undefined) break;
  }
  const shown = sessions.map((instance) => {
    const { id, createdAt, updatedAt, revision } = instance;
    return { id, agent: agentOf(instance), createdAt, updatedAt, revision };
  });
  return next === undefined ? { sessions: shown } : { sessions: shown, nextCursor: next };
}

async function upgrade(desk: Desk, caller: Caller, session: string | undefined): Promise<Opened> {
  const { agents, clock } = desk.parts;
  const instance = await desk.stored(caller, session);
  if (!instance) return await desk.open(caller, session);
  const agent = await agents.usable(agentOf(instance));
  await desk.keep(agent);
  return await desk.write(caller, session, (opened) => {
    const { name } = stateNamed(agent, opened.state.name);
    if (agent.hash === opened.agent.hash) return undefined;
    const move = noted(opened, { kind: 'UPGRADED', at: clock.now(), report: { status: 'upgraded' } });
    const after = { ...move.instance, definition: agent.hash, step: name };
    return { instance: after, entry: { ...move.entry, next: name } };
  });
}
