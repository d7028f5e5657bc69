import type { JsonObject } from '../kernel/json.ts';
import type { After } from '../ports/timer.ts';
import type { Journal, JournalLine } from './journal.ts';

/** How long equal refusals are one line. */
const TOGETHER_MS = 1_000;
/** Kinds of refusals that are counted at once; further ones get a line each. */
const MAX_COUNTED = 1_000;

interface Counted {
  times: number;
  /** The last one. */
  line: JournalLine;
  readonly stop: () => void;
}

/** Refusals in the journal: the first of its kind is told at once, those of the second after it in one line. */
export interface Refusals {
  add(kind: string, line: JournalLine): void;
  /** Tells what was counted so far. */
  settle(): void;
}

export function createRefusals(parts: { readonly journal: Journal; readonly after: After }): Refusals {
  const counted = new Map<string, Counted>();
  const tell = (kind: string): void => {
    const found = counted.get(kind);
    if (found === undefined) return;
    counted.delete(kind);
    found.stop();
    if (found.times === 0) return;
    const { fields, ...line } = found.line;
    parts.journal.add({ ...line, fields: (): JsonObject => ({ ...fields(), repeated: found.times }) });
  };
  return {
    add: (kind, line) => {
      const found = counted.get(kind);
      if (found !== undefined) {
        found.times += 1;
        found.line = line;
        return;
      }
      parts.journal.add(line);
      if (counted.size >= MAX_COUNTED) return;
      const stop = parts.after(TOGETHER_MS, () => {
        tell(kind);
      });
      counted.set(kind, { times: 0, line, stop });
    },
    settle: () => {
      for (const kind of counted.keys()) tell(kind);
    },
  };
}
