import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { porterStem } from '../../../adapters/stem/porter.ts';
import { createRouter } from '../route/router.ts';
import type { RouteDocument } from '../route/route.ts';
import { createPlanner } from './planner.ts';
import { MAX_CALLS } from './plan.ts';

const TOOLS: readonly (readonly [server: string, tool: string, description: string])[] = [
  ['forge', 'list_pull_requests', 'List the pull requests of a repository'],
  ['forge', 'get_pull_request', 'Get a pull request (PR) with its changes, files and reviews'],
  ['forge', 'create_issue', 'Create an issue in a repository'],
  ['chat', 'search_messages', 'Search messages and discussions in Slack channels'],
  ['chat', 'post_message', 'Post a message to a Slack channel'],
  ['tracker', 'get_ticket', 'Look up a ticket'],
  ['tracker', 'search_tickets', 'Search tickets by text'],
  ['tracker', 'create_ticket', 'Create a ticket'],
  ['weather', 'get_forecast', 'Weather forecast for a city'],
  ['mail', 'send_email', 'Send an email to somebody'],
  ['files', 'read_file', 'Read a file'],
  ['translate', 'translate_text', 'Translate a text into another language'],
  ['travel', 'book_flight', 'Book a flight'],
  ['lodging', 'book_hotel', 'Book or reserve a hotel room'],
];

const documents = TOOLS.map(([server, tool, description]): RouteDocument => ({
  name: `${server}__${tool}`,
  server,
  tool,
  title: '',
  description,
  serverDescription: '',
  parameters: [],
  examples: [],
}));

function plannerOver(known: readonly RouteDocument[]) {
  const routing = createRouter(porterStem);
  routing.update(known);
  return createPlanner(routing);
}

const planner = plannerOver(documents);

/** Each call as `id tool after ids [each] [?]`. */
function drawn(query: string): readonly string[] {
  return planner
    .plan(query)
    .plan.calls.map(({ id, tool, dependsOn, forEach, uncertainOrder }) =>
      [id, tool, ...dependsOn, forEach, uncertainOrder === true ? '?' : undefined].filter(Boolean).join(' '),
    );
}

describe('things in a row', () => {
  it.each([
    ['get the pull request, the forecast and the ticket', 3],
    ['show me pull requests / tickets', 2],
    ['get the forecast, the ticket', 2],
    ['list the number, title and author', 1],
    ['list tickets, "messages, pull requests"', 1],
    ['list tickets of ada, messages', 1],
  ])('are each a call where each has a tool: %s', (query, count) => {
    expect(drawn(query)).toHaveLength(count);
  });

  it('are told where they are no call', () => {
    expect(planner.plan('list pull requests, tickets and unicorns').unplanned).toContain('list unicorns');
  });

  it('are found in time, whatever they repeat', () => {
    for (const piece of ['list a, ', 'list the my our ', 'my, ', 'and x ', 'a / '])
      expect(drawn(`list ${piece.repeat(1_000)}`).length).toBeLessThan(30);
  });
});

describe('createPlanner', () => {
  it('plans two calls at once on two servers', () => {
    const { plan, routes } = planner.plan(
      'summarize the changes in PR #123 and the discussion in Slack about it',
    );
    expect(plan.structure).toBe('parallel');
    expect(plan.calls).toEqual([
      {
        id: 'a',
        server: 'forge',
        tool: 'forge__get_pull_request',
        intent: 'summarize the changes in PR #123',
        dependsOn: [],
      },
      {
        id: 'b',
        server: 'chat',
        tool: 'chat__search_messages',
        intent: 'and the discussion in Slack about it',
        dependsOn: [],
      },
    ]);
    expect(routes.map(({ call }) => call)).toEqual(['', 'a', 'b']);
  });

  it.each([
    ['what is the weather in Oslo?', ['a weather__get_forecast']],
    ['weather forecast for Oslo and Rome', ['a weather__get_forecast']],
    ['search messages about "rock, and then jazz"', ['a chat__search_messages']],
    ['I need to plan a trip. Please book a flight.', ['a travel__book_flight']],
  ])('leaves %j one call', (query, expected) => {
    expect(drawn(query)).toEqual(expected);
    expect(planner.plan(query).plan.structure).toBe('single');
  });

  it.each([
    ['book a flight to Paris and reserve a hotel room', ['a travel__book_flight', 'b lodging__book_hotel']],
    [
      'Create a ticket about the outage. Also, send an email to Bob.',
      ['a tracker__create_ticket', 'b mail__send_email'],
    ],
    [
      'I want to travel. First, book a flight. Second, reserve a hotel room.',
      ['a travel__book_flight', 'b lodging__book_hotel'],
    ],
  ])('plans %j at once', (query, expected) => {
    expect(drawn(query)).toEqual(expected);
    expect(planner.plan(query).plan.structure).toBe('parallel');
  });

  it.each([
    ['book a flight and then reserve a hotel room', ['a travel__book_flight', 'b lodging__book_hotel a']],
    ['reserve a hotel room after booking a flight', ['a travel__book_flight', 'b lodging__book_hotel a']],
    ['After booking a flight, reserve a hotel room', ['a travel__book_flight', 'b lodging__book_hotel a']],
    [
      'check the weather forecast before booking a flight',
      ['a weather__get_forecast', 'b travel__book_flight a'],
    ],
    [
      'Search tickets about login. Based on the results, create an issue in the repository.',
      ['a tracker__search_tickets', 'b forge__create_issue a'],
    ],
    [
      'First create a ticket. Then post a message to Slack. Finally, send an email to Bob.',
      ['a tracker__create_ticket', 'b chat__post_message a', 'c mail__send_email b'],
    ],
    ['read the file notes.txt and send it to Bob by email', ['a files__read_file', 'b mail__send_email a']],
  ])('takes the order of %j from its words', (query, expected) => {
    expect(drawn(query)).toEqual(expected);
    expect(planner.plan(query).plan.structure).toBe('sequential');
  });

  it('lets a "then" wait for all before it', () => {
    const query = 'Book a flight, reserve a hotel room and then send an email to Bob';
    expect(drawn(query)).toEqual([
      'a travel__book_flight',
      'b lodging__book_hotel',
      'c mail__send_email a b',
    ]);
    expect(planner.plan(query).plan.structure).toBe('mixed');
  });

  it('marks an order that only a pronoun suggests', () => {
    expect(drawn('read the file notes.txt and translate it into French')).toEqual([
      'a files__read_file',
      'b translate__translate_text a ?',
    ]);
  });

  it.each([
    'Search tickets about login. If there is none, create a ticket about login in the tracker.',
    'search tickets about login, and create a ticket about it if there is none',
  ])('does not take it upon itself to judge a condition: %j', (query) => {
    expect(drawn(query)).toEqual(['a tracker__search_tickets ?', 'b tracker__create_ticket a ?']);
  });

  it.each([
    'if the build is late, post a message to Slack',
    'post a message to Slack only if there are no tickets',
    'post a message to Slack unless there is one already',
    'post a message to Slack when there is a ticket',
    'post a message to Slack (but only in case the build failed)',
    'post a message to Slack as long as nobody objects',
    'post a message to Slack provided that the build is green',
    'post a message to Slack without naming Bob',
    'post a message to Slack when needed',
    'should it fail, post a message to Slack',
    'post a message to all Slack channels but general',
    'post a message to all Slack channels except general',
    "post a message to Slack that's not too long",
    'Once the build is green, post a message to Slack',
    'how do I post a message to Slack?',
    'should we post a message to Slack?',
    'Post a message to Slack. Only if there are no tickets, though.',
    'Post a message to Slack. But before that, feed the cat.',
  ])('leaves open what nobody judged: %j', (query) => {
    expect(drawn(query)).toEqual(['a chat__post_message ?']);
  });

  it.each([
    'post a message to Slack',
    'post "do not merge if it is red" to a Slack channel',
    'can you please post a message to Slack?',
  ])('leaves nothing open of %j', (query) => {
    expect(drawn(query)).toEqual(['a chat__post_message']);
  });

  it.each([
    'do not post a message to Slack',
    'nobody should post a message to Slack',
    'a message must never be posted to Slack',
    'under no circumstances post a message to Slack',
    'cancel posting the message to Slack',
    "don't post a message to Slack",
    'Please never post a message to Slack!',
    'You must not post a message to Slack.',
    'avoid posting a message to Slack',
  ])('makes no call of what is not to be done: %j', (query) => {
    expect(planner.plan(query)).toMatchObject({ plan: { calls: [] }, forbidden: [query] });
  });

  it.each([
    'search tickets about login, but do not create a ticket',
    'search tickets about login, do not create a ticket',
    "Search tickets about login. Don't create a ticket.",
  ])('leaves out what is not to be done: %j', (query) => {
    const { plan, forbidden } = planner.plan(query);
    expect(plan.calls.map(({ tool }) => tool)).toEqual(['tracker__search_tickets']);
    expect(forbidden).toEqual([expect.stringMatching(/not create|Don't create/)]);
  });

  it.each([
    'Before you create a ticket, search tickets',
    'before creating a ticket, search tickets',
    'Create a ticket, but first search tickets',
    'create a ticket, but search tickets first',
    'Search tickets and after that create a ticket',
  ])('reads before it writes: %j', (query) => {
    expect(drawn(query)).toEqual(['a tracker__search_tickets', 'b tracker__create_ticket a']);
  });

  it.each([
    'Create a ticket, and after that feed the cat',
    'Wash the dishes, then create a ticket',
    'Before you create a ticket, feed the cat',
  ])('leaves open what is to follow something that nobody does: %j', (query) => {
    expect(drawn(query)).toEqual(['a tracker__create_ticket ?']);
  });

  it.each([
    'list the open pull requests and look up the ticket for each of them',
    'List the pull requests, then for each pull request look up its ticket',
    'for each open pull request look up its ticket',
    'look up the ticket for every open pull request',
  ])('goes over a list: %j', (query) => {
    expect(drawn(query)).toEqual(['a forge__list_pull_requests', 'b tracker__get_ticket a $a']);
  });

  it('goes over the items of a list, and no deeper', () => {
    const { calls } = planner.plan(
      'List the pull requests, then for each of them look up the ticket, then for each of them send an email',
    ).plan;
    expect(calls.map(({ forEach }) => forEach)).toEqual([undefined, '$a', undefined]);
  });

  it.each([
    ['Look up the ticket OPS-1 and play some jazz', ['play some jazz']],
    ['Play some jazz and look up the ticket OPS-1', ['Play some jazz']],
    ['Look up the ticket OPS-1 and the price of gold in Zurich', ['the price of gold in Zurich']],
    [
      'Look up the ticket OPS-1. Also, order a pizza. Who won the world cup?',
      ['order a pizza.', 'Who won the world cup?'],
    ],
    ['look up the ticket OPS-1 and tell me a joke about penguins', ['tell me a joke about penguins']],
    ['Look up the ticket OPS-1, then wash the dishes', ['wash the dishes']],
  ])('names what no call is made of: %j', (query, expected) => {
    const { plan, unplanned } = planner.plan(query);
    expect(plan.calls).toMatchObject([
      { tool: 'tracker__get_ticket', intent: expect.stringContaining('OPS-1') },
    ]);
    expect(unplanned?.map((piece) => piece.replace(/^then /, ''))).toEqual(expected);
    for (const piece of expected) expect(plan.calls[0]?.intent).not.toContain(piece);
  });

  it.each([
    'Look up the ticket OPS-1 and tell me about it',
    'Look up the ticket OPS-1 and show me the results',
    'I want to know about the ticket OPS-1. Please look it up.',
    'Look up the title and the state of the ticket OPS-1',
    'I need your help with my work. Look up the ticket OPS-1. Thanks!',
    'Book a flight and reserve a hotel room',
  ])('has nothing left of %j', (query) => {
    expect(planner.plan(query).unplanned).toBeUndefined();
  });

  it('names what stands behind the last piece that it reads', () => {
    const { unplanned } = planner.plan(`${'Send an email to Bob. '.repeat(24)}Book a hotel room.`);
    expect(unplanned).toEqual(['Book a hotel room.']);
  });

  it.each([
    ['Look up the ticket OPS-1 and look up the ticket OPS-2', ['OPS-1', 'OPS-2']],
    ['Read the file a.txt. Also read the file b.txt.', ['a.txt', 'b.txt']],
  ])('asks one tool twice for what has two names: %j', (query, names) => {
    const { calls, structure } = planner.plan(query).plan;
    expect(structure).toBe('parallel');
    expect(calls.map(({ intent }) => names.filter((name) => intent.includes(name)))).toEqual(
      names.map((name) => [name]),
    );
  });

  it('plans only for what the caller may see', () => {
    const { plan } = planner.plan('book a flight and reserve a hotel room', {
      isVisible: ({ server }) => server !== 'lodging',
    });
    expect(plan.calls.map(({ server }) => server)).not.toContain('lodging');
  });

  it.each(['', '   ', '!?', '\u0000\u0007'])('makes no call of %j', (query) => {
    expect(planner.plan(query).plan.calls).toEqual([]);
  });

  it('judges by the words alone where no tool is known', () => {
    const empty = plannerOver([]);
    expect(empty.plan('book a flight and then call Bob').plan).toMatchObject({
      calls: [],
      structure: 'sequential',
    });
  });

  it('reads the beginning of a long query', () => {
    const { plan } = planner.plan(`book a flight. ${'Then send an email to Bob. '.repeat(40_000)}`);
    expect(plan.calls.length).toBeLessThanOrEqual(MAX_CALLS);
    expect(plan.calls[0]?.tool).toBe('travel__book_flight');
  });

  const words = fc.constantFrom(
    ...'book a flight reserve hotel room send email it them then after that for each of ticket , . ? and "'.split(
      ' ',
    ),
    'pull request',
    'based on the results',
    'Finally,',
  );
  const queries = fc.oneof(
    fc.string({ unit: 'binary', maxLength: 200 }),
    fc.array(words, { maxLength: 40 }).map((all) => all.join(' ')),
  );

  it('makes plans that can be carried out, the same each time, of whatever it is given', () => {
    fc.assert(
      fc.property(queries, (query) => {
        const planned = planner.plan(query);
        const ids = planned.plan.calls.map(({ id }) => id);
        expect(new Set(ids).size).toBe(ids.length);
        planned.plan.calls.forEach(({ dependsOn, forEach }, index) => {
          const before = ids.slice(0, index);
          for (const id of dependsOn) expect(before).toContain(id);
          if (forEach !== undefined) expect(dependsOn).toContain(forEach.slice(1));
        });
        expect(planned.routes.map(({ call }) => call)).toEqual(['', ...ids]);
        expect(planner.plan(query).plan).toEqual(planned.plan);
      }),
      { numRuns: 60 },
    );
  });
});
