import { spawn } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { platform } from 'node:os';
import { describe, expect, it } from 'vitest';
import { signalGroup, watchGroup } from './groups.ts';
import type { GroupUsage } from './groups.ts';

const onLinux = platform() === 'linux' ? it : it.skip;
const KEEP = 'setInterval(() => {}, 1000)';

/** A leader in a group of its own, whose child has a child of its own and then stays, or leaves. Says so when all is done. */
function startGroup(leaves: boolean) {
  const own = `const { spawn } = require('node:child_process');`;
  const child = `${own} spawn(process.execPath, ['-e', ${JSON.stringify(KEEP)}], { stdio: 'ignore' }).unref();`;
  const middle = leaves ? child : `${child} console.log('done'); ${KEEP}`;
  const leader = `${own}
    const middle = spawn(process.execPath, ['-e', ${JSON.stringify(middle)}], { stdio: ['ignore', 'inherit', 'ignore'] });
    middle.on('exit', () => console.log('done'));
    ${KEEP};`;
  return spawn(process.execPath, ['-e', leader], { stdio: ['ignore', 'pipe', 'ignore'], detached: true });
}

describe('the watch over a group', () => {
  onLinux.each([
    { found: 'children of children', leaves: false, processes: 3 },
    { found: 'what a parent left behind', leaves: true, processes: 2 },
  ])('finds $found', async ({ leaves, processes }) => {
    const leader = startGroup(leaves);
    const pid = leader.pid ?? -1;
    await once(leader.stdout, 'data');
    let stop = () => {};
    const usage = await new Promise<GroupUsage>((resolve) => {
      const onUsage = (found: GroupUsage) => {
        if (found.processes === processes && found.memoryBytes > processes * 1_048_576) resolve(found);
      };
      stop = watchGroup(pid, { mark: randomUUID(), onUsage });
    });
    expect(usage).toMatchObject({ processes });
    const gone = once(leader, 'exit');
    signalGroup(pid, 'SIGKILL');
    await gone;
    stop();
  });
});
