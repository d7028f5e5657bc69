/** Calls `work` once after so many milliseconds, without keeping the process alive for it; after none, at the next turn. Returns how to call it off. */
export type After = (ms: number, work: () => void) => () => void;

/** Resolves after so many milliseconds, and keeps the process alive until then. @throws The reason of `signal` when it goes off first. */
export type Pause = (ms: number, signal: AbortSignal) => Promise<void>;
