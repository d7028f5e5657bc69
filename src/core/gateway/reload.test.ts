import { expect, it } from 'vitest';
import { toServer, toTool } from '../../../test/support/fake-downstream.ts';
import { world } from '../../../test/support/gate.ts';

it('fails no call while the called server itself is replaced, twice at a time', async () => {
  const { gateway, settings, call, timer } = world({ servers: { box: [toTool('get_thing')] } });
  const replaced = async (command: string) => {
    const launch = { kind: 'stdio' as const, command, args: [], env: {} };
    await gateway.reconfigure({ ...settings, servers: [toServer('box', { launch })] });
  };
  const calls: Promise<unknown>[] = [];
  for (let round = 0; round < 30; round += 1) {
    calls.push(call('box__get_thing', { round }));
    const changes = [replaced(`box${2 * round}`), replaced(`box${2 * round + 1}`)];
    calls.push(call('box__get_thing', { round, again: true }));
    await Promise.all(changes);
    timer.pass(1_000);
    calls.push(call('box__get_thing', { round, after: true }));
  }
  const outcomes = await Promise.all(calls);
  expect(outcomes).toHaveLength(90);
  for (const outcome of outcomes) expect(outcome).toMatchObject({ kind: 'result' });
});
