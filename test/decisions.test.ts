import { spawnSync } from 'node:child_process';
import { expect, it } from 'vitest';

interface Score {
  readonly file: string;
  readonly certain: number;
  readonly wrong: number;
  readonly coverage: number;
  readonly decided: number;
}

it('decides none of our own cases wrongly, and most of the ordinary ones', () => {
  const { stdout } = spawnSync(process.execPath, ['bench/decisions/score.mjs', '--source', '--json'], {
    encoding: 'utf8',
  });
  const scores = JSON.parse(stdout) as readonly Score[];
  expect(scores.map(({ file, wrong }) => [file.split('/').at(-1), wrong])).toEqual([
    ['conditions.jsonl', 0],
    ['ordinary.jsonl', 0],
    ['traps.jsonl', 0],
    ['voices.jsonl', 0],
  ]);
  const ordinary = scores.find(({ file }) => file.endsWith('ordinary.jsonl'));
  expect(ordinary?.coverage).toBeGreaterThan(0.7);
});
