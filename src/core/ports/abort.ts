/** Makes something that can be called off: whoever holds `signal` hears of it once. */
export type CreateAbort = () => { readonly signal: AbortSignal; readonly abort: (reason: unknown) => void };
