import { describe, expect, it } from 'vitest';
import type { Model } from '../../src/core/ports/model.ts';

interface Opened {
  /** Answers closed questions anyhow, and the shape below with `{ way: 'left' }`. */
  answering(): Model;
  /** One whose provider fails. */
  failing?(): Model;
  /** `false`: closed questions are all that it answers. */
  readonly shapes?: false;
}

const SCHEMA = {
  type: 'object',
  properties: { way: { enum: ['left', 'right'] } },
  required: ['way'],
  additionalProperties: false,
};

/** Every model must pass this suite. */
export function describeModel(name: string, open: Opened): void {
  describe(`${name} as a Model`, () => {
    const request = { purpose: 'decide', account: { owner: 'ada' } } as const;
    const question = { ...request, prompt: 'Which way?', choices: ['left', 'right'] };

    it('answers with a choice, a confidence, a reason and its usage', async () => {
      const answer = await open.answering().choose(question);
      expect(question.choices).toContain(answer.choice);
      expect(answer.confidence).toBeGreaterThanOrEqual(0);
      expect(answer.confidence).toBeLessThanOrEqual(1);
      expect(answer.because).not.toBe('');
      expect(answer.usage).toMatchObject({ name: expect.any(String), latencyMs: expect.any(Number) });
    });

    it.skipIf(open.shapes === false)('answers with JSON of the shape that was asked for', async () => {
      const shape = { ...request, prompt: 'Which way?', name: 'way', schema: SCHEMA };
      const { value, usage } = await open.answering().shape(shape);
      expect(value).toEqual({ way: 'left' });
      expect(usage).toMatchObject({ name: expect.any(String), latencyMs: expect.any(Number) });
    });

    it('gives up with the reason of its signal', async () => {
      const reason = new Error('no longer needed');
      const signal = AbortSignal.abort(reason);
      await expect(open.answering().choose({ ...question, signal })).rejects.toBe(reason);
    });

    it.skipIf(!open.failing)('says that no answer came', async () => {
      await expect(open.failing?.().choose(question)).rejects.toMatchObject({
        code: expect.stringMatching(/^model\//),
      });
    });
  });
}
