import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { ALL_GRANTED, toolGrants } from './grants.ts';
import { fitsStars } from './star.ts';

describe('patterns of grants', () => {
  const text = fc.string({ unit: fc.constantFrom('a', 'b', '_'), maxLength: 12 });
  const pattern = fc.string({ unit: fc.constantFrom('a', 'b', '_', '*'), maxLength: 8 });

  it('fit as the same expression would', () => {
    fc.assert(
      fc.property(pattern, text, (stars, name) => {
        const expression = new RegExp(`^${stars.replaceAll('*', '.*')}$`);
        expect(fitsStars(stars, name)).toBe(expression.test(name));
      }),
      { numRuns: 2_000 },
    );
  });

  it('say whether anything of a server can be seen, and whether all of it', () => {
    const grants = (...tools: string[]) => toolGrants({ owner: 'a', grants: { tools } });
    expect(grants('git*')).toMatchObject({});
    expect(grants('git*').any('github')).toBe(true);
    expect(grants('github__get_*').any('github')).toBe(true);
    expect(grants('github__get_*').any('files')).toBe(false);
    expect(grants('github').any('github')).toBe(false);
    expect(grants().any('github')).toBe(false);
    expect(grants('*__search').any('github')).toBe(true);
    expect(grants('github__*').whole('github')).toBe(true);
    expect(grants('github__get_*').whole('github')).toBe(false);
    expect(grants('*')).toBe(ALL_GRANTED);
    expect(toolGrants({ owner: 'a' })).toBe(ALL_GRANTED);
  });
});
