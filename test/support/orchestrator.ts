import { createApp } from '../../src/app.ts';
import { loadConfig } from '../../src/config.ts';
import type { Caller } from '../../src/core/kernel/caller.ts';
import type { Orchestrator } from '../../src/core/orchestrator.ts';

/** The product in this process, on a store in memory, serving the workflows that ship. */
export async function openOrchestrator(): Promise<{
  readonly orchestrator: Orchestrator;
  readonly caller: Caller;
  close(): Promise<void>;
}> {
  const folders = { config: '/nonexistent', data: '/nonexistent' };
  const env = { TUTTI_STORE: 'sqlite::memory:', LOG_LEVEL: 'error' };
  const app = await createApp(loadConfig({ env, folders, cwd: '/' }));
  return { orchestrator: app.orchestrator, caller: app.caller, close: async () => await app.close() };
}
