import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { laterRequirements, requirements } from './requirements.ts';

const cited = ['test', 'test/scenarios']
  .flatMap((folder) => readdirSync(folder).map((name) => join(folder, name)))
  .filter((file) => file.endsWith('.test.ts'))
  .map((file) => readFileSync(file, 'utf8'))
  .join('\n');

it('cites every requirement in a scenario', () => {
  expect(Object.keys(requirements).filter((id) => !cited.includes(`'${id}'`))).toEqual([]);
});

it('cites nothing that is not built yet', () => {
  expect(Object.keys(laterRequirements).filter((id) => id in requirements || cited.includes(id))).toEqual([]);
});
