import fc from 'fast-check';
import { expect, it } from 'vitest';
import { createByteFinder } from './byte-finder.ts';

const lower = (bytes: Uint8Array): string =>
  String.fromCharCode(...bytes.map((byte) => (byte >= 0x41 && byte <= 0x5a ? byte + 32 : byte)));

// Few letters, so that words begin, end and hold each other.
const text = fc.stringMatching(/^[abABé忽 ]*$/);
const word = fc.stringMatching(/^[abAé忽]{1,5}$/);

it('finds what looking for one word after the other finds', () => {
  const sets = fc.uniqueArray(
    fc.record({ bit: fc.constantFrom(1, 2, 4, 128), words: fc.array(word, { maxLength: 6 }) }),
    { selector: ({ bit }) => bit },
  );
  fc.assert(
    fc.property(sets, fc.array(text), (given, texts) => {
      const find = createByteFinder(given);
      for (const each of texts) {
        const bytes = Buffer.from(each);
        const found = given.filter(({ words }) =>
          words.some((one) => lower(bytes).includes(lower(Buffer.from(one.toLowerCase())))),
        );
        expect(find(bytes)).toBe(found.reduce((bits, { bit }) => bits | bit, 0));
      }
    }),
  );
});

it('finds words of bytes that are no letters, and those that are no text', () => {
  const find = createByteFinder([
    { bit: 1, words: [Uint8Array.of(0xff, 0xfe)] },
    { bit: 2, words: [Uint8Array.of(0xfe)] },
  ]);
  expect([[0xff], [0xfe], [0xff, 0xff, 0xfe]].map((bytes) => find(Uint8Array.from(bytes)))).toEqual([
    0, 2, 3,
  ]);
});

it('finds a word wherever it stands, and no half of one', () => {
  const find = createByteFinder([
    { bit: 1, words: ['a'] },
    { bit: 2, words: ['needle', 'needles of a pine'] },
  ]);
  for (let length = 6; length < 40; length++) {
    const hay = Buffer.alloc(length, 'e');
    for (let at = 0; at + 6 <= length; at++) {
      const bytes = Buffer.from(hay);
      bytes.write('needle', at);
      expect([length, at, find(bytes)]).toEqual([length, at, 2]);
      bytes.write('l', at + 3);
      expect(find(bytes)).toBe(0);
    }
  }
});
