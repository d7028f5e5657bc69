import { faultAt } from './fault.ts';
import type { ConfigFault, Path, Source } from './source.ts';

interface Expansion {
  readonly path: Path;
  readonly source: Source;
  readonly faults: ConfigFault[];
}

const INERT: ReadonlySet<string> = new Set(['mcpServers', 'tools']);
const REFERENCE = /\$\{env:([^}]*)\}/g;

/** Whether a text holds a reference that would be replaced. */
export function holdsReference(value: unknown): value is string {
  return typeof value === 'string' && value.search(REFERENCE) >= 0;
}

/** Where the texts are that hold a reference. */
export function referencePaths(value: unknown, path: Path = []): readonly Path[] {
  if (holdsReference(value)) return [path];
  if (value === null || typeof value !== 'object') return [];
  const keys = Array.isArray(value) ? [...value.keys()] : Object.keys(value);
  return keys.flatMap((key) => referencePaths(Reflect.get(value, key), [...path, key]));
}

/** Replaces `${env:NAME}` in strings, save in servers and custom tools, which are expanded one by one once they may act. */
export function expandVariables(value: unknown, env: NodeJS.ProcessEnv, at: Expansion): unknown {
  if (typeof value === 'string') {
    return value.replaceAll(REFERENCE, (written: string, name: string) => {
      const found = env[name];
      if (found !== undefined && found !== '') return found;
      const message = `the environment variable ${name} is not set; set it, or write the value here`;
      at.faults.push(faultAt(at.path, at.source, message));
      return written;
    });
  }
  if (Array.isArray(value))
    return value.map((each, index) => expandVariables(each, env, { ...at, path: [...at.path, index] }));
  if (value === null || typeof value !== 'object') return value;
  const inert = (key: string) => at.path.length === 0 && INERT.has(key);
  return Object.fromEntries(
    Object.entries(value).map(([key, each]) => [
      key,
      inert(key) ? each : expandVariables(each, env, { ...at, path: [...at.path, key] }),
    ]),
  );
}
