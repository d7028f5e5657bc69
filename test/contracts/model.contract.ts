import { describe, expect, it } from 'vitest';
import type { Model } from '../../src/core/ports/model.ts';

/** Every model must pass this suite. `answering` opens one that answers anything; `failing` one whose provider fails. */
export function describeModel(name: string, open: { answering(): Model; failing?(): Model }): void {
  describe(`${name} as a Model`, () => {
    const question = { prompt: 'Which way?', choices: ['left', 'right'] };

    it('answers with a choice, a confidence, a reason and its usage', async () => {
      const answer = await open.answering().choose(question);
      expect(question.choices).toContain(answer.choice);
      expect(answer.confidence).toBeGreaterThanOrEqual(0);
      expect(answer.confidence).toBeLessThanOrEqual(1);
      expect(answer.because).not.toBe('');
      expect(answer.usage).toMatchObject({ name: expect.any(String), latencyMs: expect.any(Number) });
    });

    it('gives up with the reason of its signal', async () => {
      const reason = new Error('no longer needed');
      const signal = AbortSignal.abort(reason);
      await expect(open.answering().choose({ ...question, signal })).rejects.toBe(reason);
    });

    it.skipIf(!open.failing)('says that no answer came', async () => {
      await expect(open.failing?.().choose(question)).rejects.toMatchObject({ code: 'model/failed' });
    });
  });
}
