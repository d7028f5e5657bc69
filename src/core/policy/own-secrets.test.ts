import { describe, expect, it } from 'vitest';
import type { Launch } from '../ports/downstream.ts';
import { ownSecrets } from './own-secrets.ts';

const program = (env: Readonly<Record<string, string>>, args: readonly string[] = []): Launch => ({
  kind: 'stdio',
  command: 'it',
  args,
  env,
});
const place = (headers: Readonly<Record<string, string>>, url = 'https://a.example/mcp'): Launch => ({
  kind: 'http',
  url,
  headers,
  allowPrivate: false,
});

describe('what a launch gives away', () => {
  it.each([
    {
      of: 'a name',
      launch: program({ API_KEY: 'openses', DB_PASS: 'hunterhunter' }),
      found: ['hunterhunter', 'openses'],
    },
    { of: 'a value', launch: program({ PLAIN: 'walrus-77-teapot' }), found: ['walrus-77-teapot'] },
    {
      of: 'a header',
      launch: place({ Authorization: 'Bearer opensesame' }),
      found: ['Bearer opensesame', 'opensesame'],
    },
    {
      of: 'a password',
      launch: place({ Authorization: 'Basic YWRhOm9wZW5zZXNhbWU=' }),
      found: ['opensesame'],
    },
    {
      of: 'a flag',
      launch: program({}, ['--token', 'opensesame', '--api-key=hunterhunter']),
      found: ['opensesame', 'hunterhunter'],
    },
    {
      of: 'a header on a command line',
      launch: program({}, ['--header', 'Authorization: Bearer opensesame']),
      found: ['opensesame'],
    },
    { of: 'an address', launch: program({}, ['postgres://ada:opensesame@db/x']), found: ['opensesame'] },
    {
      of: 'a parameter',
      launch: place({}, 'https://a.example/mcp?key=open%20sesame'),
      found: ['open sesame', 'open%20sesame'],
    },
    {
      of: 'several lines',
      launch: program({ KEY: 'first line\nsecond "line"' }),
      found: ['first line', 'second "line"', String.raw`first line\nsecond \"line\"`],
    },
    {
      of: 'a variable',
      launch: { ...program({}, ['x-sesame-42.y']), pinned: { args: ['x-${env:WORD}.y'] } } satisfies Launch,
      found: ['sesame-42'],
    },
  ])('is told by $of', ({ launch, found }) => {
    expect(ownSecrets(launch)).toEqual(expect.arrayContaining(found));
  });

  it.each([
    program({
      DEBUG: 'true',
      NODE_ENV: 'production',
      HOME: '/home/ada7',
      PORT: '8080808',
      API: 'https://a.example/v1',
      ON: '',
    }),
    program({ TOKEN: 'short', AUTH_METHOD: 'device-code', TOKEN_FILE: '/run/token' }),
    program({}, ['-y', 'server@1.2.3', '--auth-plugin', 'good-plugin', '--verbose', '--root', '/srv/7']),
    place({ Accept: 'application/json' }),
    { ...program({}, ['/home/ada7/x']), pinned: { args: ['${env:HOME}/x'] } } satisfies Launch,
  ])('is no plain word, number, path or place: %j', (launch) => {
    expect(ownSecrets(launch)).toEqual([]);
  });

  it('is looked for longest first, since one may hold another', () => {
    const lengths = ownSecrets(place({ Authorization: 'Bearer a1b2c3d4', 'X-Key': 'a1b2c3' })).map(
      (each) => each.length,
    );
    expect(lengths).toEqual(lengths.toSorted((a, b) => b - a));
  });
});
