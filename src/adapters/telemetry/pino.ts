import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { destination, multistream, pino } from 'pino';
import type { StreamEntry } from 'pino';
import { TuttiError } from '../../core/kernel/errors.ts';
import type { LogLevel, Telemetry } from '../../core/ports/telemetry.ts';

export interface PinoOptions {
  readonly level: LogLevel;
  /** A second copy of the log goes to this folder, which is made if absent. */
  readonly file?: { readonly dir: string; readonly name: string };
}

const SECRETS = ['token', 'apiKey', 'authorization', 'password', 'secret'].flatMap((key) => [
  key,
  `*.${key}`,
]);
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
  const log = pino(
    { level, base: null, redact: { paths: SECRETS, censor: '[redacted]' } },
    multistream(streams),
  );
  return { log: (at, event, fields) => log[at](fields ?? {}, event) };
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
