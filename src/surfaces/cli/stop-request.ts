const SIGNALS = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;

/** What a process that was interrupted returns where it cannot end by the signal itself. */
export const INTERRUPTED = 130;

/** Signals to stop, noticed from the very start: what loads first would be ended by their default action. */
export interface StopRequest {
  /** Resolves at the first signal. A second one waits for nothing, whichever it is. */
  readonly asked: Promise<void>;
  /** For what does not wait for signals: from now on, and for one that came already, their default action counts. */
  readonly leave: () => Promise<void>;
}

export function noticeSignals(): StopRequest {
  const { promise: asked, resolve } = Promise.withResolvers<void>();
  let first: NodeJS.Signals | undefined;
  const onSignal = (signal: NodeJS.Signals): void => {
    if (first !== undefined) endBy(signal);
    first = signal;
    resolve();
  };
  for (const signal of SIGNALS) process.on(signal, onSignal);
  return {
    asked,
    leave: async () => {
      // What came while modules were loaded is told of at the next look for it; the turn at hand may be past that.
      for (let turn = 0; turn < 2; turn += 1) await new Promise(setImmediate);
      for (const signal of SIGNALS) process.off(signal, onSignal);
      if (first !== undefined) endBy(first);
    },
  };
}

/** Lets everybody do what is to be done at the exit, such as killing the servers; a signal's default action would pass them by. */
function endBy(signal: NodeJS.Signals): never {
  process.once('exit', () => {
    process.removeAllListeners(signal);
    if (process.platform !== 'win32') process.kill(process.pid, signal);
  });
  process.exit(INTERRUPTED);
}
