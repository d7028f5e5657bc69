import { readFile } from 'node:fs/promises';
import { describe, expect, it } from 'vitest';
import { distinctFaults, faultTable, toFault } from './faults.ts';

describe('fault codes', () => {
  it('are the ones in the reference, in order, with severity and meaning', async () => {
    const reference = await readFile(
      new URL('../../../../docs/reference/workflow-format.md', import.meta.url),
      'utf8',
    );
    const rows = [...reference.matchAll(/^\| `([a-z-]+\/[a-z-]+)` \| (\w+) \| (.+) \|$/gm)].map(
      ([, code, severity, meaning]) => ({ code, severity, meaning }),
    );
    const codes = Object.entries(faultTable).map(([code, { severity, meaning }]) => ({
      code,
      severity,
      meaning,
    }));
    expect(rows).toEqual(codes);
  });

  it('come once each, errors first, at most 500', () => {
    const place = { file: 'index.md', line: 1 };
    const warning = toFault('step/unreachable', place, { message: 'w' });
    const error = toFault('step/missing', place, { message: 'e', fix: 'f' });
    expect(error).toEqual({
      file: 'index.md',
      line: 1,
      code: 'step/missing',
      message: 'e',
      fix: 'f',
      severity: 'error',
    });
    expect(distinctFaults([warning, error, warning, { ...error }])).toEqual([error, warning]);
    const many = Array.from({ length: 600 }, (_each, at) => ({ ...warning, line: at + 1 }));
    expect(distinctFaults([...many, error])).toHaveLength(500);
    expect(distinctFaults([...many, error])[0]).toBe(error);
  });
});
