import { describe, expect, test } from 'vitest';
import { parseMarkdown } from '../../../adapters/markdown/mdast.ts';
import type { Report } from '../../kernel/instance.ts';
import type { JsonObject } from '../../kernel/json.ts';
import { compileGuidance } from './compile.ts';
import { decideByGuidance } from './decide.ts';

const names = ['Gather', 'Brew Tea', 'Serve Guests', 'Wash Up', 'Ask Host'];

interface Given {
  readonly report?: Report;
  readonly context?: JsonObject;
  readonly steps?: readonly string[];
}

/** A step's name, STAY, HALT, FINISH, or `-` where nothing is certain. */
function decide(
  guidance: string,
  { report = { status: 'success' }, context = {}, steps = names }: Given = {},
): string {
  const compiled = compileGuidance({
    steps: steps.map((name) => ({ name, file: `steps/${name}.md` })),
    step: 'Brew Tea',
    file: 'steps/Brew Tea.md',
    guidance: parseMarkdown(guidance).blocks,
    instructions: '',
  });
  const to = decideByGuidance(compiled, { context, report, visits: {} })?.to;
  if (to === undefined) return '-';
  return to.kind === 'step' ? to.step : to.kind.toUpperCase();
}

describe('words behind a target may limit it', () => {
  test.each([
    'Go to "Serve Guests" for loud guests.',
    'Go to "Serve Guests" with the host\'s blessing.',
    'Go to "Serve Guests" in the afternoon.',
    'Go to "Serve Guests" where sensible.',
    'Go to "Serve Guests" pending a nod.',
    'Go to "Serve Guests" as you please.',
    'Go to "Serve Guests" that are thirsty.',
    'Go to "Serve Guests" (if at all).',
    'Go to "Serve Guests" (outdated).',
    'Go to "Serve Guests" because `hot` is true.',
    'Go to "Serve Guests"?',
  ])('%s', (guidance) => {
    expect(decide(guidance)).toBe('-');
  });

  test.each([
    'Go to "Serve Guests" to fill their cups.',
    'Go to "Serve Guests", because they are thirsty.',
    'Proceed to the "Serve Guests" step, carrying the pot.',
  ])('%s', (guidance) => {
    expect(decide(guidance)).toBe('Serve Guests');
  });
});

describe('what is not understood may limit the rule', () => {
  test.each([
    'Go to "Serve Guests". That rule is void.',
    'Go to "Serve Guests". Forget the line above.',
    'Go to "Serve Guests". This is about green tea.',
    'Go to "Serve Guests". Sundays are special.',
    'Go to "Serve Guests". Perhaps.',
    'Sunday guests:\n- Go to "Serve Guests".',
    '## Sunday guests\nGo to "Serve Guests".',
    '## Escalation\nGo to "Ask Host".',
    '## Background\nGo to "Ask Host".',
    'Timeout: go to "Ask Host".',
    'Exception: go to "Ask Host".',
    'Start from scratch.',
    'This step needs a second opinion.',
    'The host picks the road.',
    'This step is skipped on Sundays.',
    'Go to "Serve Guests". It no longer holds.',
    'Go to "Serve Guests". You should ask the host first.',
  ])('%s', (guidance) => {
    expect(decide(guidance)).toBe('-');
  });

  test.each([
    'Go to "Serve Guests". Thanks for waiting!',
    'Create the tea. The tea is kept in `pot`. Go to "Serve Guests".',
    '## Background\nThis step heats the water.\n\n## Transitions\nGo to "Serve Guests".',
    '**Failure handling:** If the status is failure, go to "Ask Host".\n\nOn success go to "Serve Guests".',
    '**Transitions:**\n- `success` → Serve Guests\n- `failure` → Ask Host',
  ])('%s', (guidance) => {
    expect(decide(guidance)).toBe('Serve Guests');
  });
});

describe('a concession ends where another clause begins', () => {
  test.each([
    ['Go to "Serve Guests", even if it is weak, but if `cold` is true go to "Wash Up".', 'Wash Up'],
    ['Go to "Serve Guests" even if it is weak unless `cold` is true.', '-'],
    ['Go to "Serve Guests", even if it is weak.', 'Serve Guests'],
  ])('%s', (guidance, expected) => {
    expect(decide(guidance, { context: { cold: true } })).toBe(expected);
  });
});

describe('verbs that lead nowhere here', () => {
  test.each(['Stop stirring.', 'Finish pouring the milk.', 'Finish the job posting.', 'The kettle stops.'])(
    '%s',
    (guidance) => {
      expect(['HALT', 'FINISH']).not.toContain(decide(guidance));
    },
  );
});

describe('a name inside other words', () => {
  const steps = ['Gather', 'Brew Tea', 'Review', 'Next', 'Retry', 'Review Tea', 'Send', 'Send Tea'];

  test.each([
    ['Go to the review meeting.', '-'],
    ['Go to the next page.', '-'],
    ['Retry.', '-'],
    ['Go to "Review Tea 3".', '-'],
    ['Go to Send (Tea).', '-'],
    ['Go to "Next".', 'Next'],
    ['Go to the Review step.', 'Review'],
  ])('%s', (guidance, expected) => {
    expect(decide(guidance, { steps })).toBe(expected);
  });
});

describe('notes beside a row', () => {
  const table = (note: string): string =>
    `| \`hot\` | next | note |\n|---|---|---|\n| true | Serve Guests | ${note} |\n| false | Wash Up | |`;

  test.each([
    ['only on Sundays', '-'],
    ['unless it is green', '-'],
    ['the usual way', 'Serve Guests'],
  ])('%s', (note, expected) => {
    expect(decide(table(note), { context: { hot: true } })).toBe(expected);
  });
});
