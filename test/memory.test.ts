import { spawnSync } from 'node:child_process';
import { createRequire } from 'node:module';
import { resolve } from 'node:path';
import { describe, expect, it } from 'vitest';

interface Memory {
  readonly after: (ms: number, work: () => void) => void;
  readonly watch: (listener: (count: number) => void) => void;
  readonly youngBytes: () => number;
  readonly usedMs: () => number;
  readonly letGrow: (may: boolean) => void;
  readonly collect: () => void;
}

const FILE = resolve('bin/memory.cjs');
const { keepSmall } = createRequire(import.meta.url)(FILE) as { readonly keepSmall: (of: Memory) => void };

const MIB = 1_048_576;

/** A process whose time passes when it is told to. */
function processAtHand() {
  let now = 0;
  let timers: { readonly at: number; readonly work: () => void }[] = [];
  let listener: ((count: number) => void) | undefined;
  let used = 0;
  const told: string[] = [];
  const young = { bytes: 2 * MIB };
  keepSmall({
    after: (ms, work) => void timers.push({ at: now + ms, work }),
    watch: (each) => {
      listener = each;
    },
    youngBytes: () => young.bytes,
    usedMs: () => {
      const since = used;
      used = 0;
      return since;
    },
    letGrow: (may) => void told.push(may ? 'grow' : 'stay'),
    collect: () => {
      told.push('collect');
      young.bytes = MIB;
    },
  });
  return {
    young,
    /** So much work, and what it leaves to the collector. */
    work: (ms: number, collections: number) => {
      used += ms;
      listener?.(collections);
    },
    pass: (ms: number) => {
      const end = now + ms;
      for (;;) {
        const next = timers.toSorted((a, b) => a.at - b.at).find(({ at }) => at <= end);
        if (next === undefined) break;
        timers = timers.filter((each) => each !== next);
        now = next.at;
        next.work();
      }
      now = end;
    },
    told: () => told.splice(0),
    timers: () => timers.length,
  };
}

describe('the memory of a process of ours', () => {
  const loaded = () => {
    const at = processAtHand();
    at.pass(2_000);
    at.told();
    return at;
  };

  it('stays small while everything is loaded, and may then grow to a bound', () => {
    const at = processAtHand();
    at.pass(1_999);
    expect(at.told()).toEqual(['stay']);
    at.pass(1);
    expect(at.told()).toEqual(['grow']);
    at.work(1, 1);
    expect(at.told()).toEqual([]);
    at.young.bytes = 16 * MIB;
    at.work(1, 1);
    at.work(1, 1);
    expect(at.told()).toEqual(['stay']);
  });

  it('may grow again wherever a pause under load made it small', () => {
    const at = loaded();
    at.young.bytes = 16 * MIB;
    at.work(900, 20);
    expect(at.told()).toEqual(['stay']);
    at.young.bytes = MIB;
    at.work(900, 1);
    expect(at.told()).toEqual(['grow']);
    at.young.bytes = 16 * MIB;
    at.work(900, 1);
    expect(at.told()).toEqual(['stay']);
  });

  it('is given back once the work is over', () => {
    const at = loaded();
    at.young.bytes = 16 * MIB;
    for (let second = 0; second < 60; second += 1) {
      at.work(900, 10);
      at.pass(1_000);
    }
    expect(at.told()).toEqual(['stay']);
    // The last work may have been done just after somebody looked.
    at.pass(60_000);
    expect(at.told()).toEqual(['collect']);
    at.work(1, 1);
    expect(at.told()).toEqual(['grow']);
  });

  it('is given back once for each time there was work, and at rest no timer runs', () => {
    const at = loaded();
    for (const _ of ['first', 'second']) {
      expect(at.timers()).toBe(0);
      at.young.bytes = 16 * MIB;
      at.work(900, 100);
      expect(at.told()).toEqual(['stay']);
      at.pass(60_000);
      expect(at.told()).toEqual(['collect']);
      // What giving back takes itself is no work.
      at.work(40, 8);
      at.pass(3_600_000);
      expect(at.told()).toEqual(['grow']);
      expect(at.timers()).toBe(0);
    }
  });

  it('is kept over pauses: whoever comes back within half a minute finds all that was learnt', () => {
    const at = loaded();
    at.young.bytes = 16 * MIB;
    for (let turn = 0; turn < 10; turn += 1) {
      at.work(900, 20);
      at.pass(29_000);
    }
    expect(at.told()).toEqual(['stay']);
  });

  it('is left alone where little was done', () => {
    const at = loaded();
    at.work(100, 15);
    at.pass(3_600_000);
    expect(at.told()).toEqual([]);
    expect(at.timers()).toBe(0);
  });

  it('loses what is young and not needed', () => {
    const script = `
      const { ours } = require(${JSON.stringify(FILE)});
      const { getHeapSpaceStatistics } = require('node:v8');
      const used = () => getHeapSpaceStatistics().find((space) => space.space_name === 'new_space').space_used_size;
      ours.letGrow(true);
      let made = 0;
      for (let turn = 0; turn < 100_000 && made < 200_000; turn += 1) {
        globalThis.last = { turn, more: [turn] };
        made = Math.max(made, used());
      }
      ours.collect();
      console.log(JSON.stringify({ made, left: used(), gc: typeof gc }));`;
    const { stdout, stderr } = spawnSync(process.execPath, ['-e', script], { encoding: 'utf8' });
    expect(stderr).toBe('');
    const { made, left, gc } = JSON.parse(stdout) as { made: number; left: number; gc: string };
    expect(made).toBeGreaterThanOrEqual(200_000);
    expect(left).toBeLessThan(made / 2);
    // Nobody else gets hold of the collector.
    expect(gc).toBe('undefined');
  });
});
