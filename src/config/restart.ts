import type { Config } from './config.ts';

/** What a running process keeps until it ends, by the names of the configuration. */
const FIXED: Readonly<Record<string, (config: Config) => unknown>> = {
  store: ({ store }) => store,
  workflows: ({ workflows }) => workflows,
  agents: ({ agents }) => agents,
  toolsets: ({ toolsets }) => toolsets,
  'http.host': ({ http }) => http.host,
  'http.port': ({ http }) => http.port,
  log: ({ log }) => log,
  model: ({ model, embeddings, asking }) => [model, embeddings, asking],
};

/** Names of what changed and takes effect only at the next start. */
export function needsRestart(before: Config, after: Config): readonly string[] {
  return Object.entries(FIXED).flatMap(([name, of]) => (isSame(of(before), of(after)) ? [] : [name]));
}

/** Whether two parts of a configuration say the same. */
export function isSame(a: unknown, b: unknown): boolean {
  return JSON.stringify(a) === JSON.stringify(b);
}
