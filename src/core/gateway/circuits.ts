import { TuttiError } from '../kernel/errors.ts';
import type { ErrorCode } from '../kernel/errors.ts';
import type { Circuit } from '../ports/circuit.ts';
import type { CatalogEntry } from './catalog.ts';
import { keepFew } from './keep-few.ts';
import type { GatewayParts } from './parts.ts';
import type { ServerSettings } from './settings.ts';
import { createSpeeds } from './speeds.ts';

const FAILURES = 5;
const OPEN_MS = 15_000;
/** Calls that may wait for each one that may run. */
const WAITING_PER_RUNNING = 16;
/** Servers that are remembered: configurations change while we run. */
const MAX_LINES = 1_000;
const OWN_FAILURES: ReadonlySet<ErrorCode> = new Set<ErrorCode>([
  'downstream/unavailable',
  'downstream/timeout',
  'downstream/protocol',
]);

export interface Circuits {
  /** Runs `work` at a server; `waitMs` bounds the time before it begins. What it does after `mayLeave` was made use of holds no place and counts for nothing. */
  run<T>(server: ServerSettings, work: () => Promise<T>, patience: Patience): Promise<T>;
  state(server: ServerSettings): Circuit['state'];
  /** How long calls of a tool took lately; `undefined` when it was not called in the last minute. */
  speed(entry: CatalogEntry): number | undefined;
  clocked(entry: CatalogEntry, ms: number): void;
  /** A fault that is the server's own counts as the longest time it may take; any other says nothing of it. */
  failed(entry: CatalogEntry, fault: unknown): void;
}

interface Patience {
  readonly signal: AbortSignal | undefined;
  readonly waitMs: number;
  /** Is given how to leave the place early, for as long as the work runs. */
  readonly mayLeave?: (leave: (() => void) | undefined) => void;
}

interface Line {
  readonly circuit: Circuit;
  readonly concurrency: number;
  active: number;
}

/** One breaker and one queue for each server. */
export function createCircuits(parts: GatewayParts): Circuits {
  const lines = new Map<string, Line>();
  const speeds = createSpeeds(() => parts.clock.now());
  const lineOf = ({ name, concurrency }: ServerSettings): Line => {
    const known = lines.get(name);
    if (known?.concurrency === concurrency) return known;
    const circuit = parts.createCircuit({
      concurrency,
      queue: concurrency * WAITING_PER_RUNNING,
      failures: FAILURES,
      openMs: OPEN_MS,
      isFailure: isOwnFailure,
    });
    const line: Line = { circuit, concurrency, active: 0 };
    keepFew(lines, MAX_LINES, ({ active }) => active === 0);
    lines.set(name, line);
    return line;
  };

  const inLine = async <T>(
    server: ServerSettings,
    work: () => Promise<T>,
    { signal, waitMs }: Patience,
  ): Promise<T> => {
    const line = lineOf(server);
    const crowded = line.active >= line.concurrency;
    line.active += 1;
    try {
      if (!crowded) return await line.circuit.run(work, signal);
      const waiting = waitAtMost(parts, { server, signal, waitMs });
      try {
        const begin = (): Promise<T> => {
          waiting.over();
          return work();
        };
        return await line.circuit.run(begin, waiting.signal);
      } finally {
        waiting.over();
      }
    } finally {
      line.active -= 1;
    }
  };

  /** The place may be left while the work goes on. */
  const inLineUntil = async <T>(
    mayLeave: NonNullable<Patience['mayLeave']>,
    { server, work, patience }: { server: ServerSettings; work: () => Promise<T>; patience: Patience },
  ): Promise<T> => {
    const left = Promise.withResolvers<undefined>();
    let running: Promise<T> | undefined;
    const place = async (): Promise<void> => {
      mayLeave(left.resolve as () => void);
      running = work();
      await Promise.race([running, left.promise]);
    };
    try {
      await inLine(server, place, patience);
      return await (running as unknown as Promise<T>);
    } finally {
      mayLeave(undefined);
    }
  };

  return {
    run: (server, work, patience) =>
      patience.mayLeave === undefined
        ? inLine(server, work, patience)
        : inLineUntil(patience.mayLeave, { server, work, patience }),
    state: (server) => lineOf(server).circuit.state,
    speed: speeds.of,
    clocked: speeds.add,
    failed: (entry, fault) => {
      if (isOwnFailure(fault)) speeds.add(entry, entry.settings.timeoutMs ?? entry.server.timeoutMs);
    },
  };
}

function isOwnFailure(fault: unknown): boolean {
  return fault instanceof TuttiError && OWN_FAILURES.has(fault.code);
}

/** A signal that goes off when the caller's does, or when the wait was too long. */
function waitAtMost(
  parts: GatewayParts,
  about: Patience & { readonly server: ServerSettings },
): { readonly signal: AbortSignal; readonly over: () => void } {
  const { signal, abort } = parts.createAbort();
  const stop = parts.after(about.waitMs, () => {
    abort(
      new TuttiError(
        'downstream/overloaded',
        `The call waited ${about.waitMs} ms for room at ${about.server.name} and was not sent. Try again in a moment.`,
      ),
    );
  });
  const onAbort = (): void => {
    abort(about.signal?.reason);
  };
  about.signal?.addEventListener('abort', onAbort, { once: true });
  return {
    signal,
    over: () => {
      stop();
      about.signal?.removeEventListener('abort', onAbort);
    },
  };
}
