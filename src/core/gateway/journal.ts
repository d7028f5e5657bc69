import type { Json, JsonObject } from '../kernel/json.ts';
import type { Audit, AuditEntry } from '../ports/audit.ts';
import type { Telemetry } from '../ports/telemetry.ts';
import type { After } from '../ports/timer.ts';

const FLUSH_MS = 100;
const BATCH = 256;
/** Lines that wait while the store fails; beyond them the oldest are lost, and that is said in the next line. */
const MAX_WAITING = 10_000;

/** One line; `fields` are only put together when they are written. */
export interface JournalLine {
  readonly owner: string;
  readonly kind: string;
  readonly fields: () => JsonObject;
}

export interface Journal {
  add(line: JournalLine): void;
  /** Returns once everything added before is durable. */
  flush(): Promise<void>;
}

/** The audit of everything that was done or refused: added to on the path of a call, redacted and written off it. */
export function createJournal(parts: {
  readonly audit: Audit;
  readonly after: After;
  readonly now: () => number;
  readonly telemetry: Telemetry;
  readonly redact: (value: Json) => Json;
}): Journal {
  let waiting: (JournalLine & { readonly at: number })[] = [];
  let planned = false;
  let lost = 0;
  let writing: Promise<void> = Promise.resolve();

  const toEntry = ({ at, owner, kind, fields }: JournalLine & { readonly at: number }): AuditEntry => ({
    at,
    owner,
    kind,
    fields: parts.redact(fields()) as JsonObject,
  });

  const write = async (): Promise<void> => {
    planned = false;
    while (waiting.length > 0) {
      const batch = waiting.slice(0, BATCH);
      waiting = waiting.slice(BATCH);
      try {
        await parts.audit.append(batch.map((line) => toEntry(line)));
      } catch (fault) {
        parts.telemetry.log('error', 'audit.unwritten', { lines: batch.length + waiting.length, fault });
        waiting = [...batch, ...waiting];
        plan();
        return;
      }
    }
  };

  const flush = (): Promise<void> => (writing = writing.then(write));
  const plan = (): void => {
    if (planned) return;
    planned = true;
    parts.after(FLUSH_MS, () => void flush());
  };

  return {
    add: (line) => {
      if (waiting.length >= MAX_WAITING) {
        waiting.shift();
        lost += 1;
        parts.telemetry.log('error', 'audit.lost', { lost });
      }
      waiting.push({ ...line, at: parts.now() });
      plan();
    },
    flush,
  };
}
