import type { Caller } from '../kernel/caller.ts';
import { TuttiError } from '../kernel/errors.ts';
import type { Entry, Instance, Report } from '../kernel/instance.ts';
import type { JsonObject } from '../kernel/json.ts';
import type { Bounds } from '../ports/bounds.ts';
import type { Move } from '../ports/store.ts';
import { isEnded } from '../workflow/directive.ts';
import { entryOf, nextRevision } from '../workflow/entry.ts';
import { sessionWorkflow } from '../workflow/instance-kind.ts';
import type { Agent } from './agent.ts';
import { beginning, bound, createReader } from './opened.ts';
import type { Opened, Reader } from './opened.ts';
import type { SessionParts } from './session-parts.ts';
import { createTurns } from './turns.ts';

/** What is to be written, worked out of what was read; `undefined`: nothing. May be asked again when another writer was first. */
export type Change = (opened: Opened) => Written | undefined;

export interface Written extends Pick<Move, 'instance' | 'entry'> {
  /** By how many bytes it may go beyond what may be kept; none by default. */
  readonly beyondBytes?: number;
}

function widened({ maxSessionBytes, maxOwnerBytes }: Bounds, bytes: number): Bounds {
  return { maxSessionBytes: maxSessionBytes + bytes, maxOwnerBytes: maxOwnerBytes + bytes };
}

/** Reads and writes sessions, each for its owner alone. */
export interface Desk extends Reader {
  readonly parts: SessionParts;
  /** A session that takes what is written: a default one is begun first. @throws TuttiError `instance/finished`. */
  begun(caller: Caller, session: string | undefined): Promise<Opened>;
  /** Commits a change after those that came before it. Returns the session as it is then. */
  write(caller: Caller, session: string | undefined, change: Change): Promise<Opened>;
  create(caller: Caller, start: { readonly id: string; readonly agent: Agent }): Promise<Opened>;
  /** Keeps the text of a definition before a session refers to it. */
  keep(agent: Agent): Promise<void>;
}

/** Other processes may be first that often: in this one, writers of a session take turns. */
const ATTEMPTS = 200;

export function createDesk(parts: SessionParts): Desk {
  const { store, clock, settings: bounds } = parts;
  const reader = createReader(parts);
  const takeTurns = createTurns();
  const keep = keeper(parts);

  const create: Desk['create'] = async (caller, { id, agent }) => {
    await parts.agents.checkReadable();
    await keep(agent);
    const [token, at] = [clock.id(), clock.now()];
    const begun = beginning(agent, { id, owner: caller.owner, token, at, revision: 1 });
    const { instance } = begun;
    const entry = entryOf(instance, { kind: 'STARTED', step: instance.step });
    await store.create({ instance, entry, bounds });
    return begun;
  };
  /** Another writer may begin it at the same moment: then it is there. */
  const begin = async (caller: Caller, { instance, agent }: Opened): Promise<void> => {
    await won(async () => await create(caller, { id: instance.id, agent }));
  };
  /** One attempt; `undefined` when it has to be made again. */
  const attempt = async (...[caller, session, change]: Parameters<Desk['write']>) => {
    const opened = await reader.open(caller, session);
    checkAlive(opened.instance);
    const written = change(opened);
    if (written === undefined) return opened;
    const { beyondBytes = 0, ...move } = written;
    if (opened.instance.revision === 0) {
      await begin(caller, opened);
      return undefined;
    }
    const isWritten = await won(async () => {
      await store.commit({ ...move, bounds: widened(bounds, beyondBytes) });
    });
    return isWritten ? await bound(parts, move.instance) : undefined;
  };

  return {
    ...reader,
    parts,
    create,
    keep,
    begun: async (caller, session) => {
      for (;;) {
        const opened = await reader.open(caller, session);
        checkAlive(opened.instance);
        if (opened.instance.revision > 0) return opened;
        await begin(caller, opened);
      }
    },
    write: async (caller, session, change) =>
      await takeTurns(JSON.stringify([caller.owner, reader.idOf(caller, session)]), async () => {
        for (let left = ATTEMPTS; left > 0; left -= 1) {
          const written = await attempt(caller, session, change);
          if (written) return written;
        }
        throw new TuttiError(
          'instance/conflict',
          'Others write to this session all the time. Nothing was written; try again.',
        );
      }),
  };
}

/** The instance and the journal entry of something that moves no session. */
export function noted(
  { instance }: Opened,
  what: {
    readonly kind: Entry['kind'];
    readonly at: number;
    readonly report: Report;
    readonly context?: JsonObject;
    readonly contextUpdates?: JsonObject;
  },
): Pick<Move, 'instance' | 'entry'> {
  const { kind, at, report, context = instance.context, contextUpdates = {} } = what;
  const after: Instance = { ...instance, context, ...nextRevision(instance, at) };
  return { instance: after, entry: entryOf(after, { kind, step: instance.step, report, contextUpdates }) };
}

export function checkAlive(instance: Instance): void {
  if (!isEnded(instance)) return;
  throw new TuttiError(
    'instance/finished',
    `The session is ${instance.status} and takes nothing more. Begin another with start_session, or delete it with end_session.`,
  );
}

function keeper({ store }: SessionParts): (agent: Agent) => Promise<void> {
  const kept = new Set<string>();
  return async ({ hash, name, files }) => {
    if (kept.has(hash)) return;
    await store.keepDefinition(hash, sessionWorkflow(name), files);
    kept.add(hash);
  };
}

/** Whether it was written: `false` when another writer was first. */
async function won(write: () => Promise<unknown>): Promise<boolean> {
  try {
    await write();
    return true;
  } catch (fault) {
    if (fault instanceof TuttiError && fault.code === 'instance/conflict') return false;
    throw fault;
  }
}
