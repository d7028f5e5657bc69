import { describe, expect, it } from 'vitest';
import { canonicalJson } from './json.ts';
import type { Json } from './json.ts';

describe('canonicalJson', () => {
  it('writes keys in order at all levels, whatever order they came in', () => {
    const text = '{"a":[{"b":1,"c":null}],"d":{"e":"x","f":[]},"g":false}';
    expect(canonicalJson({ g: false, d: { f: [], e: 'x' }, a: [{ c: null, b: 1 }] })).toBe(text);
    expect(canonicalJson(JSON.parse(text) as Json)).toBe(text);
  });

  it('orders keys as texts, also those that objects put first', () => {
    expect(canonicalJson({ b: 1, 9: 2, 10: 3, a: { 2: 'x', 1: 'y', '-': 'z' } })).toBe(
      '{"10":3,"9":2,"a":{"-":"z","1":"y","2":"x"},"b":1}',
    );
  });

  it('keeps a key that would reach into a prototype', () => {
    const value = JSON.parse('{"b":{"__proto__":{"x":1}},"a":2}') as Json;
    expect(canonicalJson(value)).toBe('{"a":2,"b":{"__proto__":{"x":1}}}');
  });
});
