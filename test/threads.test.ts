import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { resolve } from 'node:path';
import { expect, it } from 'vitest';

const LATEST_MS = 20_000;

it.skipIf(!existsSync('/proc/self/task'))('lets calls go before what V8 does beside them', () => {
  const script = `
    const { readdirSync, readFileSync } = require('node:fs');
    const { getPriority } = require('node:os');
    require(${JSON.stringify(resolve('bin/start.cjs'))});
    const threads = () => readdirSync('/proc/self/task').map((id) => ({
      name: readFileSync('/proc/self/task/' + id + '/comm', 'utf8').trim(),
      nice: getPriority(Number(id)),
    }));
    const ofV8 = () => threads().filter(({ name }) => name === 'V8Worker');
    const ends = Date.now() + ${LATEST_MS};
    (function look() {
      const isOver = ofV8().every(({ nice }) => nice > getPriority()) || Date.now() > ends;
      if (!isOver) return setTimeout(look, 20);
      console.log(JSON.stringify({ main: getPriority(), threads: threads() }));
    })();`;
  const { stdout, stderr } = spawnSync(process.execPath, ['-e', script], { encoding: 'utf8' });
  expect(stderr).toBe('');
  const { main, threads } = JSON.parse(stdout) as {
    main: number;
    threads: readonly { readonly name: string; readonly nice: number }[];
  };
  // A Node that does not name its threads lets all be alike.
  for (const { name, nice } of threads)
    expect({ name, nice }).toEqual({ name, nice: name === 'V8Worker' ? Math.min(19, main + 10) : main });
});
