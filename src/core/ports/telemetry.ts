export type LogLevel = 'debug' | 'info' | 'warn' | 'error';

/** Where the product says what it does. Never on stdout; secrets and full prompts never at `info`. */
export interface Telemetry {
  log(level: LogLevel, event: string, fields?: Readonly<Record<string, unknown>>): void;
}
