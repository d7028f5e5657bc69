import type { JsonObject } from '../../core/kernel/json.ts';

/** Something that is not offered, and why. */
export interface LeftOut {
  readonly name: string;
  readonly reason: string;
}

/** What the thread of a module is told. */
export type ToThread =
  | { readonly kind: 'call'; readonly id: number; readonly name: string; readonly args: JsonObject }
  | { readonly kind: 'cancel'; readonly id: number };

/** What it says. Values are JSON already: what a module made must be judged where it can do no harm. */
export type FromThread =
  | { readonly kind: 'loaded'; readonly tools: readonly string[]; readonly leftOut: readonly LeftOut[] }
  | { readonly kind: 'unloadable'; readonly reason: string }
  | { readonly kind: 'answer'; readonly id: number; readonly result: string }
  /** It heard that a call is cancelled, so it is not stuck in it. */
  | { readonly kind: 'heard'; readonly id: number };

const KINDS: ReadonlySet<unknown> = new Set(['loaded', 'unloadable', 'answer', 'heard']);

/** Whether it is for us: what a module needs may post messages of its own. */
export function isFromThread(message: unknown): message is FromThread {
  return message !== null && typeof message === 'object' && 'kind' in message && KINDS.has(message.kind);
}

const MAX_REASON = 500;

/** What went wrong, by its message alone and bounded: stacks are for the log. */
export function reasonOf(error: unknown): string {
  let text: string;
  try {
    text = error instanceof Error ? error.message || error.name : String(error);
  } catch {
    text = 'something that cannot be shown was thrown';
  }
  return text.length > MAX_REASON ? `${text.slice(0, MAX_REASON)}…` : text;
}
