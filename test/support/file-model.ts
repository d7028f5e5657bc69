import { appendFileSync, existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { TuttiError } from '../../src/core/kernel/errors.ts';
import type { JsonObject } from '../../src/core/kernel/json.ts';
import type { Model, ModelChoice } from '../../src/core/ports/model.ts';

/** What the model does when it is asked: answer, with JSON where it is to shape some, or fail with this message. */
export type Turn = Partial<ModelChoice> | { readonly value: JsonObject } | { readonly fails: string };

/** A model whose script and whose record are files, so that a test can direct it in another process. */
export function fileModel(dir: string): Model {
  const usage = { name: 'file', latencyMs: 0 };
  const play = (question: object): Exclude<Turn, { readonly fails: string }> => {
    appendFileSync(join(dir, 'asked.jsonl'), `${JSON.stringify({ ...question, signal: undefined })}\n`);
    const turns = readLines<Turn>(join(dir, 'turns.jsonl'));
    const turn = turns.shift();
    writeFileSync(join(dir, 'turns.jsonl'), turns.map((each) => `${JSON.stringify(each)}\n`).join(''));
    if (!turn) throw new TuttiError('model/failed', 'The script has no turn left.');
    if ('fails' in turn) throw new Error(turn.fails);
    return turn;
  };
  return {
    choose: async (question) => ({
      choice: '',
      confidence: 1,
      because: 'scripted',
      usage,
      ...play(question),
    }),
    shape: async (question) => {
      const turn = play(question);
      if ('value' in turn) return { value: turn.value, usage };
      throw new TuttiError('model/failed', 'The turn of the script holds no value.');
    },
  };
}

export function script(dir: string, turns: readonly Turn[]): void {
  writeFileSync(join(dir, 'turns.jsonl'), turns.map((each) => `${JSON.stringify(each)}\n`).join(''));
  writeFileSync(join(dir, 'asked.jsonl'), '');
}

export function asked(
  dir: string,
): readonly { readonly prompt: string; readonly choices: readonly string[] }[] {
  return readLines(join(dir, 'asked.jsonl'));
}

function readLines<T>(file: string): T[] {
  if (!existsSync(file)) return [];
  return readFileSync(file, 'utf8')
    .split('\n')
    .filter(Boolean)
    .map((line) => JSON.parse(line) as T);
}
