import type { Json, JsonObject } from '../kernel/json.ts';
import type { Audit, AuditEntry } from '../ports/audit.ts';
import type { Telemetry } from '../ports/telemetry.ts';
import type { After } from '../ports/timer.ts';

/** How long a line waits at most while the store works. */
const FLUSH_MS = 50;
/** How long it waits for others at least: each write costs something. */
const DUE_MS = 10;
/** How long it waits before it tries again when the store fails: ever longer, up to a bound. */
const RETRY_MS = 500;
const MAX_RETRY_MS = 10_000;
/** Lines of one transaction; once so many wait, they are written at the next turn. */
const BATCH = 128;
/** Lines that wait while the store fails; beyond them the oldest are lost, and that is said in the next line. */
const MAX_WAITING = 10_000;

/** One line; `fields` are only put together when they are written. */
export interface JournalLine {
  readonly owner: string;
  readonly kind: string;
  readonly fields: () => JsonObject;
}

export interface Journal {
  readonly add: (line: JournalLine) => void;
  /** A call has gone out and its answer is not there yet: the best moment to write what is due, since nobody waits for us. */
  readonly lull: () => void;
  /** Returns once everything added before is durable. */
  readonly flush: () => Promise<void>;
  /** Writes what waits a last time. What the store does not take now is lost, and that is said. */
  readonly end: () => Promise<void>;
}

interface Teller {
  readonly telemetry: Telemetry;
  readonly redact: (value: Json) => Json;
}

type Waiting = JournalLine & { readonly at: number };

/** The audit of everything that was done or refused: added to on the path of a call, redacted and written off it. */
export function createJournal(
  parts: Teller & { readonly audit: Audit; readonly after: After; readonly now: () => number },
): Journal {
  let waiting: Waiting[] = [];
  let planned: { readonly isSoon: boolean; readonly stop: () => void } | undefined;
  let lost = 0;
  let failures = 0;
  let writing: Promise<void> = Promise.resolve();
  let isWriting = false;
  let isEnding = false;
  let lastFault: unknown;

  const toEntry = tellerOf(parts);
  const unwritten = (fault: unknown): void => {
    lastFault = fault;
    // Of what is tried a last time is told once it is over.
    if (!isEnding) parts.telemetry.log('error', 'audit.unwritten', { lines: waiting.length, fault });
  };

  const write = async (): Promise<void> => {
    planned?.stop();
    planned = undefined;
    isWriting = true;
    // What comes meanwhile is not waited for: whoever flushes wants what was there before.
    for (let left = waiting.length; left > 0 && waiting.length > 0; left -= BATCH) {
      const batch = waiting.slice(0, BATCH);
      waiting = waiting.slice(BATCH);
      try {
        await parts.audit.append(batch.map((line) => toEntry(line)));
        failures = 0;
      } catch (fault) {
        waiting = [...batch, ...waiting];
        failures += 1;
        unwritten(fault);
        break;
      }
      // After an outage there are many, and each batch is written in one turn.
      if (waiting.length > 0) await turn();
    }
    isWriting = false;
    if (waiting.length > 0 && !isEnding) plan();
  };

  const turn = (): Promise<void> =>
    new Promise((resolve) => {
      parts.after(0, resolve);
    });
  const flush = (): Promise<void> => (writing = writing.then(write));
  const plan = (isSoon = waiting.length >= BATCH && failures === 0): void => {
    if (isWriting || (planned !== undefined && (planned.isSoon || !isSoon))) return;
    planned?.stop();
    planned = { isSoon, stop: parts.after(isSoon ? 0 : pauseMs(failures), () => void flush()) };
  };

  return {
    add: (line) => {
      if (waiting.length >= MAX_WAITING) {
        waiting.shift();
        lost += 1;
        parts.telemetry.log('error', 'audit.lost', { lost });
      }
      waiting.push({ at: parts.now(), owner: line.owner, kind: line.kind, fields: line.fields });
      plan();
    },
    lull: () => {
      const [oldest] = waiting;
      if (oldest !== undefined && failures === 0 && parts.now() - oldest.at >= DUE_MS) plan(true);
    },
    flush,
    end: async () => {
      isEnding = true;
      await flush();
      isEnding = false;
      if (failures === 0) return;
      parts.telemetry.log('error', 'audit.lost', { lines: waiting.length, fault: lastFault });
      waiting = [];
    },
  };
}

function tellerOf({ telemetry, redact }: Teller): (line: Waiting) => AuditEntry {
  /** A line that cannot be told must not hold up all behind it. */
  const told = (fields: () => JsonObject): JsonObject => {
    try {
      return redact(fields()) as JsonObject;
    } catch (fault) {
      telemetry.log('error', 'audit.untold', { fault });
      return { problem: 'The fields could not be written.' };
    }
  };
  return ({ at, owner, kind, fields }) => ({ at, owner, kind, fields: told(fields) });
}

function pauseMs(failures: number): number {
  return failures === 0 ? FLUSH_MS : Math.min(RETRY_MS * 2 ** (failures - 1), MAX_RETRY_MS);
}
