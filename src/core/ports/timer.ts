/** Calls `work` once after so many milliseconds, without keeping the process alive for it. Returns how to call it off. */
export type After = (ms: number, work: () => void) => () => void;
