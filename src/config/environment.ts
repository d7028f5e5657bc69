import { resolve } from 'node:path';
import type { LogLevel } from '../core/ports/telemetry.ts';
import { ONLY, type EnvironmentModel, type ModelSettings } from './model.ts';
import { isApiAddress } from './model-schema.ts';
import { storeSchema } from './schema.ts';
import type { ConfigFault } from './source.ts';

/** What the environment sets; it outranks the file. */
export interface EnvironmentSettings {
  readonly storePath?: string;
  readonly workflowsDir?: string;
  readonly logLevel?: LogLevel;
  readonly logFiles: {
    readonly file?: { readonly dir: string; readonly name: string };
    readonly modelFile?: string;
  };
  readonly model: EnvironmentModel;
}

const LEVELS: Readonly<Record<string, LogLevel>> = {
  trace: 'debug',
  debug: 'debug',
  info: 'info',
  warn: 'warn',
  warning: 'warn',
  error: 'error',
  fatal: 'error',
  critical: 'error',
};
const SWITCHES: Readonly<Record<string, boolean>> = {
  true: true,
  '1': true,
  yes: true,
  on: true,
  false: false,
  '0': false,
  no: false,
  off: false,
};
const GEMINI_URL = 'https://generativelanguage.googleapis.com/v1beta/openai';
/** Google's own name for its newest small model. */
const GEMINI_MODEL = 'gemini-flash-latest';

type Read = (name: string) => string | undefined;

/** Reads the variables; an empty one counts as not set. Relative paths are relative to `cwd`. */
export function environmentSettings(
  env: Readonly<Record<string, string | undefined>>,
  cwd: string,
  faults: ConfigFault[],
): EnvironmentSettings {
  const read: Read = (name) => env[name]?.trim() || undefined;
  const path = (name: string) => {
    const value = read(name);
    return value === undefined ? undefined : resolve(cwd, value);
  };
  const storePath = readStore(read, cwd, faults);
  const workflowsDir = path('WORKFLOW_DEFINITIONS_DIR');
  const logLevel = readChoice(read, 'LOG_LEVEL', { choices: LEVELS, faults });
  const model = readModel(read, faults);
  return {
    ...(storePath !== undefined && { storePath }),
    ...(workflowsDir !== undefined && { workflowsDir }),
    ...(logLevel !== undefined && { logLevel }),
    model,
    logFiles: readLogFiles(read, cwd),
  };
}

function readStore(read: Read, cwd: string, faults: ConfigFault[]): string | undefined {
  const store = read('TUTTI_STORE');
  const path = store === undefined ? read('WORKFLOW_DB_PATH') : store.slice('sqlite:'.length);
  const parsed = store === undefined ? undefined : storeSchema.safeParse(store);
  if (parsed?.success === false) {
    faults.push({
      path: 'env TUTTI_STORE',
      message: `expected ${parsed.error.issues[0]?.message}, found something else`,
    });
    return undefined;
  }
  return path === undefined || path === ':memory:' ? path : resolve(cwd, path);
}

interface Choice<T> {
  readonly choices: Readonly<Record<string, T>>;
  readonly faults: ConfigFault[];
}

function readChoice<T>(read: Read, name: string, { choices, faults }: Choice<T>): T | undefined {
  const value = read(name);
  if (value === undefined) return undefined;
  const word = value.toLowerCase();
  if (Object.hasOwn(choices, word)) return choices[word];
  faults.push({
    path: `env ${name}`,
    message: `expected one of ${Object.keys(choices).join(', ')}, found ${JSON.stringify(value.slice(0, 40))}`,
  });
  return undefined;
}

/** A key for Gemini may be there for other programs: it counts only where nobody names a model. */
function readModel(read: Read, faults: ConfigFault[]): EnvironmentModel {
  const stub = readChoice(read, 'USE_STUB_AI_CLIENT', { choices: SWITCHES, faults });
  const timeoutMs = readTimeout(read, faults);
  const timeout = timeoutMs === undefined ? {} : { timeoutMs };
  if (stub) return { model: { kind: 'stub' }, ...timeout };
  const url = read('AI_SERVICE_ENDPOINT');
  const name = read('GEMINI_MODEL_NAME');
  const geminiKey = read('GEMINI_API_KEY');
  if (url === undefined) {
    const idle = read('AI_SERVICE_API_KEY') === undefined ? {} : { hasIdleKey: true };
    if (geminiKey === undefined) return { ...timeout, ...idle };
    const fallback = {
      kind: 'openai',
      url: GEMINI_URL,
      name: name ?? GEMINI_MODEL,
      apiKey: geminiKey,
    } as const;
    return { fallback, ...timeout, ...idle };
  }
  if (!isApiAddress(url)) {
    faults.push({
      path: 'env AI_SERVICE_ENDPOINT',
      message:
        'expected an address such as "https://host/v1", without a user and a password, found something else',
    });
    return timeout;
  }
  const apiKey = read('AI_SERVICE_API_KEY') ?? geminiKey;
  const model: ModelSettings = { kind: 'openai', url, name: name ?? ONLY, ...(apiKey && { apiKey }) };
  return { model, ...timeout };
}

function readTimeout(read: Read, faults: ConfigFault[]): number | undefined {
  const ms = readPositive(read, 'AI_REQUEST_TIMEOUT_MS', faults);
  const seconds = readPositive(read, 'GEMINI_REQUEST_TIMEOUT_SECONDS', faults);
  return ms ?? (seconds === undefined ? undefined : seconds * 1000);
}

function readPositive(read: Read, name: string, faults: ConfigFault[]): number | undefined {
  const value = read(name);
  if (value === undefined) return undefined;
  const number = Number(value);
  if (Number.isSafeInteger(number) && number > 0) return number;
  faults.push({
    path: `env ${name}`,
    message: `expected a whole number above 0, found ${JSON.stringify(value.slice(0, 40))}`,
  });
  return undefined;
}

function readLogFiles(read: Read, cwd: string): EnvironmentSettings['logFiles'] {
  const dir = read('ORCHESTRATOR_LOG_DIR');
  const name = read('ORCHESTRATOR_LOG_FILE');
  const modelFile = read('AI_INTERACTIONS_LOG_FILE');
  const folder = resolve(cwd, dir ?? '.');
  return {
    ...((dir ?? name) && { file: { dir: folder, name: name ?? 'orchestrator.log' } }),
    ...(modelFile && { modelFile: resolve(folder, modelFile) }),
  };
}
