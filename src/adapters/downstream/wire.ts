import type { BusyMap } from '../../core/kernel/busy.ts';
import { TuttiError } from '../../core/kernel/errors.ts';
import type { JsonObject } from '../../core/kernel/json.ts';
import type { Ask, DownstreamAnswer, Era } from '../../core/ports/downstream.ts';
import type { GroupUsage } from './groups.ts';
import type { Turns } from './turns.ts';

/** One request of ours while it is on its way. */
export interface Outgoing {
  /** Unique on its connection. */
  readonly id: string;
  readonly method: string;
  /** Complete, `_meta` included. */
  readonly params: JsonObject;
  /** The JSON-RPC message, on one line, without the end of the line. */
  readonly text: string;
  readonly maxBytes: number;
  readonly inlineBytes: number;
  /** A listing: what is wrong with one item must not spoil the others, so that items are checked one by one. */
  readonly lenient: boolean;
  /** `Mcp-Param-*`, where the tool asks for them. */
  readonly headers?: readonly string[] | undefined;
  readonly settled: boolean;
  /** Called once, when nothing more is awaited. Set by the link that has it. */
  release: (() => void) | undefined;
  settle(answer: DownstreamAnswer): void;
  fail(error: Error): void;
  progress(params: JsonObject): void;
  /** Present when the caller hears of log messages. */
  readonly log?: ((params: JsonObject) => void) | undefined;
  /** Present when the caller can be asked something while it waits. */
  readonly ask?: ((ask: Ask) => Promise<JsonObject>) | undefined;
  /** Who is behind it: calls of one asker may be asked each other's questions. */
  readonly asker?: string | undefined;
  /** Somebody thinks about a question of its server's. */
  readonly asking: boolean;
}

/** What we ask of ourselves, such as lists, is nobody's. */
export function isSomebodys(call: {
  readonly asker?: string | undefined;
  readonly onAsk?: unknown;
  readonly ask?: unknown;
}): boolean {
  return call.asker !== undefined || call.ask !== undefined || call.onAsk !== undefined;
}

/** What a server says of itself when it is met. */
export interface Greeting {
  readonly era: Era;
  readonly protocolVersion: string;
  readonly capabilities: JsonObject;
  readonly serverInfo: { readonly name: string; readonly version: string; readonly title?: string };
  readonly instructions?: string | undefined;
  /** The answer of `server/discover`. */
  readonly discovered?: JsonObject | undefined;
}

/** What is on its way, by id as text, the oldest first. */
export type Calls = Pick<BusyMap<string, Outgoing>, 'get' | 'size' | 'values'>;

/** A live connection. After `onClose` was called it is never used again. */
export interface Link {
  readonly greeting: Greeting;
  /** Present while what it hears is of no use and keeps everything else from being heard: better wait. */
  readonly clogged: Promise<void> | undefined;
  /** What is on its way. */
  readonly calls: Calls;
  send(call: Outgoing): void;
  /** The caller no longer waits: tells the server so, in the way of its era. */
  abandon(call: Outgoing, why: { readonly reason: string; readonly late: boolean }): void;
  /** What its processes hold, where it has any. */
  usage?(): GroupUsage;
  /** Ends it once nothing is on its way any more. Absent where what is on its way is lost with whatever ended. */
  finish?(): Promise<void>;
  /** Ends it, and everything that was started for it. */
  close(): Promise<void>;
}

/** What a link tells whoever made it. */
export interface LinkEvents {
  readonly turns: Turns;
  readonly onNotification: (method: string, params: () => JsonObject | undefined) => void;
  /** A request was refused in a way that may mean that the server speaks another revision by now. */
  readonly onPuzzled: () => void;
  /** Once, when it broke without having been closed. */
  readonly onClose: (error: TuttiError) => void;
}

/** The request reached nobody, or was turned away unread: it may be sent again on a fresh connection. */
export class NotProcessed extends TuttiError {
  constructor(message: string, cause?: unknown) {
    super('downstream/unavailable', message, { cause, data: { sent: false } });
  }
}

/** No connection was made. */
export function unreached(error: Error): TuttiError {
  if (error instanceof TuttiError) return error;
  return new NotProcessed(`The server cannot be reached: ${withCode(error)}.`, error);
}

/** A connection was lost after something was sent on it. */
export function broken(error: Error): TuttiError {
  if (error instanceof NotProcessed) {
    const message =
      'The connection broke before the answer came, and what was begun could not be taken up again.';
    return new TuttiError('downstream/unavailable', message, { cause: error });
  }
  if (error instanceof TuttiError) return error;
  const message = `The connection broke before the answer came: ${withCode(error)}.`;
  return new TuttiError('downstream/unavailable', message, { cause: error });
}

/** What an error says, with its code where that is not said already. */
function withCode(error: Error): string {
  const { code } = error as NodeJS.ErrnoException;
  const said = messageOf(error);
  return `${toPlain(said)}${code === undefined || said.includes(code) ? '' : ` (${code})`}`;
}

/** The request was turned away unread, as by who speaks another revision, or is no MCP server at all. */
export class NotUnderstood extends TuttiError {
  constructor(message: string) {
    super('downstream/protocol', message);
  }
}

const UNSEEN = /[\p{Cc}\p{Cf}]/gu;
/** What terminals take for a command. */
const ESCAPE = new RegExp(`${String.fromCharCode(27)}\\[[0-9;?]*[ -/]*[@-~]`, 'g');

/** Foreign text for people: one line, bounded, without what terminals act on. */
export function toPlain(text: string, maxLength = 300): string {
  const plain = text
    .slice(0, maxLength * 4)
    .replaceAll(ESCAPE, '')
    .replaceAll(/[\r\n\t]+/g, ' ')
    .replaceAll(UNSEEN, '')
    .trim();
  return plain.length > maxLength ? `${plain.slice(0, maxLength - 1)}…` : plain;
}

/** What parsers say is for programmers, and quotes what they read. */
const ISSUES = /:?\s*(?:\$?ZodError:?\s*)?\[\s*\{\s*"[\s\S]*$/;
const NO_JSON = /Unexpected (?:token|end of|non-whitespace|number|string)\b[\s\S]*$|[^:]*is not valid JSON$/;

export function messageOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  if (error.message !== '') {
    const plain = error.message.replace(ISSUES, '').replace(NO_JSON, 'it is no JSON').trim();
    return plain === '' ? 'what it answered is not of the form that was expected' : plain;
  }
  return error instanceof AggregateError ? error.errors.map(messageOf).join('; ') : error.name;
}
