import { randomBytes } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { aesSeal } from './aes.ts';

const seal = aesSeal(randomBytes(32));
const value = { call: 'c-1', hops: [1, null, 'zwölf 🎼'], ['__proto__']: { own: true } };

describe('aesSeal', () => {
  it('opens what it sealed', () => {
    for (const each of [value, null, 0, '', [], 'x'.repeat(100_000)])
      expect(seal.open(seal.seal(each, 'ctx'), 'ctx')).toEqual(each);
  });

  it('seals to base64url that shows nothing and never comes twice', () => {
    const sealed = seal.seal({ secret: 'canary-canary' }, 'ctx');
    expect(sealed).toMatch(/^[\w-]+$/);
    expect(Buffer.from(sealed, 'base64url').toString('latin1')).not.toContain('canary');
    expect(seal.seal({ secret: 'canary-canary' }, 'ctx')).not.toBe(sealed);
  });

  it('opens under the same context alone', () => {
    const sealed = seal.seal(value, 'owner-a\0tool');
    for (const context of ['owner-b\0tool', 'owner-a', '', 'owner-a\0tool ', 'owner-a\0too'])
      expect(seal.open(sealed, context)).toBeUndefined();
  });

  it('does not open with a flipped bit anywhere', () => {
    const sealed = Buffer.from(seal.seal({ n: 1 }, 'ctx'), 'base64url');
    for (let index = 0; index < sealed.byteLength * 8; index += 1) {
      const changed = Buffer.from(sealed);
      changed[index >> 3] = (changed[index >> 3] ?? 0) ^ (1 << (index & 7));
      expect(seal.open(changed.toString('base64url'), 'ctx')).toBeUndefined();
    }
  });

  it('does not open a part, more, another spelling, or what never was one', () => {
    const sealed = seal.seal(value, 'ctx');
    for (let length = 0; length < sealed.length; length += 1)
      expect(seal.open(sealed.slice(0, length), 'ctx')).toBeUndefined();
    for (const other of [
      `${sealed}A`,
      `${sealed}=`,
      ` ${sealed}`,
      `${sealed}\n`,
      '',
      'not a seal',
      '🎼'.repeat(50),
    ])
      expect(seal.open(other, 'ctx')).toBeUndefined();
  });

  it('opens with the same key alone, given as bytes or as text', () => {
    const text = 'a key drawn elsewhere, 128 bits';
    expect(aesSeal(text).open(aesSeal(text).seal(value, 'ctx'), 'ctx')).toEqual(value);
    expect(aesSeal(`${text}.`).open(aesSeal(text).seal(value, 'ctx'), 'ctx')).toBeUndefined();
    const bytes = randomBytes(32);
    const sealed = aesSeal(bytes).seal(value, 'ctx');
    expect(aesSeal(Uint8Array.from(bytes)).open(sealed, 'ctx')).toEqual(value);
    expect(seal.open(sealed, 'ctx')).toBeUndefined();
  });
});
