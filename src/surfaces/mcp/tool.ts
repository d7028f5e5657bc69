import type { Tool } from '@modelcontextprotocol/server';
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
}

/** The same answer twice: for programs, and for a person or a model that only reads text. */
export interface ToolAnswer {
  readonly structured: JsonObject;
  readonly text: string;
}

export interface McpTool {
  readonly definition: Tool;
  run(input: Arguments, context: ToolContext): Promise<ToolAnswer>;
}

interface Hints {
  /** Nothing is lost by calling it: it adds or moves, but overwrites and deletes nothing. */
  readonly additive?: boolean;
  /** The same call again changes nothing more. */
  readonly repeatable?: boolean;
}

/** Annotations of a tool that only looks. No tool of ours leaves the machine's own state. */
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
    openWorldHint: false,
  };
}
