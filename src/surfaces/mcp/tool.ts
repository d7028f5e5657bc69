import type { Tool } from '@modelcontextprotocol/server';
import type { CallChannel, CallInput, CallOutcome } from '../../core/gateway/gateway.ts';
import type { Caller } from '../../core/kernel/caller.ts';
import type { JsonObject } from '../../core/kernel/json.ts';
import type { Orchestrator } from '../../core/orchestrator.ts';
import type { Arguments } from './arguments.ts';

/** What a tool may use while it runs. */
export interface ToolContext {
  readonly orchestrator: Orchestrator;
  readonly caller: Caller;
  /** Aborts when the client cancels the call or goes away. */
  readonly signal: AbortSignal;
  /** What the client can do meanwhile; absent: nothing. */
  readonly channel?: CallChannel;
  /** What the request carried besides its arguments. */
  readonly carried?: CarriedParts;
  /** The configuration, where commands that a person is told to run have to name it. */
  readonly configFile?: string | undefined;
}

/** What a request carries besides name and arguments. */
export type CarriedParts = Pick<CallInput, 'meta' | 'inputResponses' | 'requestState'>;

/** The same answer twice: for programs, and for a person or a model that only reads text. */
export interface ToolAnswer {
  readonly structured: JsonObject;
  readonly text: string;
  /** A further text, where the first one is a phrase that clients know. */
  readonly more?: string;
}

/** What a downstream answered, to be given as it is. */
export interface PassedOn {
  readonly outcome: CallOutcome;
}

export interface McpTool {
  readonly definition: Tool;
  /** A misspelt member would change what is done. What clients add of their own is ignored all the same, so no schema forbids it. */
  readonly refusesMisspelt?: true;
  run(input: Arguments, context: ToolContext): Promise<ToolAnswer | PassedOn>;
}

interface Hints {
  /** Nothing is lost by calling it: it adds or moves, but overwrites and deletes nothing. */
  readonly additive?: boolean;
  /** The same call again changes nothing more. */
  readonly repeatable?: boolean;
  /** It reaches what is outside this machine's own state. */
  readonly outside?: boolean;
}

/** Annotations of a tool that only looks at this machine's own state. */
export const READS = {
  readOnlyHint: true,
  destructiveHint: false,
  idempotentHint: true,
  openWorldHint: false,
} as const;

/** Annotations of a tool that changes something. */
export function writes(hints: Hints): NonNullable<Tool['annotations']> {
  return {
    readOnlyHint: false,
    destructiveHint: hints.additive !== true,
    idempotentHint: hints.repeatable === true,
    openWorldHint: hints.outside === true,
  };
}
