import { describe, expect, it } from 'vitest';
import { memoryStore } from '../../adapters/store/memory.ts';
import { describeModel } from '../../../test/contracts/model.contract.ts';
import { askingParts } from '../../../test/support/asking.ts';
import type { CallChannel } from '../gateway/gateway.ts';
import { createModel } from '../model/create-model.ts';
import type { AskingSettings } from '../model/parts.ts';
import type { After } from '../ports/timer.ts';
import { InputNeeded, samplingModel } from './sampling.ts';
import type { ClientSide } from './sampling.ts';

const saying = (text: string) => ({ role: 'assistant', model: 'host-1', content: { type: 'text', text } });
const FITTING = '{"choice": "left", "confidence": 0.9, "because": "It is shorter."}';
const question = {
  prompt: 'Which way?',
  choices: ['left', 'right'],
  purpose: 'decide',
  account: { owner: 'ada', instance: 'i' },
} as const;

const clientOf = (ask: CallChannel['ask']): ClientSide => ({
  channel: { capabilities: { sampling: {} }, repeats: false, ask },
});
const repeating = (answer?: object): ClientSide => ({
  channel: { capabilities: { sampling: {} }, repeats: true },
  ...(answer && { carried: { inputResponses: { sampling: answer as never } } }),
});
const modelOf = (
  client: ClientSide,
  settings: Partial<AskingSettings> = {},
  parts: Parameters<typeof askingParts>[1] = {},
) => {
  const model = samplingModel(client, (wire) => createModel(wire, askingParts(settings, parts)));
  if (!model) throw new Error('expected a client that can be asked');
  return model;
};

describeModel('the model of a client that is asked', {
  answering: () => modelOf(clientOf(async () => saying(FITTING))),
  failing: () => modelOf(clientOf(async () => await Promise.reject(new Error('The user said no.')))),
  shapes: false,
});
describeModel('the model of a client that repeats its request', {
  answering: () => modelOf(repeating(saying(FITTING))),
  failing: () => modelOf(repeating({ role: 'assistant' })),
  shapes: false,
});

describe("a client's model", () => {
  it('is waited for no longer than any model, and its question is taken back', async () => {
    const timers = new Map<number, () => void>();
    const after: After = (ms, work) => {
      timers.set(ms, work);
      return () => timers.delete(ms);
    };
    const { promise: isAsked, resolve: asked } = Promise.withResolvers<AbortSignal | undefined>();
    const silent = clientOf(async (_, signal) => {
      asked(signal);
      return await new Promise<never>(() => undefined);
    });
    const answer = modelOf(silent, { timeoutMs: 1234 }, { after })
      .choose(question)
      .catch((error: unknown) => error);
    const signal = await isAsked;
    timers.get(1234)?.();
    expect(await answer).toMatchObject({ code: 'model/timeout' });
    expect(signal?.aborted).toBe(true);
  });

  it.each(['The user said no.', 'Certainly! I would go left.'])('is not asked twice: %s', async (said) => {
    let times = 0;
    const client = clientOf(async () => {
      times += 1;
      if (said.startsWith('The user')) throw new Error(said);
      return saying(said);
    });
    await expect(modelOf(client).choose(question)).rejects.toMatchObject({
      code: expect.stringMatching(/^model\//),
    });
    expect(times).toBe(1);
  });

  it('counts in the budgets, and is not asked once they are spent', async () => {
    const { usage } = memoryStore();
    let times = 0;
    const client = clientOf(async () => {
      times += 1;
      return saying(FITTING);
    });
    const model = modelOf(client, { budgets: [{ calls: 1, per: 'instance' }] }, { usage });
    expect(await model.choose(question)).toMatchObject({ choice: 'left', usage: { name: 'client:host-1' } });
    await expect(model.choose(question)).rejects.toMatchObject({ code: 'budget/spent' });
    expect(times).toBe(1);
  });

  it('is asked by repeating the request before anything is counted', async () => {
    const { usage } = memoryStore();
    const settings = { budgets: [{ calls: 1, per: 'instance' }] } as const;
    await expect(modelOf(repeating(), settings, { usage }).choose(question)).rejects.toBeInstanceOf(
      InputNeeded,
    );
    const model = modelOf(repeating(saying(FITTING)), settings, { usage });
    expect(await model.choose(question)).toMatchObject({ choice: 'left' });
  });
});
