import { expect, it } from 'vitest';
import { withAntecedent } from './antecedent.ts';

it.each([
  [
    'the discussion in Slack about it',
    ['summarize the changes in PR #123'],
    'the discussion in Slack about PR #123',
  ],
  ['and the comments on it?', ['Show pull request #7'], 'and the comments on pull request #7?'],
  ['what was said about that in the chat', ['Close issue #4.'], 'what was said about issue #4 in the chat'],
  ['the messages about it', ['read ABC-12', 'list the channels'], 'the messages about ABC-12'],
  ['the talk about it', ['What changed in pull request #88'], 'the talk about pull request #88'],
  ['search the files for it', ['search the chat for "cold start"'], 'search the files for "cold start"'],
  ['its discussion in Slack', ['What changed in PR 123'], "PR 123's discussion in Slack"],
  ['the talk around it', ['Which files did PR #123 change'], 'the talk around PR #123'],
  ['and how was it discussed?', ['What changed in PR #123'], 'and how was PR #123 discussed?'],
  ['any messages that mention it', ['read ABC-12'], 'any messages that mention ABC-12'],
  ['the related messages', ['read ABC-12'], 'the messages about ABC-12'],
  [
    'and the messages in Slack?',
    ['For PR #123, summarize the changes'],
    'and the messages in Slack about PR #123?',
  ],
])('makes plain what %j is about after %j', (clause, before, plain) => {
  expect(withAntecedent(clause, before)).toBe(plain);
});

it.each([
  ['the discussion about it', ['compare #1 with #2']],
  ['the discussion about it', ['list the pull requests']],
  ['the discussion about it', []],
  ['the messages about this ticket', ['read ABC-12']],
  ['the messages about #9 and it', ['read ABC-12']],
  ['the messages about them', ['read ABC-12']],
  ['the message about its author', ['read ABC-12']],
  ['the messages in Slack', ['summarize the changes of PR #123']],
])('leaves %j after %j as it is', (clause, before) => {
  expect(withAntecedent(clause, before)).toBe(clause);
});

it('reads the beginning of each, however long they are, and no further back than it must', () => {
  const filler = [' word'.repeat(1_600), 'x'.repeat(8_000), 'a-'.repeat(4_000), '#x'.repeat(4_000)];
  const long = Array.from({ length: 31 }, (_, at) => filler[at % filler.length] ?? '');
  expect(withAntecedent(`the talk about it ${filler[0]}`, long)).toBe(`the talk about it ${filler[0]}`);
  expect(withAntecedent('the talk about it', [`${filler[0]} PR #7`])).toBe('the talk about it');
  const read: number[] = [];
  const before = new Proxy([...long, 'close PR #7'], {
    get: (all, key) => {
      if (/^\d+$/.test(String(key))) read.push(Number(key));
      return Reflect.get(all, key) as unknown;
    },
  });
  expect(withAntecedent('the talk about it', before)).toBe('the talk about PR #7');
  expect(read).toEqual([31]);
});
