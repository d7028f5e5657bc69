import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { expect, it, onTestFinished } from 'vitest';
import { createApp } from '../src/app.ts';
import { loadConfig } from '../src/config.ts';
import { cites } from './support/verifies.ts';
import { programOf } from './support/programs.ts';

it(`the end waits a little for whoever holds the store, and says what was not written ${cites('gateway/drain')}`, async () => {
  const root = mkdtempSync(join(tmpdir(), 'tutti-held-'));
  onTestFinished(() => {
    rmSync(root, { recursive: true, force: true });
  });
  const file = join(root, 'tutti.config.json');
  const shop = {
    command: process.execPath,
    args: [programOf('hostile-server'), JSON.stringify({ tools: ['echo'] })],
  };
  writeFileSync(file, JSON.stringify({ store: 'sqlite:./tutti.db', mcpServers: { shop } }));
  const config = loadConfig({ file, cwd: root, env: {}, folders: { config: root, data: root } });
  const logged: { readonly event: string; readonly fields: unknown }[] = [];
  const app = await createApp(config, {
    telemetry: { log: (_, event, fields) => void logged.push({ event, fields }) },
    lastWaitMs: 20,
  });
  const { gateway } = app.orchestrator;
  const call = async () =>
    await gateway.call(
      app.caller,
      { name: 'shop__echo', arguments: { text: 'x' } },
      { capabilities: {}, repeats: false },
    );
  await call();
  // Returns once all that was added before is written.
  await gateway.operator.auditTail({ limit: 1 });

  const other = new DatabaseSync(join(root, 'tutti.db'), { timeout: 5_000 });
  onTestFinished(() => {
    other.close();
  });
  other.exec('begin exclusive');
  for (let calls = 0; calls < 3; calls += 1) await call();
  await app.close();
  const message: unknown = expect.stringContaining('within 20 ms');
  expect(logged.filter(({ event }) => event.startsWith('audit.'))).toEqual([
    { event: 'audit.lost', fields: { lines: 3, fault: expect.objectContaining({ message }) as unknown } },
  ]);
});
