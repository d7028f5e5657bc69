import { describe, expect, it } from 'vitest';
import { describeModel } from '../../../test/contracts/model.contract.ts';
import { createTape } from '../../core/workflow/rehearsal/tape.ts';
import type { Tape } from '../../core/workflow/rehearsal/tape.ts';
import { recordingModel, replayingModel } from './recorded.ts';
import { scriptedModel } from './scripted.ts';

const request = { purpose: 'decide', account: { owner: 'ada' } } as const;
const asked = (fence: string, report = 'They like it.') => ({
  ...request,
  prompt: `Which way?\n<<${fence}\n"${report}"\n${fence}>>`,
  fence,
  choices: ['left', 'right'],
});

const SHAPE = {
  ...request,
  prompt: 'Which way?',
  name: 'way',
  schema: {
    type: 'object',
    properties: { way: { enum: ['left', 'right'] } },
    required: ['way'],
    additionalProperties: false,
  },
};

/** What the contract suite asks, answered once. */
async function taughtTape(): Promise<Tape> {
  const tape = createTape();
  const model = recordingModel(scriptedModel([{}, { value: { way: 'left' } }]), tape);
  await model.choose({ ...request, prompt: 'Which way?', choices: ['left', 'right'] });
  await model.shape(SHAPE);
  return tape;
}

const taught = await taughtTape();

describeModel('what records', {
  answering: () => recordingModel(scriptedModel([{ value: { way: 'left' } }]), createTape()),
  failing: () => recordingModel(scriptedModel([]), createTape()),
});

describeModel('what replays', {
  answering: () => replayingModel(taught),
  failing: () => replayingModel(createTape()),
});

describe('a recording', () => {
  it('holds whatever the fence, and no other question', async () => {
    const tape = createTape();
    await recordingModel(scriptedModel([{ choice: 'right', because: 'so' }]), tape).choose(
      asked('fence-one'),
    );
    const model = replayingModel(createTape(structuredClone(tape.calls)));
    expect(await model.choose(asked('fence-two'))).toMatchObject({ choice: 'right', because: 'so' });
    expect(tape.calls[0]?.prompt).not.toContain('fence-one');
    for (const other of [
      asked('fence-two', 'They hate it.'),
      { ...asked('fence-two'), choices: ['left'] },
      { ...asked('fence-two'), purpose: 'route' as const },
    ]) {
      await expect(model.choose(other)).rejects.toMatchObject({
        code: 'model/failed',
        message: expect.stringContaining('--record'),
      });
    }
  });

  it('answers a question that was asked several times in its order, and then as it was last', async () => {
    const tape = createTape();
    const recording = recordingModel(scriptedModel([{ choice: 'left' }, { choice: 'right' }]), tape);
    await recording.choose(asked('fence-one'));
    await recording.choose(asked('fence-two'));
    const model = replayingModel(tape);
    const answers = [
      await model.choose(asked('fence-three')),
      await model.choose(asked('fence-four')),
      await model.choose(asked('fence-five')),
    ];
    expect(answers.map(({ choice }) => choice)).toEqual(['left', 'right', 'right']);
  });

  it('keeps no failure, and nothing that is true once only', async () => {
    const tape = createTape();
    const usage = { name: 'm', latencyMs: 812, inputTokens: 9 };
    const recording = recordingModel(scriptedModel([new Error('down'), { usage }]), tape);
    await expect(recording.choose(asked('fence-one'))).rejects.toThrow('down');
    expect(await recording.choose(asked('fence-one'))).toMatchObject({ usage });
    expect(tape.calls.map(({ answer }) => answer.usage)).toEqual([{ ...usage, latencyMs: 0 }]);
  });
});
