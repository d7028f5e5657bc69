import { describe, expect, test } from 'vitest';
import { parseMarkdown } from '../../../adapters/markdown/mdast.ts';
import type { Decision, Report } from '../../kernel/instance.ts';
import type { JsonObject } from '../../kernel/json.ts';
import { compileGuidance } from './compile.ts';
import { decideByGuidance } from './decide.ts';
import type { Guidance, GuidanceSource } from './guidance.ts';

const names = ['Gather', 'Brew Tea', 'Serve Guests', 'Wash Up', 'Call Plumber', 'Ask Host'];
const steps = names.map((name) => ({ name, file: `steps/${name.toLowerCase().replaceAll(' ', '-')}.md` }));

function compile(guidance: string, more: Partial<GuidanceSource> = {}): Guidance {
  return compileGuidance({
    steps,
    step: 'Brew Tea',
    file: 'steps/brew-tea.md',
    guidance: parseMarkdown(guidance).blocks,
    instructions: '',
    ...more,
  });
}

interface Given {
  readonly report?: Report;
  readonly context?: JsonObject;
  readonly visits?: number;
}

function decide(
  guidance: string,
  { report = { status: 'success' }, context = {}, visits }: Given = {},
): Decision | undefined {
  return decideByGuidance(compile(guidance), {
    context,
    report,
    visits: visits === undefined ? {} : { 'Brew Tea': visits },
  });
}

/** A step's name, STAY, HALT, FINISH, FINISH/FAILED, or `-` where nothing is certain. */
function told(decision: Decision | undefined): string {
  if (decision === undefined) return '-';
  const { to } = decision;
  if (to.kind === 'step') return to.step;
  return to.kind === 'finish' && to.status !== undefined ? `FINISH/${to.status}` : to.kind.toUpperCase();
}

const success: Given = {};
const failure: Given = { report: { status: 'failure' } };
const progress: Given = { report: { status: 'in_progress' } };
const asking: Given = { report: { status: 'needs_clarification' } };
const withContext = (context: JsonObject, status = 'success'): Given => ({ context, report: { status } });
const withResult = (result: string): Given => ({ report: { status: 'success', result } });
const reporting = (more: Partial<Report>): Given => ({ report: { status: 'success', ...more } });
const onVisit = (visits: number, status = 'failure'): Given => ({ visits, report: { status } });

type Case = readonly [guidance: string, given: Given, expected: string];

function check(table: readonly Case[]): void {
  test.each(table)('%s | %j → %s', (guidance, given, expected) => {
    expect(told(decide(guidance, given))).toBe(expected);
  });
}

describe('statuses in many words', () => {
  check([
    ['On success, continue with Serve Guests. On failure, go to Call Plumber.', success, 'Serve Guests'],
    ['On success, continue with Serve Guests. On failure, go to Call Plumber.', failure, 'Call Plumber'],
    ['When the kettle step worked, go on to "Serve Guests".', success, '-'],
    ['If the client reports an error, move to Call Plumber.', failure, 'Call Plumber'],
    [
      'If anything goes wrong, go to Call Plumber. Otherwise proceed to Serve Guests.',
      success,
      'Serve Guests',
    ],
    ['If the status is "failure", return to Gather.', failure, 'Gather'],
    ['If clarification is needed, go to Ask Host.', asking, 'Ask Host'],
    ['If the report says it is still in progress, stay on this step.', progress, 'STAY'],
    ['If brewing fails, go to Call Plumber.', failure, 'Call Plumber'],
    ['If the client does not report success, go to Call Plumber.', failure, 'Call Plumber'],
    ['Upon a report of success, the instance shall proceed to Serve Guests.', success, 'Serve Guests'],
    ['ok → Serve Guests\nfail → Call Plumber', failure, 'Call Plumber'],
  ]);
});

describe('the text of a report against its status', () => {
  check([
    ['If the upload succeeds, go to Serve Guests.', withResult('All done.'), 'Serve Guests'],
    ['If the upload succeeds, go to Serve Guests.', withResult('Two files failed.'), '-'],
    ['If the upload succeeds, go to Serve Guests.', withResult('Finished with 0 errors'), 'Serve Guests'],
  ]);
});

describe('context variables', () => {
  check([
    [
      'If `cups` is 4 or more, go to Serve Guests. If `cups` is less than 4, go to Gather.',
      withContext({ cups: 4 }),
      'Serve Guests',
    ],
    [
      'If `cups` is 4 or more, go to Serve Guests. If `cups` is less than 4, go to Gather.',
      withContext({ cups: '3' }),
      'Gather',
    ],
    [
      'If `hot` is true, go to Serve Guests; otherwise stay on this step.',
      withContext({ hot: 'false' }),
      'STAY',
    ],
    ['If `hot` is true, go to Serve Guests; otherwise stay on this step.', withContext({}), '-'],
    [
      'If `leaf` is one of "green", "black" or "white", go to Serve Guests.',
      withContext({ leaf: 'White' }),
      'Serve Guests',
    ],
    [
      'If `leaf` is "green" or "black", go to Serve Guests. If `leaf` is not "green", go to Gather.',
      withContext({ leaf: 'green' }),
      'Serve Guests',
    ],
    ['If `milk` is set, go to Serve Guests. If `milk` is missing, go to Gather.', withContext({}), 'Gather'],
    [
      'If `guests` is empty, go to Wash Up. If `guests` is not empty, go to Serve Guests.',
      withContext({ guests: [] }),
      'Wash Up',
    ],
    [
      'If `degrees` is between 70 and 90, go to Serve Guests. Above 90, stay on this step.',
      withContext({ degrees: 90 }),
      'Serve Guests',
    ],
    [
      'If `degrees` is between 70 and 90, go to Serve Guests. Above 90, stay on this step.',
      withContext({ degrees: 91 }),
      'STAY',
    ],
    [
      'If `order.size` exceeds `stock`, go to Gather.',
      withContext({ order: { size: 5 }, stock: 4 }),
      'Gather',
    ],
    ['If `a` is true and `b` is false, go to Gather.', withContext({ a: true, b: false }), 'Gather'],
    [
      'If `a` is true or `b` is true and `c` is true, go to Gather.',
      withContext({ a: true, b: false, c: false }),
      '-',
    ],
    ['If `cups > 2 and hot`, go to Gather.', withContext({ cups: 3, hot: true }), 'Gather'],
    [
      'If the severity is "high", go to Call Plumber. If the severity is "low", go to Wash Up.',
      withContext({ severity: 'low' }),
      'Wash Up',
    ],
    [
      'If the mood is sunny, go to Serve Guests. Otherwise go to Wash Up.',
      withContext({ mood: 'stormy' }),
      '-',
    ],
    [
      'If the exit code is 0, go to Serve Guests. If it exits with a non-zero code, go to Call Plumber.',
      withContext({ exit_code: 2 }),
      'Call Plumber',
    ],
  ]);
});

describe('values a client reports', () => {
  check([
    [
      'If `hot` is true, go to Serve Guests.',
      { report: { status: 'success', details: { hot: true } } },
      'Serve Guests',
    ],
    [
      'If `hot` is true, go to Serve Guests.',
      { report: { status: 'success', result: { hot: true } }, context: { hot: false } },
      '-',
    ],
    [
      'If the output contains "whistle", go to Serve Guests. If the output does not contain "whistle", stay on this step.',
      withResult('a whistle'),
      'Serve Guests',
    ],
    [
      'If the output contains "whistle", go to Serve Guests. If the output does not contain "whistle", stay on this step.',
      withResult('silence'),
      'STAY',
    ],
    [
      'If the output contains "whistle", go to Serve Guests. If the output does not contain "whistle", stay on this step.',
      withResult('A WHISTLE'),
      '-',
    ],
    [
      'If the output does not contain "whistle", stay on this step.',
      { report: { status: 'success', message: 'it sang' } },
      '-',
    ],
    ['If the result contains "ERROR", go to Call Plumber.', failure, '-'],
  ]);
});

describe('words that judge a value are no values of it', () => {
  const otherwise = 'go to Serve Guests. Otherwise, go to Gather.';
  check([
    [`If \`pot\` is warmed, ${otherwise}`, withContext({ pot: true }), '-'],
    [`If \`pot\` is heavy, ${otherwise}`, withContext({ pot: 12 }), '-'],
    [`If \`pot\` is not heavy, ${otherwise}`, withContext({ pot: 12 }), '-'],
    [`If \`pot\` is warmed, ${otherwise}`, withContext({ pot: 'warmed' }), 'Serve Guests'],
    [`If \`pot\` is warmed, ${otherwise}`, withContext({ pot: 'lukewarm' }), '-'],
    [`If \`pot\` is "warm", ${otherwise}`, withContext({ pot: 'cold' }), 'Gather'],
    [`If \`pot\` is "warm", ${otherwise}`, withContext({ pot: 'not warm' }), '-'],
    [`If \`pot\` is "warm", ${otherwise}`, withContext({ pot: true }), '-'],
    [
      'If `pot` is red, go to Gather. If `pot` is blue, go to Wash Up. Otherwise, go to Ask Host.',
      withContext({ pot: 'green' }),
      'Ask Host',
    ],
    [`If \`pot\` has never been "warm", ${otherwise}`, withContext({ pot: 'cold' }), '-'],
  ]);
});

describe('a success that the report itself contradicts', () => {
  const guidance = 'If the step succeeds, go to Serve Guests. Otherwise, go to Gather.';
  check([
    [guidance, reporting({ result: { ok: false } }), '-'],
    [guidance, reporting({ details: { errors: 3 } }), '-'],
    [guidance, reporting({ details: { errors: [], failed: 0, exit_code: 0 } }), 'Serve Guests'],
    [guidance, reporting({ error: 'no water' }), '-'],
    [guidance, reporting({ error: 'not found' }), '-'],
    [guidance, reporting({ details: { exit_code: 2 } }), '-'],
    [guidance, reporting({ more: { success: false } }), '-'],
    ['If the status is "success", go to Serve Guests.', reporting({ error: 'no water' }), 'Serve Guests'],
    [
      'If there are errors, go to Gather. Otherwise, go to Serve Guests.',
      reporting({ message: '2 of 3 cups' }),
      '-',
    ],
    [
      'If there are errors, go to Gather. Otherwise, go to Serve Guests.',
      reporting({ message: 'the pot is grumpy' }),
      '-',
    ],
    [
      'If there are errors, go to Gather. Otherwise, go to Serve Guests.',
      reporting({ message: 'deux tasses cassées' }),
      '-',
    ],
    [
      'If there are errors, go to Gather. Otherwise, go to Serve Guests.',
      reporting({ message: 'All cups are done.' }),
      'Serve Guests',
    ],
    [guidance, reporting({ result: { has_errors: true } }), '-'],
    [guidance, reporting({ result: { fixed_errors: 3 } }), 'Serve Guests'],
    ["If the neighbour's delivery failed, go to Gather. Otherwise, go to Serve Guests.", success, '-'],
    ['If the copper delivery failed, go to Gather. Otherwise, go to Serve Guests.', success, '-'],
    ['If the last brewing failed, go to Gather. Otherwise, go to Serve Guests.', success, '-'],
    ["If the customer's payment failed, go to Gather. Otherwise, go to Serve Guests.", success, '-'],
    [
      'If the tin is empty, go to Ask Host. If the step fails, go to Call Plumber.',
      { report: { status: 'failure', error: 'empty tin' } },
      '-',
    ],
    ['Mark the workflow as completed.', failure, '-'],
    [guidance, reporting({ message: 'Could not boil the water.' }), '-'],
    ['If the client reports anything else than tea, stay on this step.', failure, '-'],
    [
      'If it succeeds, go to Serve Guests. If the client reports anything else, stay on Brew Tea.',
      failure,
      'STAY',
    ],
  ]);
});

describe('several variables, several values', () => {
  const otherwise = 'go to Serve Guests. Otherwise, go to Gather.';
  check([
    [`If \`milk\` or \`tea\` is false, ${otherwise}`, withContext({ milk: true, tea: true }), 'Gather'],
    [`If \`milk\`, \`tea\`, and \`cups\` are set, ${otherwise}`, withContext({ milk: 1, tea: 1 }), 'Gather'],
    [`If any of \`milk\` and \`tea\` is missing, ${otherwise}`, withContext({ milk: 1 }), 'Serve Guests'],
    [`If neither \`milk\` nor \`tea\` is empty, ${otherwise}`, withContext({ milk: 'x', tea: '' }), 'Gather'],
    [`If \`milk\` and \`tea\` are not true, ${otherwise}`, withContext({ milk: true, tea: false }), '-'],
    [`If not \`milk\` or \`tea\`, ${otherwise}`, withContext({ milk: true, tea: true }), '-'],
    [`If not (\`milk\` or \`tea\`), ${otherwise}`, withContext({ milk: true, tea: false }), '-'],
    [
      'If `milk` and `tea` are set, go to Serve Guests. If either of them is missing, go to Gather.',
      withContext({ milk: 1 }),
      'Gather',
    ],
    [`If \`cups\` equals \`guests\`, ${otherwise}`, withContext({ cups: 3, guests: 3 }), '-'],
    [`If \`cups\` is \`full\`, ${otherwise}`, withContext({ cups: 'full' }), 'Serve Guests'],
    [`If \`cups\` and \`guests\` differ, ${otherwise}`, withContext({ cups: 3, guests: 4 }), 'Serve Guests'],
    [`If \`cups\` is not 3 or 4, ${otherwise}`, withContext({ cups: 4 }), 'Gather'],
    [`If \`leaf\` is not "green" and "black", ${otherwise}`, withContext({ leaf: 'black' }), 'Gather'],
    [`If \`leaf\` is anything but "black", ${otherwise}`, withContext({ leaf: 'green' }), 'Serve Guests'],
    [`If \`milk\` or the sugar is above 5, ${otherwise}`, withContext({ milk: true, sugar: 1 }), '-'],
    [`If \`leaf\` is not empty or "black", ${otherwise}`, withContext({ leaf: 'black' }), '-'],
    [`If \`leaf\` does not contain "x" or "y", ${otherwise}`, withContext({ leaf: ['y'] }), 'Gather'],
  ]);
});

describe('what is there, and where', () => {
  const otherwise = 'go to Serve Guests. Otherwise, go to Gather.';
  check([
    [`If \`sugar\` is set, ${otherwise}`, withContext({ sugar: false }), '-'],
    [`If \`sugar\` is there, ${otherwise}`, withContext({ sugar: 'two' }), 'Serve Guests'],
    [`If \`sugar\` is missing, ${otherwise}`, withContext({ sugar: 'N/A' }), '-'],
    [`If \`sugar\` is missing, ${otherwise}`, withContext({ tray: { sugar: 2 } }), '-'],
    [`If \`sugar\` is missing, ${otherwise}`, reporting({ message: 'sugar: two spoons' }), '-'],
    [`If \`sugar\` is missing, ${otherwise}`, success, 'Serve Guests'],
    [`If \`error\` is set, ${otherwise}`, reporting({ error: 'no water' }), 'Serve Guests'],
    [`If \`result.ok\` is true, ${otherwise}`, reporting({ result: { ok: true } }), 'Serve Guests'],
    [`If \`sugar\` is 2, ${otherwise}`, reporting({ more: { sugar: 2 } }), 'Serve Guests'],
    [
      `If \`sugar\` is true, ${otherwise}`,
      { ...withContext({ sugar: true }), ...reporting({ message: 'sugar is now false' }) },
      '-',
    ],
    [`If the output contains "tea", ${otherwise}`, withResult('steam'), '-'],
    [`If the output contains "tea", ${otherwise}`, withResult('a cup of tea.'), 'Serve Guests'],
    [
      `If the output does not contain "tea", ${otherwise}`,
      reporting({ result: { output: 'fine', stderr: 'no tea' } }),
      '-',
    ],
  ]);
});

describe('bounds and percents', () => {
  const otherwise = 'go to Serve Guests. Otherwise, go to Gather.';
  check([
    [`If \`cups\` is strictly between 5 and 7, ${otherwise}`, withContext({ cups: 7 }), 'Gather'],
    [`If \`cups\` is between 5 and 7 (exclusive), ${otherwise}`, withContext({ cups: 7 }), '-'],
    [`If \`cups\` is between 5 and 7, ${otherwise}`, withContext({ cups: 7 }), 'Serve Guests'],
    [`If \`heat\` is above 80%, ${otherwise}`, withContext({ heat: 0.9 }), '-'],
    [`If \`heat\` is above 80 percent, ${otherwise}`, withContext({ heat: 90 }), 'Serve Guests'],
    [`If \`cups\` is 5 or so, ${otherwise}`, withContext({ cups: 6 }), '-'],
  ]);
});

test('a rule reads whatever else a client sent', () => {
  const guidance = compile('', {
    transitions: parseMarkdown('- report.kettle == "on" -> Serve Guests').blocks,
  });
  const report: Report = { status: 'success', more: { kettle: 'on' } };
  expect(told(decideByGuidance(guidance, { context: {}, report, visits: {} }))).toBe('Serve Guests');
});

test('a report of very many lines is read', () => {
  const result = Array.from({ length: 200_000 }, () => 'line');
  const given: Given = { report: { status: 'success', result } };
  expect(
    told(decide('If the output contains "tea", go to Gather. Otherwise, go to Serve Guests.', given)),
  ).toBe('Serve Guests');
});

describe('visits', () => {
  check([
    ['If this is the third attempt, go to Call Plumber.', onVisit(3), 'Call Plumber'],
    ['If it fails, stay on this step. After three attempts, go to Call Plumber.', onVisit(2), 'STAY'],
    [
      'If it fails, stay on this step. After three failed attempts, go to Call Plumber.',
      onVisit(3),
      'Call Plumber',
    ],
    [
      'If it fails and this step has been visited fewer than 3 times, retry. If it fails and this step has been visited 3 or more times, escalate to a human.',
      onVisit(3),
      'HALT',
    ],
    [
      'If it fails and this step has been visited more than twice, go to Ask Host.',
      { report: { status: 'failure' } },
      '-',
    ],
  ]);
});

describe('ways on that need no condition', () => {
  check([
    ['Proceed to Serve Guests.', success, 'Serve Guests'],
    ['Proceed to Serve Guests.', { report: { status: 'data_provided' } }, 'Serve Guests'],
    ['Proceed to Serve Guests.', failure, '-'],
    ['Proceed to Serve Guests.', progress, '-'],
    ['Proceed to Serve Guests.', { report: { status: '' } }, '-'],
    ['Proceed to FINISH.', failure, 'FINISH'],
    ['This is the last step.', failure, 'FINISH'],
    ['Always go to Wash Up, whatever the result.', failure, 'Wash Up'],
    ['Regardless of how the brewing went, proceed to Wash Up.', failure, 'Wash Up'],
    ['In all cases proceed to Wash Up.', failure, 'Wash Up'],
    ['Set the status to "FAILED".', success, 'FINISH/FAILED'],
    ['Finish the workflow and mark it as completed.', success, 'FINISH/COMPLETED'],
    ['Stop and hand over to the landlord.', success, 'HALT'],
  ]);
});

describe('defaults and exceptions', () => {
  check([
    [
      'Normally proceed to Serve Guests. However, if `guests` is 0, go to Wash Up instead.',
      withContext({ guests: 0 }),
      'Wash Up',
    ],
    [
      'Normally proceed to Serve Guests. However, if `guests` is 0, go to Wash Up instead.',
      withContext({ guests: 2 }),
      'Serve Guests',
    ],
    [
      'Proceed to Serve Guests unless `guests` is 0, in which case go to Wash Up.',
      withContext({ guests: 0 }),
      'Wash Up',
    ],
    ['Proceed to Serve Guests unless you are told otherwise.', success, 'Serve Guests'],
    ['Proceed to Serve Guests unless you are told otherwise.', withResult('Wait for Tom.'), '-'],
    [
      'If it succeeds, go to Serve Guests. But if `late` is true, go to Wash Up.',
      withContext({ late: true }),
      'Wash Up',
    ],
    ['Proceed to Serve Guests, even if the tea looks weak.', success, 'Serve Guests'],
  ]);
});

describe('what stands together must be understood together', () => {
  check([
    [
      'If `hot` is true, go to Serve Guests. If the host frowns, go to Ask Host.',
      withContext({ hot: true }),
      '-',
    ],
    ['If the host frowns, go to Ask Host. Otherwise proceed to Serve Guests.', success, '-'],
    ['Proceed to Serve Guests. Mind that no green tea may leave the kitchen before noon.', success, '-'],
    [
      'If the host approves, go to Serve Guests. If the client reports a failure, go to Call Plumber.',
      failure,
      'Call Plumber',
    ],
    [
      'If the error looks harmless, stay on this step. If the client reports a failure, go to Call Plumber.',
      failure,
      '-',
    ],
    ['If `a` is true, go to Gather. If `b` is true, go to Wash Up.', withContext({ a: true, b: true }), '-'],
    ['Either go to Gather or go to Wash Up, based on the weather.', success, '-'],
    [
      'If `hot` is true, wave your arms wildly until noon and go to Serve Guests.',
      withContext({ hot: true }),
      '-',
    ],
    [
      'If `hot` is true, wave your arms wildly until noon and go to Serve Guests. Otherwise go to Gather.',
      withContext({ hot: false }),
      '-',
    ],
    ['If `hot` is true, go to Serve Guests. If `hot` is false, go to Serve Guests.', success, 'Serve Guests'],
  ]);
});

describe('prohibitions', () => {
  check([
    ['Proceed to Serve Guests. Do not go to Wash Up.', success, 'Serve Guests'],
    [
      'Proceed to Serve Guests. Do not go to Serve Guests until `hot` is true.',
      withContext({ hot: false }),
      '-',
    ],
    ['Go to Serve Guests only if `hot` is true.', withContext({ hot: true }), 'Serve Guests'],
    ['Never go to Gather from here, even if the tin is empty. Proceed to Wash Up.', success, 'Wash Up'],
    ['Wash Up must never follow directly. Proceed to Serve Guests.', success, 'Serve Guests'],
  ]);
});

describe('names of steps', () => {
  check([
    ['Proceed to `serve_guests`.', success, 'Serve Guests'],
    ['Proceed to steps/serve-guests.md.', success, '-'],
    ['Proceed to `steps/serve-guests.md`.', success, 'Serve Guests'],
    ['Proceed to step 3.', success, 'Serve Guests'],
    ['Proceed to the third step.', success, 'Serve Guests'],
    ['Go back to the previous step.', success, 'Gather'],
    ['Continue to the next step.', success, 'Serve Guests'],
    ['Proceed to "Serve".', success, 'Serve Guests'],
    ['Proceed to "Guests to Serve First".', success, 'Serve Guests'],
    ['Proceed to "Serve Dinner".', success, '-'],
    ['next_step: Wash Up', success, 'Wash Up'],
    ['Stay here.', success, 'STAY'],
  ]);
});

describe('forms', () => {
  check([
    [
      '## On success\n\nProceed to Serve Guests.\n\n## On failure\n\nGo to Call Plumber.',
      failure,
      'Call Plumber',
    ],
    [
      '- If `hot` is true:\n  - If `guests` is 0, go to Wash Up.\n  - Otherwise, go to Serve Guests.\n- If `hot` is false, stay on this step.',
      withContext({ hot: true, guests: 1 }),
      'Serve Guests',
    ],
    [
      '- If `hot` is true:\n  - If `guests` is 0, go to Wash Up.\n  - Otherwise, go to Serve Guests.\n- If `hot` is false, stay on this step.',
      withContext({ hot: false }),
      'STAY',
    ],
    [
      '| `cups` | Next step |\n|---|---|\n| < 3 | Gather |\n| 3–5 | Serve Guests |\n| > 5 | Ask Host |',
      withContext({ cups: 5 }),
      'Serve Guests',
    ],
    [
      '| Status | Go to |\n|---|---|\n| success | Serve Guests |\n| anything else | Call Plumber |',
      failure,
      'Call Plumber',
    ],
    ['| The weather | Go to |\n|---|---|\n| nice | Serve Guests |\n| foul | Wash Up |', success, '-'],
    ['Success → Serve Guests; failure → Call Plumber.', failure, 'Call Plumber'],
    ['**Success:** Serve Guests\n\n**Failure:** Call Plumber', success, 'Serve Guests'],
    ['Go to Serve Guests on success and to Call Plumber on failure.', failure, 'Call Plumber'],
    [
      'Apply the rules in order:\n\n1. If `cups` > 5, go to Ask Host.\n2. If `cups` > 2, go to Serve Guests.',
      withContext({ cups: 9 }),
      '-',
    ],
    [
      'The first match wins.\n\n1. If `cups` > 5, go to Ask Host.\n2. If `cups` > 2, go to Serve Guests.',
      withContext({ cups: 9 }),
      'Ask Host',
    ],
    ['```\nif ok: goto Wash Up\n```\n\nProceed to Serve Guests.', success, '-'],
  ]);
});

describe('descriptions and distractors', () => {
  check([
    ['This step heats the water.', success, 'Serve Guests'],
    ['This step heats the water.', failure, '-'],
    ['This step heats the water. Only licensed brewers may touch it.', success, '-'],
    ['Purpose: a pot of tea before noon.\n\nProceed to Serve Guests.', success, 'Serve Guests'],
    ['This step uses the leaves from the "Gather" step. Proceed to Serve Guests.', success, 'Serve Guests'],
    ['The client must report the temperature. Proceed to Serve Guests.', success, 'Serve Guests'],
    ['Do not confuse this with Wash Up. Proceed to Serve Guests.', success, 'Serve Guests'],
  ]);
});

test('a client that is still at it stays, where all is understood', () => {
  expect(told(decide('If it succeeds, go to Serve Guests.', progress))).toBe('STAY');
  expect(
    told(decide('If it succeeds, go to Serve Guests. If the host frowns, go to Ask Host.', progress)),
  ).toBe('-');
});

test('literal settings become context updates', () => {
  const decision = decide(
    'If it fails, report the error and go to Call Plumber with `leaking` set to true.',
    failure,
  );
  expect(decision).toMatchObject({
    to: { kind: 'step', step: 'Call Plumber' },
    by: 'prose',
    contextUpdates: { leaking: true },
  });
});

test('the reason is the sentence', () => {
  expect(decide('This step warms the pot. If it fails, go to Call Plumber.', failure)?.because).toBe(
    'If it fails, go to Call Plumber',
  );
});

describe('the outcome contract', () => {
  const ids = (guidance: string): readonly string[] => compile(guidance).outcomes.map(({ id }) => id);

  test('lists every way in the author’s order, understood or not', () => {
    expect(
      ids(
        'If the host nods, go to Serve Guests. If he frowns, stop. If it fails, finish. If in doubt, stay here.',
      ),
    ).toEqual(['serve_guests', 'halt', 'finish', 'stay']);
    expect(ids('Go either to "Gather" or to "Wash Up", whichever feels right.')).toEqual([
      'gather',
      'wash_up',
    ]);
  });

  test('two conditions that share a target have an id each', () => {
    expect(compile('If `a` is true, go to Gather. If `b` is true, go to Gather.').outcomes).toMatchObject([
      { id: 'gather', when: '`a` is true' },
      { id: 'gather_2', when: '`b` is true' },
    ]);
  });

  test('a prohibition is no way on', () => {
    expect(ids('Proceed to Serve Guests. Never go to Wash Up.')).toEqual(['serve_guests']);
  });

  test('guidance without a target allows to stay, to go on and to end', () => {
    expect(compile('This step heats the water.')).toMatchObject({
      namesTarget: false,
      outcomes: [{ id: 'stay' }, { id: 'serve_guests' }, { id: 'finish' }],
    });
  });

  test('names the variables it looks at', () => {
    expect(
      compile(
        'If `cups` is 2 and `context.hot` is true, go to Gather. If `order.size` exceeds `stock`, stay here.',
      ).expects,
    ).toEqual(['cups', 'hot', 'order.size', 'stock']);
  });
});

describe('what lint says', () => {
  const codes = (guidance: string, more: Partial<GuidanceSource> = {}): readonly string[] =>
    compile(guidance, more).faults.map(({ code, line }) => `${code}:${line}`);

  test.each([
    ['Proceed to "Serve Guests".', []],
    ['This step warms the pot.\n\nProceed to "Serve Dinner Guests Now Please".', ['target/fuzzy:3']],
    ['Proceed to "Polish Shoes".', ['target/dangling:1', 'guidance/judgement:1', 'guidance/no-transition:1']],
    ['If the host frowns, dance until noon.', ['guidance/judgement:1', 'guidance/no-transition:1']],
    ['This step heats the water.', ['guidance/no-transition:1']],
  ])('%s', (guidance, expected) => {
    expect(codes(guidance)).toEqual(expected);
  });

  test('a step called Finish is not the end', () => {
    const more = { steps: [...steps, { name: 'Finish', file: 'steps/finish.md' }] };
    expect(codes('Proceed to "Finish".', more)).toEqual(['finish/ambiguous:1']);
    expect(codes('Proceed to FINISH.', more)).toEqual([]);
  });

  test('the nearest name is offered', () => {
    expect(compile('Proceed to "Serve Guests Their Dinner Tonight".').faults[0]?.fix).toBe(
      'Write "Serve Guests".',
    );
    expect(compile('Proceed to "Serve Dinner".').faults[0]?.fix).toBe('Did you mean "Serve Guests"?');
  });
});
