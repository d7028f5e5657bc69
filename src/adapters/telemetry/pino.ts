import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { destination, multistream, pino } from 'pino';
import type { LogLevel, Telemetry } from '../../core/ports/telemetry.ts';

export interface PinoOptions {
  readonly level: LogLevel | 'silent';
  /** A second copy of the log goes to this folder; its file is made if absent. */
  readonly file?: { readonly dir: string; readonly name: string };
}

const SECRETS = ['token', 'apiKey', 'authorization', 'password', 'secret'].flatMap((key) => [key, `*.${key}`]);

/** JSON lines on stderr: stdout belongs to the protocol. */
export function pinoTelemetry({ level, file }: PinoOptions): Telemetry {
  const streams = [{ level: 'debug' as const, stream: destination({ fd: 2, sync: true }) }];
  if (file) {
    mkdirSync(file.dir, { recursive: true });
    streams.push({ level: 'debug', stream: destination({ dest: join(file.dir, file.name), sync: true }) });
  }
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
