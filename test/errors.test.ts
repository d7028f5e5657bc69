import { readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { errorTable, wireCode } from '../src/core/kernel/errors.ts';
import type { ErrorCode } from '../src/core/kernel/errors.ts';

it('documents every error code, and no other', () => {
  const rows = readFileSync('docs/reference/errors.md', 'utf8')
    .split('\n')
    .filter((line) => line.startsWith('| `'));
  const codes = Object.keys(errorTable) as ErrorCode[];
  expect(rows).toEqual(
    codes.map((code) => {
      const { retry, http, meaning } = errorTable[code];
      return `| \`${code}\` | ${wireCode(code)} | ${retry} | ${http} | ${meaning} |`;
    }),
  );
});
