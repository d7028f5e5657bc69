import type { ToolGate } from '../gateway/tool-gate.ts';
import type { Caller } from '../kernel/caller.ts';
import { TuttiError } from '../kernel/errors.ts';
import type { Desk } from './desk.ts';
import type { Opened } from './opened.ts';
import type { Sessions } from './session.ts';
import { allowsTool, narrowsTools, statesAllowing } from './tool-patterns.ts';

/** How long a look at the agents holds before another is made, and before it is waited for, in milliseconds. */
const LOOK_MS = 1_000;
const STALE_MS = 10_000;
const MAX_FREE = 10_000;

/**
 * What states let be called. While no agent narrows anything, a session is looked at once in each look at the agents, and looks are made beside
 * the calls: these wait for nothing.
 */
export function createGate(desk: Desk): Pick<Sessions, 'gateOf'> {
  const { agents, clock } = desk.parts;
  /** When the agents were last looked at. */
  let lookedAt = -Infinity;
  let looking: Promise<void> | undefined;
  /** Sessions seen since the last look whose own definition narrows nothing. */
  const free = new Set<string>();

  const look = async (): Promise<void> => {
    try {
      const at = clock.now();
      await agents.look();
      free.clear();
      lookedAt = at;
    } finally {
      looking = undefined;
    }
  };
  const lookAgain = async (): Promise<void> => {
    await (looking ??= look());
  };
  const lookBeside = async (): Promise<void> => {
    try {
      await lookAgain();
    } catch {
      // Once what is known is too old, somebody waits for a look and hears why.
    }
  };
  const find = async (caller: Caller, session: string | undefined, key: string) => {
    if (clock.now() >= lookedAt + STALE_MS) {
      const cause = await faultOf(lookAgain);
      if (cause !== undefined) return await gateOfBegun(desk, caller, { session, cause });
    }
    const known = lookedAt;
    const narrows = agents.narrows();
    // Whoever has no session is not kept waiting by an agent that cannot be used.
    const isVirtual = !narrows && desk.isDefault(caller, session) && !(await desk.stored(caller, session));
    const opened = isVirtual ? undefined : await openedOrFree(desk, caller, session);
    if (opened && narrowsTools(opened.agent)) return toGate(opened);
    if (!narrows && lookedAt === known && free.size < MAX_FREE) free.add(key);
    return undefined;
  };
  return {
    gateOf: (caller, session) => {
      const key = JSON.stringify([caller.owner, session]);
      const age = clock.now() - lookedAt;
      if (age >= LOOK_MS && age < STALE_MS) void lookBeside();
      const isFree = age < STALE_MS && !agents.narrows() && free.has(key);
      return isFree ? undefined : find(caller, session, key);
    },
  };
}

async function faultOf(look: () => Promise<void>): Promise<Error | undefined> {
  try {
    await look();
    return undefined;
  } catch (fault) {
    return fault instanceof Error ? fault : new Error(String(fault));
  }
}

/**
 * What has begun is held by the definition it began with, which lies in the store; for all others, what nobody can read may narrow anything.
 *
 * @throws TuttiError `definition/service-error`.
 */
async function gateOfBegun(
  desk: Desk,
  caller: Caller,
  { session, cause }: { readonly session: string | undefined; readonly cause: Error },
): Promise<ToolGate | undefined> {
  if (await desk.stored(caller, session)) return toGate(await desk.open(caller, session));
  throw new TuttiError(
    'definition/service-error',
    'The agents cannot be read, so that nobody knows what a session that is yet to begin lets be called: nothing was called. Try again later; the operator finds by `tutti doctor` what stands in the way.',
    { cause },
  );
}

/** `undefined` where a fault in the default agent, which narrowed nothing while it could be used, is all that stands in the way. */
async function openedOrFree(
  desk: Desk,
  caller: Caller,
  session: string | undefined,
): Promise<Opened | undefined> {
  const { agents, settings } = desk.parts;
  try {
    return await desk.open(caller, session);
  } catch (fault) {
    // A session that is there keeps the agent it began with: only what has yet to begin needs one that can be used.
    const isUnusable = fault instanceof TuttiError && fault.code === 'agent/not-found';
    if (isUnusable && !agents.narrowed(settings.defaultAgent)) return undefined;
    throw fault;
  }
}

function toGate({ agent, state, instance }: Opened): ToolGate | undefined {
  if (state.tools === undefined) return undefined;
  return {
    session: instance.id,
    agent: agent.name,
    state: state.name,
    allows: (tool) => allowsTool(state, tool),
    statesFor: (tool) => statesAllowing(agent, tool),
  };
}
