import { expect, it } from 'vitest';
import { firstChoiceModel, scriptedModel } from '../../src/adapters/model/scripted.ts';
import { describeModel } from './model.contract.ts';

describeModel('scripted', {
  answering: () => scriptedModel([{ value: { way: 'left' } }]),
  failing: () => scriptedModel([]),
});
describeModel('first choice', { answering: firstChoiceModel, shapes: false });

it('plays its script in order and keeps the questions', async () => {
  const model = scriptedModel([
    { choice: 'b' },
    new Error('down'),
    (question) => ({ because: question.prompt }),
  ]);
  const ask = async (prompt: string) =>
    await model.choose({ prompt, choices: ['a', 'b'], purpose: 'decide', account: { owner: 'ada' } });
  await expect(ask('1')).resolves.toMatchObject({ choice: 'b' });
  await expect(ask('2')).rejects.toThrow('down');
  await expect(ask('3')).resolves.toMatchObject({ choice: 'a', because: '3' });
  expect(model.asked.map((each) => each.prompt)).toEqual(['1', '2', '3']);
});
