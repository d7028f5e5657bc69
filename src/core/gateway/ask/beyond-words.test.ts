import { describe, expect, it } from 'vitest';
import { scriptedModel } from '../../../adapters/model/scripted.ts';
import { ENTERED, READ, planned, sentTo, stage } from '../../../../test/support/asking-stage.ts';
import { toTool, toToolSettings } from '../../../../test/support/fake-downstream.ts';
import { MUTE, said } from '../../../../test/support/gate.ts';
import type { Json, JsonObject } from '../../kernel/json.ts';
import type { Plan } from '../plan/plan.ts';
import type { Resolution } from './ask.ts';
import { beyondWords } from './beyond-words.ts';

const SERVERS = {
  github: [toTool('list_issues', { ...READ, description: 'List issues of the repository' })],
  chat: [
    toTool('search_messages', {
      ...READ,
      description: 'Search messages in the chat',
      inputSchema: { type: 'object', properties: { query: { type: 'string' } }, required: ['query'] },
    }),
  ],
  vault: [
    toTool('list_salaries', { ...READ, description: 'List salaries of the staff' }),
    toTool('sum_figures', {
      ...READ,
      description: 'Sum up figures of the staff',
      inputSchema: { type: 'object', properties: { figures: { type: 'string' } } },
    }),
  ],
};
const QUERY = 'list the open issues and search messages about the release';

const ISSUES = call('a', 'github__list_issues', 'list the open issues');
const SALARIES = call('a', 'vault__list_salaries', 'list the open issues');
const MESSAGES = call('b', 'chat__search_messages', 'search messages about the release');
const bound = (reference: string): JsonObject => ({
  ...MESSAGES,
  depends_on: ['a'],
  bind: { '/query': reference },
});

function call(id: string, tool: string, intent: string): JsonObject {
  return { id, tool, intent, arguments: {}, depends_on: [] };
}

/** A stage with a model that plans these calls, and one thing that is sensitive. */
function planning(...calls: readonly Json[]) {
  const written = {
    value: { text: 'Done [github__list_issues] [chat__search_messages].', cites: [] },
  };
  const turn = { value: { calls, left_out: [] } };
  const here = stage({
    isReal: true,
    servers: SERVERS,
    server: {
      chat: {},
      vault: { tools: { list_salaries: toToolSettings({ sensitive: true }) } },
    },
    parts: { model: scriptedModel([turn, turn, written, written]) },
  });
  here.w.fakes.server('github').answer = () => said('{"title":"INTERNAL"}');
  here.w.fakes.server('vault').answer = () => said('ada 1000000');
  here.w.fakes.server('chat').answer = () => said('The release is on Monday.');
  const made = () =>
    Object.keys(SERVERS).flatMap((server) =>
      sentTo(here, server).map((params) => `${server}__${String(params?.['name'])}`),
    );
  return { here, made };
}

const questionIn = (came: Resolution): string => (came.kind === 'clarification' ? came.question : came.kind);
const idOf = (came: Resolution): string => ('plan' in came ? (came.plan?.id ?? '') : '');

describe("a model's plan", () => {
  it('passes on nothing from one server to another before that was shown', async () => {
    const { here, made } = planning(ISSUES, bound('$a.title'));
    const came = await here.ask({ query: QUERY });
    expect(questionIn(came)).toContain(
      'A model planned what words alone do not lead to, so nothing was done yet. This would read by chat__search_messages {}, /query from $a.title, $a is what github__list_issues answers.',
    );
    expect(made()).toEqual([]);
    const done = await here.ask({ plan: { id: idOf(came) } });
    expect(done).toMatchObject({
      kind: 'answer',
      partial: [
        {
          server: 'tutti',
          error:
            'By the plan of a model, chat__search_messages takes /query $a.title; $a is what github__list_issues answers.',
        },
      ],
    });
    expect(sentTo(here, 'chat')).toMatchObject([{ arguments: { query: 'INTERNAL' } }]);
  });

  it('makes no call for each of what another server answered before that was shown', async () => {
    const each = { ...MESSAGES, arguments: { query: 'release' }, depends_on: ['a'], for_each: '$a.items' };
    const { here, made } = planning(ISSUES, { ...each, bind: { '/query': '$item.title' } });
    expect(questionIn(await here.ask({ query: QUERY }))).toContain('for each of $a.items');
    expect(made()).toEqual([]);
  });

  it('reads nothing sensitive that words alone did not lead to before that was shown', async () => {
    const { here, made } = planning(SALARIES, { ...MESSAGES, arguments: { query: 'release' } });
    expect(questionIn(await here.ask({ query: QUERY }))).toContain('read by vault__list_salaries {}');
    expect(made()).toEqual([]);
  });

  it('reads what is sensitive at once where words lead there, and shows where it would go', async () => {
    const query = 'list salaries of the staff and search messages about the release';
    const salaries = { ...SALARIES, intent: 'list salaries of the staff' };
    const alone = planning(salaries, { ...MESSAGES, arguments: { query: 'release' } });
    expect(await alone.here.ask({ query })).toMatchObject({ kind: 'answer' });
    expect(alone.made()).toEqual(['chat__search_messages', 'vault__list_salaries']);
    const passing = planning(salaries, bound('$a'));
    const question = questionIn(await passing.here.ask({ query }));
    expect(question).toContain('/query from $a, $a is what vault__list_salaries answers');
    expect(question).not.toContain('by vault__list_salaries');
    expect(passing.made()).toEqual([]);
  });

  it('shows where what is sensitive would go, though it stays with its server', async () => {
    const query = 'list salaries of the staff and search messages about the release';
    const sum = { ...call('b', 'vault__sum_figures', 'list salaries of the staff'), depends_on: ['a'] };
    const { here, made } = planning(
      { ...SALARIES, intent: 'list salaries of the staff' },
      { ...sum, bind: { '/figures': '$a' } },
    );
    expect(questionIn(await here.ask({ query }))).toContain('read by vault__sum_figures');
    expect(made()).toEqual([]);
  });

  it.each([true, false])('is carried out where a person agrees in a form: %s', async (isMeant) => {
    const { here, made } = planning(ISSUES, bound('$a.title'));
    const channel = { ...MUTE, capabilities: { elicitation: {} }, repeats: true };
    const came = await here.ask({ query: QUERY }, { channel });
    if (came.kind !== 'input-required') throw new Error(came.kind);
    expect(JSON.stringify(came.value)).toContain('/query from $a.title');
    const requestState = String(came.value['requestState']);
    const inputResponses = ENTERED({ meant: isMeant });
    const then = await here.ask({ query: QUERY, requestState, inputResponses }, { channel });
    expect(then.kind).toBe(isMeant ? 'answer' : 'clarification');
    expect(made()).toEqual(isMeant ? ['github__list_issues', 'chat__search_messages'] : []);
    if (isMeant) expect(JSON.stringify(then)).toContain('By the plan of a model');
  });
});

describe('a call that takes from another server', () => {
  const from = { tool: 'github__list_issues', arguments: { state: 'open' } };
  const taking = { tool: 'chat__search_messages', dependsOn: ['a'], bind: { '/query': '$a.title' } };
  const led = [
    { ...from, id: 'first' },
    { ...taking, id: 'then', bind: { '/query': '$calls.first.title' }, dependsOn: ['first'] },
  ];
  const words = planned(...led).calls;

  it.each<[string, Plan, readonly string[]]>([
    ['is the one that words led to', planned(from, taking), []],
    ['takes something else', planned(from, { ...taking, bind: { '/query': '$a.body' } }), ['b']],
    ['takes it of another call', planned({ ...from, tool: 'vault__list_salaries' }, taking), ['b']],
    [
      'takes it of a call with other values',
      planned({ ...from, arguments: { state: 'all' } }, taking),
      ['b'],
    ],
    ['takes more', planned(from, { ...taking, bind: { ...taking.bind, '/x': '$a' } }), ['b']],
    ['is made for each', planned(from, { ...taking, forEach: '$a.items' }), ['b']],
  ])('is shown where it is not the one that words led to: it %s', (_, plan, shown) => {
    const draft = { plan, doubts: [], unanswered: [], chosen: [], led: words };
    const tools = {
      find: () => undefined,
      entries: [],
      held: [],
      isVisible: () => true,
      equivalents: () => [],
    };
    expect(beyondWords(draft, { tools }).map(({ id }) => id)).toEqual(shown);
  });
});
