import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { requirements } from './requirements.ts';

it('cites every requirement in a scenario', () => {
  const text = readdirSync('test/scenarios')
    .filter((name) => name.endsWith('.test.ts'))
    .map((name) => readFileSync(join('test/scenarios', name), 'utf8'))
    .join('\n');
  expect(Object.keys(requirements).filter((id) => !text.includes(`'${id}'`))).toEqual([]);
});
