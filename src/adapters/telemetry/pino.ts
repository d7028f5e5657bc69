import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { destination, multistream, pino } from 'pino';
import type { StreamEntry } from 'pino';
import { TuttiError } from '../../core/kernel/errors.ts';
import type { Json } from '../../core/kernel/json.ts';
import { stripControls } from '../../core/policy/clean.ts';
import { redact, redactText } from '../../core/policy/secrets.ts';
import type { LogLevel, Telemetry } from '../../core/ports/telemetry.ts';

export interface PinoOptions {
  readonly level: LogLevel;
  /** A second copy of the log goes to this folder, which is made if absent. */
  readonly file?: { readonly dir: string; readonly name: string };
}

/** Whoever does not read stderr loses lines, and holds nothing up. */
const MAX_UNREAD_BYTES = 1_048_576;

/**
 * JSON lines on stderr: stdout belongs to the protocol. A log that cannot be written never fails what it tells of.
 *
 * @throws TuttiError `config/invalid` when the folder of the log file cannot be made.
 */
export function pinoTelemetry({ level, file }: PinoOptions): Telemetry {
  const streams: StreamEntry<'debug'>[] = [{ level: 'debug', stream: { write: toStderr } }];
  if (file) streams.push({ level: 'debug', stream: toFile(file.dir, file.name) });
  const log = pino({ level, base: null }, multistream(streams));
  return {
    log: (at, event, fields) => {
      if (log.isLevelEnabled(at)) log[at](fields === undefined ? {} : toLoggable(fields), toLine(event));
    },
  };
}

/** What a line is printed with, whoever reads it with whatever: without secrets, escape sequences and invisible characters. */
function toLine(text: string): string {
  const short = text.length > MAX_TEXT ? `${text.slice(0, MAX_TEXT)}…` : text;
  return PLAIN.test(short) ? short : stripControls(redactText(short));
}

/** The names of events, and of what there is anyway, are most of what is logged. */
const PLAIN = /^[a-z][a-z -]{0,60}$/;
const MAX_TEXT = 16_384;
const MAX_DEPTH = 8;
const MAX_MEMBERS = 200;

function toLoggable(fields: Readonly<Record<string, unknown>>): Record<string, Json> {
  return redact(toJson(fields, new Set())) as Record<string, Json>;
}

/** As JSON would show it, bounded and without loops: what cannot be logged must not hide what can. */
function toJson(value: unknown, above: ReadonlySet<object>): Json {
  switch (typeof value) {
    case 'string':
      return toLine(value);
    case 'boolean':
      return value;
    case 'number':
      return Number.isFinite(value) ? value : String(value);
    case 'object':
      return value === null ? null : fromObject(value, above);
    case 'bigint':
    case 'symbol':
      return value.toString();
    default:
      return null;
  }
}

function fromObject(value: object, above: ReadonlySet<object>): Json {
  if (above.has(value) || above.size >= MAX_DEPTH) return '[…]';
  const inside = new Set([...above, value]);
  if (value instanceof Error) return fromError(value, inside);
  if ('toJSON' in value && typeof value.toJSON === 'function') return toJson(value.toJSON(), inside);
  if (Array.isArray(value)) return value.slice(0, MAX_MEMBERS).map((each: unknown) => toJson(each, inside));
  const members = Object.entries(value)
    .filter(([, each]) => each !== undefined)
    .slice(0, MAX_MEMBERS);
  return Object.fromEntries(members.map(([key, each]) => [stripControls(key), toJson(each, inside)]));
}

function fromError(error: Error, above: ReadonlySet<object>): Json {
  const code = 'code' in error && typeof error.code === 'string' ? { code: error.code } : {};
  const cause = error.cause === undefined ? {} : { cause: toJson(error.cause, above) };
  return {
    type: error.name,
    message: toLine(error.message),
    ...code,
    stack: toLine(error.stack ?? ''),
    ...cause,
  };
}

/** Says nothing. */
export function silentTelemetry(): Telemetry {
  return { log: () => {} };
}

function toStderr(line: string): void {
  if (process.stderr.writableLength < MAX_UNREAD_BYTES) process.stderr.write(line);
}

function toFile(dir: string, name: string): ReturnType<typeof destination> {
  try {
    mkdirSync(dir, { recursive: true });
  } catch (cause) {
    const found = cause instanceof Error ? cause.message : String(cause);
    throw new TuttiError(
      'config/invalid',
      `ORCHESTRATOR_LOG_DIR: expected a folder that can be made, found: ${found}.`,
      { cause },
    );
  }
  const stream = destination({ dest: join(dir, name), sync: false });
  stream.on('error', () => {});
  return stream;
}
