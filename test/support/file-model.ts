import { appendFileSync, existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { TuttiError } from '../../src/core/kernel/errors.ts';
import type { ErrorCode } from '../../src/core/kernel/errors.ts';
import type { JsonObject } from '../../src/core/kernel/json.ts';
import type { Model, ModelChoice, ModelRequest } from '../../src/core/ports/model.ts';

type Answer =
  | (Partial<Omit<ModelChoice, 'confidence'>> & { readonly confidence?: number | 'NaN' })
  | { readonly value: JsonObject };

/** What the model does when it is asked: answer, with JSON where it is to shape some, or fail with this message. */
export type Turn =
  | Answer
  | { readonly fails: string; readonly code?: ErrorCode }
  /** It never answers; only the signal ends it. */
  | { readonly hangs: true };

/** A model whose script and whose record are files, so that a test can direct it in another process. */
export function fileModel(dir: string): Model {
  const usage = { name: 'file', latencyMs: 0 };
  const play = async (question: ModelRequest): Promise<Answer> => {
    appendFileSync(join(dir, 'asked.jsonl'), `${JSON.stringify({ ...question, signal: undefined })}\n`);
    const turns = readLines<Turn>(join(dir, 'turns.jsonl'));
    const turn = turns.shift();
    writeFileSync(join(dir, 'turns.jsonl'), turns.map((each) => `${JSON.stringify(each)}\n`).join(''));
    if (!turn) throw new TuttiError('model/failed', 'The script has no turn left.');
    if ('hangs' in turn) return await untilAborted(question.signal);
    if ('fails' in turn) throw turn.code ? new TuttiError(turn.code, turn.fails) : new Error(turn.fails);
    return turn;
  };
  return {
    choose: async (question) => {
      const { confidence = 1, ...answer } = (await play(question)) as Exclude<
        Answer,
        { readonly value: JsonObject }
      >;
      return { choice: '', because: 'scripted', usage, ...answer, confidence: Number(confidence) };
    },
    shape: async (question) => {
      const turn = await play(question);
      if ('value' in turn) return { value: turn.value, usage };
      throw new TuttiError('model/failed', 'The turn of the script holds no value.');
    },
  };
}

async function untilAborted(signal: AbortSignal | undefined): Promise<never> {
  const { promise, reject } = Promise.withResolvers<never>();
  signal?.addEventListener('abort', () => reject(signal.reason as Error), { once: true });
  return await promise;
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
