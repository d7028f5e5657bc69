import { describe, expect, it } from 'vitest';
import type { Json, JsonObject } from '../../../kernel/json.ts';
import { fillArguments } from './fill.ts';

/** Wednesday, 2026-11-18, 12:00 UTC. */
const now = 1_794_960_000_000 + 43_200_000;
const text = { type: 'string' };
const number = { type: 'number' };
const integer = { type: 'integer' };
const flag = { type: 'boolean' };
const date = { type: 'string', format: 'date' };
const instant = { type: 'string', format: 'date-time' };
const texts = { type: 'array', items: text };
const schema = (properties: Record<string, JsonObject>, ...required: string[]): JsonObject => ({
  type: 'object',
  properties,
  required,
});
type Case = readonly [query: string, schema: JsonObject, expected: JsonObject];
const check = (cases: readonly Case[]): void => {
  it.each(cases)('%s', (query, given, expected) => {
    expect(fillArguments(query, given, { now }).arguments).toEqual(expected);
  });
};
const one = (query: string, name: string, ...[property, value]: [JsonObject, Json?]): Case => [
  query,
  schema({ [name]: property }),
  value === undefined ? {} : { [name]: value },
];

const pull = schema({ owner: text, repo: text, pull_number: integer }, 'owner', 'repo', 'pull_number');
const issue = schema({ owner: text, repo: text, issue_number: integer }, 'owner', 'repo', 'issue_number');

describe('tickets and repositories', () => {
  check([
    ['summarize the changes in PR #123', pull, { pull_number: 123 }],
    ['summarize pull request 123 of octo/hello', pull, { owner: 'octo', repo: 'hello', pull_number: 123 }],
    ['show octo/hello#7', pull, { owner: 'octo', repo: 'hello', pull_number: 7 }],
    ['read https://github.com/octo/hello/pull/12', pull, { owner: 'octo', repo: 'hello', pull_number: 12 }],
    ['read https://github.com/octo/hello/pull/12', issue, { owner: 'octo', repo: 'hello' }],
    ['close issue 45 in octo/hello', issue, { owner: 'octo', repo: 'hello', issue_number: 45 }],
    ['close issue 45', schema({ issue_number: integer, pull_number: integer }), { issue_number: 45 }],
    ['look at #45', schema({ issue_number: integer, pull_number: integer }), {}],
    ['fix read/write errors and/or warnings', schema({ repo: text }), {}],
    ['list branches of octo/hello', schema({ repo: text }, 'repo'), { repo: 'octo/hello' }],
    ['what is in ticket ABC-123?', schema({ key: text }), { key: 'ABC-123' }],
    ['what is in ABC-123?', schema({ issue_key: text }), { issue_key: 'ABC-123' }],
    ['what is in ABC-123?', schema({ id: integer }), {}],
    ['show issue 5', schema({ id: text }), { id: '5' }],
    ['show issue 5', schema({ user_id: text }), {}],
    [
      'close issues #1, #2 and #3',
      schema({ issue_numbers: { type: 'array', items: integer } }),
      { issue_numbers: [1, 2, 3] },
    ],
    ['show issue 12 and issue 13', schema({ issue_number: integer }), {}],
    ['show issue #12.5', schema({ issue_number: integer }), {}],
    ['show issues 1 to 500', schema({ issue_number: integer }), {}],
    [
      'show issues 3 to 5',
      schema({ issue_numbers: { type: 'array', items: integer } }),
      { issue_numbers: [3, 4, 5] },
    ],
    ['look at ticket abc-12', schema({ key: text }), { key: 'ABC-12' }],
    ['look at chapter abc-12', schema({ key: text }), {}],
    ['print pages 5 to 7', schema({ page: integer }), {}],
    ['the weather in Oslo and Rome', schema({ city: text }), {}],
    ['merge it', schema({ method: { type: 'string', enum: ['merge', 'squash'] } }), {}],
    ['and squash #4', schema({ method: { type: 'string', enum: ['merge', 'squash'] } }), {}],
    ['show issue 12, yes, issue 12', schema({ issue_number: integer }), { issue_number: 12 }],
  ]);
});

describe('what is seen by its looks', () => {
  check([
    one('fetch https://example.com/a?b=c.', 'url', text, 'https://example.com/a?b=c'),
    one('fetch (https://example.com/a)', 'link', { type: 'string', format: 'uri' }, 'https://example.com/a'),
    one('fetch https://a.example and https://b.example', 'url', text),
    one('fetch https://a.example and https://b.example', 'urls', texts, [
      'https://a.example',
      'https://b.example',
    ]),
    one('invite ann@example.com', 'email', text, 'ann@example.com'),
    one('write to ann@example.com', 'to', text, 'ann@example.com'),
    one('write to ann@example.com and bob@example.org', 'recipients', texts, [
      'ann@example.com',
      'bob@example.org',
    ]),
    one('read src/index.ts', 'path', text, 'src/index.ts'),
    one('read /etc/hosts.', 'file_path', text, '/etc/hosts'),
    one('read ~/notes/today.md please', 'filename', text, '~/notes/today.md'),
    one('read C:\\work\\a.txt', 'path', text, 'C:\\work\\a.txt'),
    one('list the files in docs/', 'directory', text, 'docs/'),
    one('a question about Node.js', 'path', text),
    [
      'copy a.txt to b.txt',
      schema({ source: { type: 'string', description: 'Path of the file' }, destination: text }),
      { source: 'a.txt', destination: 'b.txt' },
    ],
    ['say a/b/c', schema({ source: text }), {}],
    [
      'move from a/b.txt to c/d.txt',
      schema({ source: text, destination: text }),
      { source: 'a/b.txt', destination: 'c/d.txt' },
    ],
    one('read a.md and b.md', 'paths', texts, ['a.md', 'b.md']),
    one('post to #general', 'channel', text, 'general'),
    one('post to #general', 'channel', { type: 'string', description: 'Such as #random' }, '#general'),
    one('post to #general', 'channel_id', text),
    one('assign it to @alice', 'assignee', text, 'alice'),
    one(
      'show 3f2504e0-4f89-11d3-9a0c-0305e82c3301',
      'order_id',
      text,
      '3f2504e0-4f89-11d3-9a0c-0305e82c3301',
    ),
  ]);
});

describe('addresses', () => {
  const address = 'https://code.example.org/octo/hello/pull/123';
  check([
    [`read ${address}`, pull, { owner: 'octo', repo: 'hello', pull_number: 123 }],
    [`read ${address}/files?w=1#diff`, pull, { owner: 'octo', repo: 'hello', pull_number: 123 }],
    [`read ${address}.`, schema({ number: integer }), { number: 123 }],
    [
      `read ${address}`,
      schema({ repository: text, number: integer }),
      { repository: 'octo/hello', number: 123 },
    ],
    [`read ${address}`, issue, { owner: 'octo', repo: 'hello' }],
    [`read ${address}`, schema({ url: text }), { url: address }],
    [
      `read ${address}`,
      schema({ pull_request_url: { ...text, format: 'uri' } }),
      { pull_request_url: address },
    ],
    [
      'read https://code.example.org/a/b/c/-/merge_requests/7',
      pull,
      { owner: 'a/b', repo: 'c', pull_number: 7 },
    ],
    [
      'read https://code.example.org/octo/hello/issues/9',
      issue,
      { owner: 'octo', repo: 'hello', issue_number: 9 },
    ],
    ['read https://example.org/docs/guide', pull, {}],
    ['read https://github.com/octo/hello', schema({ repo: text }, 'repo'), { repo: 'octo/hello' }],
  ]);
});

describe('files and folders by their bare names', () => {
  const path = schema({ path: text }, 'path');
  check([
    ['list the files in the folder reports', path, { path: 'reports' }],
    ['list the files in the reports folder', path, { path: 'reports' }],
    ['what is in the directory "my reports"?', path, { path: 'my reports' }],
    ['list the directory named drafts', schema({ directory: text }), { directory: 'drafts' }],
    ['read notes.txt', path, { path: 'notes.txt' }],
    ['show me what notes.txt says', path, { path: 'notes.txt' }],
    ['read the file LICENSE', path, { path: 'LICENSE' }],
    ['read the file LICENSE', schema({ folder: text }), {}],
    ['show the size of the file data.bin', path, { path: 'data.bin' }],
    ['list the contents of the current directory', path, {}],
    ['list the directory tree', path, {}],
    ['show the file contents', path, {}],
    ['make a new folder for the reports', path, {}],
    ['move the folder drafts to the folder archive', path, {}],
    ['read the file that was changed', path, {}],
  ]);
});

describe('several numbers', () => {
  const sum = schema({ a: number, b: number }, 'a', 'b');
  const place = schema({ latitude: number, longitude: number }, 'latitude', 'longitude');
  check([
    ['what is the sum of 12.5 and 40.25?', sum, { a: 12.5, b: 40.25 }],
    ['add 12.5 and 40.25', sum, { a: 12.5, b: 40.25 }],
    ['12.5 + 40.25', sum, { a: 12.5, b: 40.25 }],
    ['add -0.5, 1.5 and 2', sum, {}],
    [
      'add 12.5 and 40.25',
      schema({ first_number: number, second_number: number }),
      { first_number: 12.5, second_number: 40.25 },
    ],
    ['add 12.5 and 40.25', schema({ num1: number, num2: number }), { num1: 12.5, num2: 40.25 }],
    ['add 12.5 and 40.25', schema({ a: integer, b: integer }), {}],
    ['add 12.5 and 40.25', schema({ price: number, weight: number }), {}],
    [
      'add 12.5, 12.5 and 40.25',
      schema({ numbers: { type: 'array', items: number } }, 'numbers'),
      { numbers: [12.5, 12.5, 40.25] },
    ],
    ['the weather at 52.52, 13.41', place, { latitude: 52.52, longitude: 13.41 }],
    ['the weather at 52.52° N, 13.41° W', place, { latitude: 52.52, longitude: -13.41 }],
    ['the weather at lat 52.52, lon 13.41', place, { latitude: 52.52, longitude: 13.41 }],
    ['the weather at longitude 13.41 and latitude 52.52', place, { latitude: 52.52, longitude: 13.41 }],
    ['the weather at 152.52, 13.41', schema({ lat: { ...number, maximum: 90 }, lon: number }), {}],
    ['pay €12.50 for order 7', schema({ amount: number, order: integer }), { amount: 12.5, order: 7 }],
    [
      'between 12.5 and 40.25',
      schema({ min_price: number, max_price: number }),
      { min_price: 12.5, max_price: 40.25 },
    ],
  ]);
});

describe('quoted text', () => {
  check([
    one('create an issue titled "Fix the door"', 'title', text, 'Fix the door'),
    one("with the title 'It isn't done'", 'title', text, "It isn't done"),
    one('title: “Fix the door”', 'title', text, 'Fix the door'),
    one('search for `foo(bar)`', 'query', text, 'foo(bar)'),
    one('add the label "bug"', 'label', text, 'bug'),
    [
      'post the message "review time" to the channel releases',
      schema({ channel: text, text }, 'channel', 'text'),
      { channel: 'releases', text: 'review time' },
    ],
    [
      'post the label "bug" to the channel releases',
      schema({ channel: text, text }, 'channel', 'text'),
      { channel: 'releases' },
    ],
    one('add the "bug" label', 'label', text, 'bug'),
    one('add the labels "bug", "ui" and "small"', 'labels', texts, ['bug', 'ui', 'small']),
    one('do "this"', 'anything', text),
    ['do "this"', schema({ anything: text }, 'anything'), { anything: 'this' }],
    ['set "a" to "b"', schema({ anything: text }, 'anything'), {}],
    [
      'create an issue "A" with body "B"',
      schema({ title: text, body: text }, 'title'),
      { title: 'A', body: 'B' },
    ],
    ['say "limit 10 of #5 in a/b.txt"', schema({ limit: integer, number: integer, path: text }), {}],
    one("don't do that, it's late", 'text', text),
  ]);
});

describe('numbers', () => {
  check([
    one('limit 10', 'limit', integer, 10),
    one('with a limit of 10', 'limit', integer, 10),
    one('show the top 5 results', 'max_results', integer, 5),
    one('show the first 5', 'limit', integer, 5),
    one('the last 7 days', 'limit', integer),
    one('the last 7 days', 'days', integer, 7),
    one('page 2', 'page_size', integer),
    ['page 2 with 50 per page', schema({ page: integer, per_page: integer }), { page: 2, per_page: 50 }],
    one('raise it by 2.5', 'count', integer),
    ['the factorial of 5', schema({ n: integer }, 'n'), { n: 5 }],
    ['add 5 and 7', schema({ a: integer, b: integer }, 'a', 'b'), { a: 5, b: 7 }],
    one('a size of 10 MB', 'size', text, '10 MB'),
    one('a size of 10 MB', 'size', integer, 10),
    one('a budget of 1,500,000', 'budget', number, 1_500_000),
    one('a temperature of -3.5', 'temperature', number, -3.5),
    one('limit 500', 'limit', { type: 'integer', maximum: 100 }),
    one('version 3.2', 'version', text, '3.2'),
    [
      'items over 5 and under 10',
      schema({ min_price: number, max_price: number }),
      { min_price: 5, max_price: 10 },
    ],
    one('for 30 minutes', 'duration_minutes', integer, 30),
    one('the last 5 commits', 'per_page', integer, 5),
    one('3 retries', 'retries', integer, 3),
    [
      'at 48.137 and 11.575',
      schema({ latitude: number, longitude: number }),
      { latitude: 48.137, longitude: 11.575 },
    ],
  ]);

  const transfer = schema({ amount: number }, 'amount');
  check([
    ['transfer 1,250 from "a" to "b"', transfer, { amount: 1250 }],
    ['transfer 1,250.50 from "a" to "b"', transfer, { amount: 1250.5 }],
    ['transfer 1,000,000 from "a" to "b"', transfer, { amount: 1_000_000 }],
    ['transfer 12.50 from "a" to "b"', transfer, { amount: 12.5 }],
    ['transfer 0.125 from "a" to "b"', transfer, { amount: 0.125 }],
    ['transfer 1.250,50 from "a" to "b"', transfer, {}],
    ['transfer 2,5 from "a" to "b"', transfer, {}],
    ['transfer 1.000 from "a" to "b"', transfer, {}],
    ['transfer 1,0000 from "a" to "b"', transfer, {}],
    ['transfer 1\'250.50 from "a" to "b"', transfer, {}],
    ['transfer 1 250,50 from "a" to "b"', transfer, {}],
    ['transfer "1.000" from "a" to "b"', transfer, {}],
    ['transfer amount: 1,250 from "a" to "b"', transfer, { amount: 1250 }],
    ['transfer amount=1.250,50 from "a" to "b"', transfer, {}],
    ['transfer 2,5EUR from "a" to "b"', transfer, {}],
    one('a weight of 2,5 kg', 'weight', number),
    one('get task 1,000', 'number', integer, 1000),
    one('get task 2,5', 'number', integer),
    one('get PR #1,000', 'number', integer, 1000),
    one('get PR #2,5', 'number', integer),
    one('the pages 100,200', 'page', integer),
    one('limit: 1,000', 'limit', integer, 1000),
    one('limit=10,state=open', 'limit', integer, 10),
  ]);
});

describe('flags and choices', () => {
  const state = { type: 'string', enum: ['open', 'closed', 'all'] };
  check([
    one('include archived ones', 'include_archived', flag, true),
    one('list channels, archived too', 'include_archived', flag, true),
    one('without archived ones', 'archived', flag, false),
    one('list the channels', 'archived', flag),
    one('create a draft', 'draft', flag, true),
    one('search recursively', 'recursive', flag, true),
    one('as a dry run', 'dry_run', flag, true),
    one('draft: false', 'draft', flag, false),
    one('exclude archived ones', 'exclude_archived', flag, true),
    one('list open issues', 'state', state, 'open'),
    one('list OPEN issues', 'state', { type: 'string', enum: ['OPEN', 'CLOSED'] }, 'OPEN'),
    one('list open and closed issues', 'state', state),
    one('list all issues', 'state', state),
    one('state all', 'state', state, 'all'),
    one(
      'list open and closed issues',
      'states',
      { type: 'array', items: { type: 'string', enum: ['open', 'closed'] } },
      ['open', 'closed'],
    ),
    one(
      'which are in progress',
      'status',
      { type: 'string', enum: ['in_progress', 'done', 'progress'] },
      'in_progress',
    ),
    one('sort by created', 'sort', { type: 'string', enum: ['created', 'updated'] }, 'created'),
    one('"open" the door', 'state', state),
    ['high', schema({ priority: { enum: ['high', 'low'] }, severity: { enum: ['high', 'low'] } }), {}],
    one('merge #7', 'method', { type: 'string', enum: ['merge', 'squash'] }),
    one('merge #7 with squash', 'method', { type: 'string', enum: ['merge', 'squash'] }, 'squash'),
    [
      'a high severity',
      schema({ priority: { enum: ['high', 'low'] }, severity: { enum: ['high', 'low'] } }),
      { severity: 'high' },
    ],
    [
      'anything',
      schema({ kind: { const: 'x' }, only: { type: 'string', enum: ['y'] } }, 'kind', 'only'),
      { kind: 'x', only: 'y' },
    ],
    ['anything', schema({ kind: { const: 'x' } }), {}],
  ]);
});

describe('times', () => {
  const pair = schema({ since: date, until: date });
  const instants = schema({ start_time: instant, end_time: instant });
  check([
    one('on 2026-10-05', 'date', date, '2026-10-05'),
    one('on 2026-02-30', 'date', date),
    one('on October 5, 2026', 'date', date, '2026-10-05'),
    one('on the 5th of October 2026', 'day', date, '2026-10-05'),
    one('at 2026-10-05T10:30:00+02:00', 'when', instant, '2026-10-05T08:30:00Z'),
    one('yesterday', 'date', date, '2026-11-17'),
    one('due by Friday', 'due_date', date, '2026-11-20'),
    one('on Friday', 'date', date),
    ['the last 7 days', pair, { since: '2026-11-11', until: '2026-11-18' }],
    ['the last 24 hours', instants, { start_time: '2026-11-17T12:00:00Z', end_time: '2026-11-18T12:00:00Z' }],
    ['since Monday', pair, { since: '2026-11-16' }],
    ['since Wednesday', pair, { since: '2026-11-11' }],
    ['until 2026-10-05', pair, { until: '2026-10-05' }],
    ['in October 2026', pair, { since: '2026-10-01', until: '2026-10-31' }],
    ['in February 2028', instants, { start_time: '2028-02-01T00:00:00Z', end_time: '2028-02-29T23:59:59Z' }],
    ['from 2026-10-01 to 2026-10-15', pair, { since: '2026-10-01', until: '2026-10-15' }],
    [
      'between 2026-10-01 and 2026-10-15',
      schema({ start_date: text, end_date: text }),
      { start_date: '2026-10-01', end_date: '2026-10-15' },
    ],
    ['last week', pair, { since: '2026-11-09', until: '2026-11-15' }],
    ['this month', pair, { since: '2026-11-01', until: '2026-11-30' }],
    ['last month', pair, { since: '2026-10-01', until: '2026-10-31' }],
    ['in Q3 2026', pair, { since: '2026-07-01', until: '2026-09-30' }],
    ['in 2025', pair, { since: '2025-01-01', until: '2025-12-31' }],
    ['3 days ago', schema({ date }), { date: '2026-11-15' }],
    ['last 7 days', schema({ date }), {}],
    ['the past two weeks', pair, { since: '2026-11-04', until: '2026-11-18' }],
    [
      'created after 2026-10-05',
      schema({ created_after: date, created_before: date }),
      { created_after: '2026-10-05' },
    ],
    ['from Monday', schema({ from: text, to: text }), {}],
  ]);
});

describe('phrases', () => {
  check([
    one('create a repository named my-repo', 'name', text, 'my-repo'),
    one('create a project called Project Phoenix with care', 'name', text, 'Project Phoenix'),
    [
      'message hello to #general',
      schema({ channel: text, message: text }, 'channel', 'message'),
      { channel: 'general', message: 'hello' },
    ],
    [
      'post a message to #general saying the build is green',
      schema({ channel: text, text }, 'channel', 'text'),
      { channel: 'general', text: 'the build is green' },
    ],
    one('the weather in Paris', 'city', text, 'Paris'),
    one('the weather in New York today', 'location', text, 'New York'),
    [
      'flights from Paris to New York',
      schema({ origin: text, destination: text }),
      { origin: 'Paris', destination: 'New York' },
    ],
    [
      'convert 100 from USD to EUR',
      schema({ amount: number, from: text, to: text }, 'amount', 'from', 'to'),
      { amount: 100, from: 'USD', to: 'EUR' },
    ],
    one('list the commits on branch main', 'branch', text, 'main'),
    one('list the branches', 'branch', text),
    one('in the project that is open', 'project', text),
    one('members of channel general', 'channel', text, 'general'),
    one('in English', 'country', text),
    one('at IP address 1', 'location', text),
    ['Find the film "A". Then tell me its style.', schema({ style: text }, 'style'), {}],
    ['the film "A"', schema({ style: text }, 'style'), {}],
    ['a campaign named "A"', schema({ company_name: text }, 'company_name'), {}],
    ['a campaign named "A"', schema({ campaign_name: text }, 'campaign_name'), { campaign_name: 'A' }],
    ['Book a trip for ten. Then search for tea.', schema({ query: text }, 'query'), {}],
    one('a teapot named Brenda 7 with care', 'name', text),
    one('the location 123 Main Street', 'location', text),
    one('the city New York', 'city', text, 'New York'),
    one('the project Big data lake', 'project', text),
    one('with labels bug and urgent, assign it', 'labels', texts, ['bug', 'urgent']),
    one('with title Crash on start and more', 'title', text),
    one('an event called Planning', 'title', text, 'Planning'),
    ['an event called Planning', schema({ title: text, name: text }), { name: 'Planning' }],
    [
      'write to #general: all is well',
      schema({ channel: text, text }),
      { channel: 'general', text: 'all is well' },
    ],
    [
      'tell @ann that all is well',
      schema({ user: text, message: text }),
      { user: 'ann', message: 'all is well' },
    ],
    [
      'translate "good morning" to French',
      schema({ text, target_language: text }, 'text', 'target_language'),
      { text: 'good morning', target_language: 'French' },
    ],
    one('title: Fix the door, priority: high', 'title', text, 'Fix the door'),
    one('limit=10', 'limit', integer, 10),
    [
      'title: Fix it body: it is open, wide',
      schema({ title: text, body: text }),
      { title: 'Fix it', body: 'it is open, wide' },
    ],
    one('labels: bug, ui and small', 'labels', texts, ['bug', 'ui', 'small']),
  ]);
});

describe('the topic', () => {
  const search = schema({ query: text, limit: integer }, 'query');
  check([
    ['search wikipedia for quantum computing', search, { query: 'quantum computing' }],
    ['find discussions about the release, limit 10', search, { query: 'the release', limit: 10 }],
    ['search for: cats and dogs', search, { query: 'cats and dogs' }],
    ['the discussion about it', search, {}],
    [
      'look up papers about routing published since 2024, at most 5',
      { ...search, properties: { query: text, limit: integer, since: text } },
      { query: 'routing', limit: 5, since: '2024-01-01' },
    ],
    ['quantum computing', search, { query: 'quantum computing' }],
    ['search for the discussion about PR 123', schema({ query: text }, 'query'), { query: 'PR 123' }],
    ['What is a monad?', schema({ question: text }, 'question'), { question: 'What is a monad?' }],
    ['tell them about lunch', schema({ message: text }, 'message'), { message: 'lunch' }],
    ['send it', schema({ message: text }, 'message'), {}],
    ['find something about tea', schema({ query: text, index: text }, 'query', 'index'), {}],
    ['find something about tea', schema({ name: text }, 'name'), {}],
  ]);
});

describe('schemas', () => {
  check([
    ['limit 10', schema({ filter: schema({ limit: integer }) }), { filter: { limit: 10 } }],
    ['limit 10', schema({ filter: schema({ limit: integer, other: text }, 'other') }), {}],
    ['limit 10', schema({ limit: { anyOf: [integer, { type: 'null' }] } }), { limit: 10 }],
    ['limit 10', { ...schema({ limit: { $ref: '#/$defs/n' } }), $defs: { n: integer } }, { limit: 10 }],
    ['limit 10', { ...schema({ limit: { $ref: '#/$defs/n' } }), $defs: { n: { $ref: '#/$defs/n' } } }, {}],
    ['limit 10', schema({ limit: { type: ['integer', 'null'] } }), { limit: 10 }],
    ['limit 10', {}, {}],
  ]);

  it('tell what is missing', () => {
    expect(fillArguments('show PR 5', pull, { now }).missing).toEqual(['owner', 'repo']);
    expect(fillArguments('x', schema({ a: schema({ b: text }, 'b') }, 'a'), { now }).missing).toEqual(['a']);
    expect(fillArguments('x', { required: ['unknown', 5] }, { now }).missing).toEqual(['unknown']);
  });
});

describe('what is stated without quotes', () => {
  const message = schema({ channel: text, text }, 'channel', 'text');
  const moved = schema({ source: text, destination: text }, 'source', 'destination');
  check([
    ['post good morning to the channel lunch', message, { channel: 'lunch', text: 'good morning' }],
    ['then send back at noon to #lunch', message, { channel: 'lunch', text: 'back at noon' }],
    ['post a message to the channel lunch', message, { channel: 'lunch' }],
    ['post the results to the channel lunch', message, { channel: 'lunch' }],
    ['post changes of #4 to #lunch', message, { channel: 'lunch' }],
    ['post it to #lunch', message, { channel: 'lunch' }],
    ['move a.txt to b/', moved, { source: 'a.txt', destination: 'b/' }],
    ['rename "a b" to "c d"', moved, { source: 'a b', destination: 'c d' }],
    ['delete the message 1772443200.0001', schema({ ts: text }, 'ts'), { ts: '1772443200.0001' }],
    ['delete 1772443200.0001 or 1772443200.0002', schema({ ts: text }, 'ts'), {}],
  ]);
});
