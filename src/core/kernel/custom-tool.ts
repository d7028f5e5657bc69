import type { Risk } from './approval.ts';
import type { JsonObject } from './json.ts';

/** What a tool has at hand while it runs. */
export interface ToolContext {
  /** Aborted when nobody waits for the answer any more: the call was cancelled, or its time is up. */
  readonly signal: AbortSignal;
  /** Writes a line into the log of the server `tools`. */
  readonly log: (message: string) => void;
}

/** A tool of your own, as a module in the folder `tools/` exports it. */
export interface CustomTool<Arguments = JsonObject> {
  /** 1 to 64 letters, digits, `_`, `-` and `.`, without `__`. Callers see it as `tools__NAME`. */
  readonly name: string;
  readonly title?: string;
  /** What it does and when to call it, for models and people. */
  readonly description: string;
  /** JSON Schema of an object. Arguments that do not fit never reach `run`. */
  readonly input: JsonObject;
  /** JSON Schema of an object: what `structuredContent` is promised to be. */
  readonly output?: JsonObject;
  /** What a call can do at worst. Without it name and description decide; `destructive` there outranks a milder word here. */
  readonly risk?: Exclude<Risk, 'unknown'>;
  /** Further annotations of the protocol, such as `idempotentHint` and `openWorldHint`. */
  readonly annotations?: JsonObject;
  /**
   * Answers a call: with a text, with any JSON value, or with a whole result of the protocol (an object with `content`). A promise is waited for.
   * Whatever it throws is told to the caller as an error, by its message alone.
   */
  run(args: Arguments, context: ToolContext): unknown;
}

/** How a tool is known, whichever copy of the package made it one. */
export const CUSTOM_TOOL: unique symbol = Symbol.for('tutti.custom-tool');

/**
 * Declares a tool of your own. Export what it returns from a TypeScript or JavaScript module in the folder `tools/`: by default, or by names
 * where a module has several.
 *
 * Nothing is checked here: a tool with a fault is left out when its module is loaded, and `tutti servers test tools` tells why.
 */
export function defineTool<Arguments = JsonObject>(tool: CustomTool<Arguments>): CustomTool<Arguments> {
  return { ...tool, [CUSTOM_TOOL]: true } as CustomTool<Arguments>;
}

/** In `_meta` of the list of tools: what their host left out, as `{name, reason}`. */
export const LEFT_OUT = 'tutti/left-out';
