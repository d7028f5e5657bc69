import fc from 'fast-check';
import { expect, it } from 'vitest';
import { joined } from './joined.ts';

const own = (length: number, fill: number) => Buffer.allocUnsafeSlow(length).fill(fill);

it('holds the bytes of all pieces in their order, whatever memory they stand in', () => {
  const shared = own(100_000, 7);
  const piece = fc.oneof(
    fc.tuple(fc.integer({ min: 1, max: 100_000 }), fc.nat(255)).map(([length, fill]) => own(length, fill)),
    fc.tuple(fc.nat(50_000), fc.nat(50_000)).map(([at, length]) => shared.subarray(at, at + length)),
    fc.uint8Array({ maxLength: 100 }).map((bytes) => Buffer.from(bytes)),
  );
  fc.assert(
    fc.property(fc.array(piece, { maxLength: 6 }), fc.boolean(), (pieces, areOwn) => {
      const expected = Buffer.concat(pieces);
      expect(joined(pieces, areOwn)).toEqual(expected);
      expect(shared.every((byte) => byte === 7)).toBe(true);
    }),
    { numRuns: 50 },
  );
});

it('frees what a piece alone stood in, and nothing that others stand in', () => {
  const whole = own(65_536, 1);
  const part = own(65_536, 2).subarray(0, 40_000);
  const pooled = Buffer.from('abc');
  expect(joined([whole, part, pooled], true)).toHaveLength(65_536 + 40_000 + 3);
  expect(whole.buffer.byteLength).toBe(0);
  expect(part.buffer.byteLength).toBe(65_536);
  expect(pooled.toString()).toBe('abc');
});

it('frees nothing of what is not its own', () => {
  const pieces = [own(65_536, 1), own(65_536, 2)];
  joined(pieces, false);
  expect(pieces.map(({ length }) => length)).toEqual([65_536, 65_536]);
});

it('leaves a single piece as it is', () => {
  const only = own(65_536, 1);
  expect(joined([only], true)).toBe(only);
  expect(only).toHaveLength(65_536);
  expect(joined([], true)).toHaveLength(0);
});
