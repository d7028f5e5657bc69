import { getHeapSpaceStatistics } from 'node:v8';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { BusyMap } from './busy.ts';

const key = fc.integer({ min: 0, max: 150 });
const change = fc.oneof(
  { weight: 60, arbitrary: fc.record({ what: fc.constant('set' as const), key, value: fc.nat() }) },
  { weight: 40, arbitrary: fc.record({ what: fc.constant('delete' as const), key }) },
  { weight: 1, arbitrary: fc.record({ what: fc.constant('clear' as const) }) },
);

describe('a busy map', () => {
  it('holds what a Map would, in the same order', () => {
    fc.assert(
      fc.property(fc.array(change, { maxLength: 1_000, size: 'max' }), (changes) => {
        const busy = new BusyMap<number, number>();
        const plain = new Map<number, number>();
        for (const each of changes) {
          if (each.what === 'clear') {
            busy.clear();
            plain.clear();
          } else if (each.what === 'delete') {
            expect(busy.delete(each.key)).toBe(plain.delete(each.key));
          } else {
            busy.set(each.key, each.value);
            plain.set(each.key, each.value);
          }
          expect(busy.size).toBe(plain.size);
          expect('key' in each && busy.has(each.key)).toBe('key' in each && plain.has(each.key));
          expect('key' in each && busy.get(each.key)).toBe('key' in each && plain.get(each.key));
        }
        expect(busy.values()).toEqual([...plain.values()]);
      }),
      { numRuns: 50 },
    );
  });

  it('gives those of one moment, whatever leaves meanwhile', () => {
    const busy = new BusyMap<number, string>();
    for (let n = 0; n < 100; n += 1) busy.set(n, `v${n}`);
    const seen = busy.values().map((value) => {
      busy.clear();
      return value;
    });
    expect(seen).toHaveLength(100);
  });

  it('leaves nothing behind among what is old', () => {
    const busy = new BusyMap<number, object>();
    const come = (from: number, to: number) => {
      for (let n = from; n < to; n += 1) {
        busy.set(n, thing());
        busy.delete(n - 16);
      }
    };
    come(0, 100);
    // Meanwhile its table becomes old, as one does while nobody calls.
    for (let n = 0; n < 200_000; n += 1) thing();
    const before = oldBytes();
    come(100, 30_000);
    // Of 27 MB that came and went; of those in a Map, a third stays.
    expect(oldBytes() - before).toBeLessThan(500_000);
  });
});

const thing = (): object => Array.from({ length: 100 }, () => 1);

function oldBytes(): number {
  const space = getHeapSpaceStatistics().find(({ space_name: name }) => name === 'old_space');
  return space?.space_used_size ?? 0;
}
