import fc from 'fast-check';
import { describe, expect, it, test } from 'vitest';
import { sha256 } from '../../adapters/digest/sha256.ts';
import type { Json } from '../kernel/json.ts';
import type { Launch } from '../ports/downstream.ts';
import { differenceOf } from './diff.ts';
import { pinHash, toDefinition, toLaunchDefinition } from './pin.ts';
import { schemaFault, withoutHeaders } from './schema-limits.ts';

const hashOf = (definition: Record<string, Json>) => pinHash(definition, sha256);

describe('the hash of a definition', () => {
  it('is the same whatever the order of its members', () => {
    const shuffled = (value: Json): Json => {
      if (Array.isArray(value)) return value.map((each: Json) => shuffled(each));
      if (value === null || typeof value !== 'object') return value;
      return Object.fromEntries(
        Object.entries(value)
          .toReversed()
          .map(([key, each]) => [key, shuffled(each as Json)]),
      );
    };
    fc.assert(
      fc.property(fc.dictionary(fc.string(), fc.jsonValue()), (members) => {
        const definition = members as Record<string, Json>;
        expect(hashOf(shuffled(definition) as Record<string, Json>)).toBe(hashOf(definition));
      }),
    );
  });

  it('follows RFC 8785', () => {
    const definition = {
      '\u20ac': 'Euro',
      '\r': 'CR',
      '\ufb33': 'Dalet',
      '1': 1e21,
      '\ud83d\ude00': -0,
      ö: 4.5,
    };
    const canonical = '{"\\r":"CR","1":1e+21,"ö":4.5,"€":"Euro","😀":0,"\ufb33":"Dalet"}';
    expect(hashOf(definition)).toBe(sha256(canonical));
  });

  const tool = {
    name: 'search',
    title: 'Search',
    description: 'Search things',
    inputSchema: { type: 'object', properties: { q: { type: 'string', description: 'what' } } },
    outputSchema: { type: 'object' },
    annotations: { readOnlyHint: true },
    icons: [{ src: 'https://a.example/i.png' }],
    _meta: { a: 1 },
  };

  test.each([
    { name: 'Search' },
    { title: 'search' },
    { description: 'Search things ' },
    { inputSchema: { type: 'object', properties: { q: { type: 'string', description: 'what?' } } } },
    { outputSchema: { type: 'object', title: '' } },
    { annotations: { readOnlyHint: false } },
    { icons: [] },
    { _meta: { a: 2 } },
    { execution: {} },
  ])('differs for %j', (change) => {
    expect(hashOf(toDefinition({ ...tool, ...change }))).not.toBe(hashOf(toDefinition(tool)));
  });

  it('does not see members that are absent', () => {
    expect(hashOf(toDefinition({ ...tool, more: undefined }))).toBe(hashOf(toDefinition(tool)));
  });
});

describe('how a server is reached', () => {
  const stdio: Launch = {
    kind: 'stdio',
    command: 'npx',
    args: ['-y', 'some-server@1.2.3', '--token', 'hunter2', '--api-key=hunter3', 'postgres://u:hunter4@db/x'],
    env: { TOKEN: 'hunter5', A: '1' },
    cwd: '/srv',
  };
  const http: Launch = {
    kind: 'http',
    url: 'https://u:hunter6@a.example/mcp/ghp_0123456789abcdef0123456789abcdef0123?key=hunter7&b#hunter8',
    headers: { Authorization: 'Bearer hunter9', 'X-A': '1' },
    allowPrivate: false,
    oauth: { clientId: 'me', clientSecret: 'hunter10', scopes: ['a'] },
  };
  const text = (launch: Launch) => JSON.stringify(toLaunchDefinition(launch));
  const hash = (launch: Launch) => pinHash(toLaunchDefinition(launch), sha256);

  it('is pinned without anything secret, and readable otherwise', () => {
    expect(text(stdio)).not.toContain('hunter');
    expect(text(http)).not.toMatch(/hunter|ghp_/);
    expect(toLaunchDefinition(stdio)).toMatchObject({
      command: 'npx',
      args: [
        '-y',
        'some-server@1.2.3',
        '--token',
        '<secret>',
        '--api-key=<secret>',
        'postgres://<secret>@db/x',
      ],
      env: ['A', 'TOKEN'],
    });
    expect(toLaunchDefinition(http)).toMatchObject({
      url: 'https://<secret>@a.example/mcp/<secret>?key=<secret>&b#<secret>',
    });
  });

  it('shows what decides what runs, whatever it stands behind', () => {
    const commit = '0123456789abcdef0123456789abcdef01234567';
    const args = [
      '--auth-script',
      '/tmp/evil.js',
      '--auth-hook=./evil.js',
      '--rev',
      commit,
      `--sha=${commit}`,
    ];
    expect(toLaunchDefinition({ ...stdio, args })).toMatchObject({ args });
    const url = 'https://a.example/mcp?read_only=true';
    expect(toLaunchDefinition({ ...http, url })).toMatchObject({ url });
    expect(
      toLaunchDefinition({ ...stdio, args: ['--token', `/${'aB3+'.repeat(10)}`, commit] }),
    ).toMatchObject({
      args: ['--token', '<secret>', '<secret>'],
    });
  });

  it.each([
    ['--auth-plugin', 'good-plugin', 'evil-plugin'],
    ['--credential-helper', 'osxkeychain', 'evil-helper'],
    ['--auth-command', 'get token', 'curl evil.example'],
    ['--auth-provider', 'a'.repeat(32), 'b'.repeat(32)],
    ['--auth', 'basic', 'evil'],
    ['--auth', 'pkg.good:handler', 'pkg.evil:handler'],
    ['--tokenizer', 'good', 'evil'],
    ['--auth-plugin', 'GoodPlugin1WithALongName', 'EvilPlugin1WithALongName'],
    ['--token-exchange', 'good', 'evil'],
  ])('is another thing when %s %s becomes %s', (flag, good, evil) => {
    expect(hash({ ...stdio, args: [flag, good] })).not.toBe(hash({ ...stdio, args: [flag, evil] }));
    expect(hash({ ...stdio, args: [`${flag}=${good}`] })).not.toBe(
      hash({ ...stdio, args: [`${flag}=${evil}`] }),
    );
  });

  it.each(['auth_mode', 'token_endpoint', 'auth-provider'])('is another place when ?%s= changes', (name) => {
    const to = (value: string) => hash({ ...http, url: `https://a.example/mcp?${name}=${value}` });
    expect(to('good')).not.toBe(to('evil'));
  });

  it.each([
    ['--auth-token', 'hunter2'],
    ['--client-secret-value', 'hunter2'],
    ['--access-key', 'hunter2'],
    ['--auth', 'Bearer hunter2'],
    ['--auth', 'aB3aB3aB3aB3aB3aB3hunter2'],
    ['--credentials', 'ada:hunter2'],
    ['--header', 'Authorization: Bearer hunter2'],
    ['--auth-url', 'https://ada:hunter2@a.example/x'],
    ['--auth-mode', 'sk-0123456789abcdef-hunter2'],
  ])('is pinned without the key in %s %s', (flag, value) => {
    for (const args of [[flag, value], [`${flag}=${value}`]])
      expect(text({ ...stdio, args })).not.toContain('hunter2');
  });

  it('is pinned by the reference where a value came from one, so that everybody has the same', () => {
    const args = [
      '--token',
      '${env:TOKEN}',
      '--key=${env:A}${env:B}',
      '${env:HOME}/x',
      '--token=x${env:TOKEN}',
    ];
    const of = (token: string) => ({
      ...stdio,
      args: ['--token', token, `--key=${token}`, `/home/${token}/x`, `--token=x${token}`],
      pinned: { args },
    });
    expect(text(of('hunter2'))).toBe(text(of('other')));
    expect(toLaunchDefinition(of('hunter2'))).toMatchObject({
      args: [...args.slice(0, 4), '--token=<secret>'],
    });
    const url = 'https://${env:HOST}/mcp?key=${env:KEY}';
    expect(
      toLaunchDefinition({ ...http, url: 'https://h.example/mcp?key=hunter2', pinned: { url } }),
    ).toMatchObject({
      url,
    });
  });

  it('is another thing when callers may set other variables', () => {
    expect(toLaunchDefinition(stdio, ['NODE_OPTIONS'])).not.toEqual(toLaunchDefinition(stdio));
  });

  test.each([
    { command: 'node' },
    { args: [...stdio.args, '--insecure'] },
    { args: ['-y', 'some-server@1.2.4', ...stdio.args.slice(2)] },
    { env: { ...stdio.env, NODE_OPTIONS: '' } },
    { env: {} },
    { cwd: '/' },
  ])('is another thing with %j', (change) => {
    expect(hash({ ...stdio, ...change })).not.toBe(hash(stdio));
  });

  test.each([
    { kind: 'sse' as const },
    { url: http.url.replace('a.example', 'b.example') },
    { url: http.url.replace('/mcp', '/mcq') },
    { headers: { Authorization: 'x' } },
    { allowPrivate: true },
  ])('is another place with %j', (change) => {
    expect(hash({ ...http, ...change })).not.toBe(hash(http));
  });

  it('stays the same when only a secret was renewed where secrets belong', () => {
    expect(hash({ ...stdio, env: { A: '2', TOKEN: 'new' } })).toBe(hash(stdio));
    expect(hash({ ...stdio, args: stdio.args.map((arg) => arg.replace('hunter', 'new')) })).toBe(hash(stdio));
    expect(hash({ ...http, url: http.url.replace('hunter7', 'new') })).toBe(hash(http));
    expect(hash({ ...http, headers: { 'x-a': '2', authorization: 'new' } })).toBe(hash(http));
  });
});

describe('a diff', () => {
  it('shows what changed with what is near it', () => {
    const before = {
      name: 'a',
      inputSchema: { type: 'object', properties: { a: 1, b: 2, c: 3, d: 4, e: 5 } },
    };
    const after = {
      name: 'a',
      inputSchema: { type: 'object', properties: { a: 1, b: 2, c: 3, d: 4, e: 6 } },
    };
    expect(differenceOf(before, after).diff).toEqual([
      '  …',
      '       "c": 3,',
      '       "d": 4,',
      '-      "e": 5',
      '+      "e": 6',
      '     },',
      '     "type": "object"',
      '  …',
    ]);
  });

  it('gives back both sides, whatever they are', () => {
    const side = (lines: readonly string[], mark: string) =>
      lines.filter((line) => line.startsWith(' ') || line.startsWith(mark)).map((line) => line.slice(1));
    const members = fc.dictionary(fc.constantFrom('a', 'b', 'c', 'd'), fc.integer({ min: 0, max: 2 }), {
      minKeys: 1,
    });
    fc.assert(
      fc.property(members, members, (a, b) => {
        const pretty = (value: Record<string, number>) =>
          JSON.stringify(
            Object.fromEntries(Object.entries(value).toSorted(([x], [y]) => (x < y ? -1 : 1))),
            null,
            2,
          );
        const lines = differenceOf(a, b).diff.filter((line) => line !== '  …');
        if (lines.length === 0) expect(pretty(a)).toBe(pretty(b));
        for (const line of side(lines, '-')) expect(pretty(a).split('\n')).toContain(line);
        for (const line of side(lines, '+')) expect(pretty(b).split('\n')).toContain(line);
      }),
    );
  });

  it('brings invisible characters to light and breaks long texts', () => {
    const lines = differenceOf({ d: 'plain' }, { d: `zero\u200bwidth \u202e${'word '.repeat(100)}` }).diff;
    expect(lines.join('\n')).toContain(String.raw`zero\u200bwidth \u202e`);
    expect(Math.max(...lines.map((line) => line.length))).toBeLessThan(180);
    expect(lines.every((line) => /^[-+ ]/.test(line))).toBe(true);
  });

  it('stays short and cheap for huge definitions', () => {
    const huge = (seed: number) =>
      Object.fromEntries(Array.from({ length: 3_000 }, (_, at) => [`k${at}`, at * seed]));
    const { diff, leftOut } = differenceOf(huge(2), huge(3));
    expect(diff).toHaveLength(400);
    expect(leftOut).toBeGreaterThan(0);
  });

  it('counts what is left out, whatever its last line reads like', () => {
    expect(differenceOf(undefined, { d: 'x' })).not.toHaveProperty('leftOut');
    const lines = Array.from({ length: 700 }, () => '… 9 more lines');
    const { diff, leftOut } = differenceOf(undefined, { lines });
    expect(diff.length + (leftOut ?? 0)).toBe(704);
  });
});

describe('schemas', () => {
  it('lose the headers they ask for, and nothing else', () => {
    const schema = {
      type: 'object',
      properties: {
        a: { type: 'string', 'x-mcp-header': 'A' },
        'x-mcp-header': { type: 'string' },
        b: { default: { 'x-mcp-header': 'kept' } },
      },
    };
    expect(withoutHeaders(schema)).toEqual({
      type: 'object',
      properties: {
        a: { type: 'string' },
        'x-mcp-header': { type: 'string' },
        b: { default: { 'x-mcp-header': 'kept' } },
      },
    });
    const plain = { type: 'object' };
    expect(withoutHeaders(plain)).toBe(plain);
  });

  it('are measured before they are written out', () => {
    let deep: Record<string, Json> = {};
    for (let level = 0; level < 100_000; level += 1) deep = { a: deep };
    expect(schemaFault(deep, 'input schema')).toContain('32 levels');
    expect(schemaFault({ description: 'ü'.repeat(40_000) }, 'input schema')).toContain('65536 bytes');
    expect(schemaFault({ description: 'u'.repeat(40_000) }, 'input schema')).toBeUndefined();
  });

  it('have no more patterns and alternatives than can be compiled between two calls', () => {
    const named = (count: number, make: (index: number) => Json) =>
      Object.fromEntries(Array.from({ length: count }, (_, index) => [`^p${index}`, make(index)]));
    const found = 'Its input schema has more than 180 patterns and alternatives of `oneOf` together.';
    const shapes: readonly ((count: number) => Record<string, Json>)[] = [
      (count) => ({ patternProperties: named(count, () => ({ type: 'string' })) }),
      (count) => ({ properties: named(count, (index) => ({ pattern: `^p${index}` })) }),
      (count) => ({ properties: { default: { oneOf: Object.values(named(count, (k) => ({ const: k }))) } } }),
    ];
    for (const shape of shapes) {
      expect(schemaFault(shape(181), 'input schema')).toBe(found);
      expect(schemaFault(shape(180), 'input schema')).toBeUndefined();
    }
    // Properties of these names are none.
    const names = named(300, () => ({ properties: { pattern: { type: 'string' }, oneOf: true } }));
    expect(schemaFault({ properties: names }, 'input schema')).toBeUndefined();
  });
});
