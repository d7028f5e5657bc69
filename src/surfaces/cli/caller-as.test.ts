import { expect, it } from 'vitest';
import type { HttpSettings } from '../../config.ts';
import { callerAs } from './caller-as.ts';

const oauth = {
  issuer: 'https://login.example.com/realm',
  audience: ['https://tutti.example.com/mcp'],
  jwksUrl: 'https://login.example.com/keys',
  scopes: { read: { tools: ['files__read*'] }, write: { tools: ['files__write*'] } },
};
const tokens = ['plain', { token: 'secret', name: 'ci', grants: { tools: ['files__*'] } }];
const http = { host: '127.0.0.1', port: 1, tokens, oauth } as unknown as HttpSettings;

it('is the bearer of a token by its name, or by its owner where it has none', () => {
  const ci = callerAs(http, { as: 'ci' });
  expect(ci).toMatchObject({ name: 'ci', grants: { tools: ['files__*'] } });
  expect(callerAs(http, { as: ci.owner })).toEqual(ci);
});

it('is whom the issuer vouches for, with what all scopes admit to', () => {
  const ada = callerAs(http, { as: 'ada@login.example.com', scopes: ['write', 'read', 'other'] });
  expect(ada).toMatchObject({
    name: 'ada@login.example.com',
    grants: { tools: ['files__read*', 'files__write*'] },
  });
  expect(ada.owner).toMatch(/^oauth:/);
});

it.each([
  [{ as: 'ada@login.example.com' }, /^--scopes: .*\(read, write\), found none\.$/],
  [{ as: '@login.example.com', scopes: ['read'] }, /^--as: expected a subject/],
  [
    { as: 'ada@elsewhere.example' },
    /^--as: .*\(token:[0-9a-f]{16}, ci, SUBJECT@login\.example\.com\), found "ada@elsewhere\.example"\.$/,
  ],
])('is nobody else: %j', (other, message) => {
  expect(() => callerAs(http, other)).toThrow(message);
});

it('is nobody where nobody is let in', () => {
  const closed = { ...http, tokens: [], oauth: undefined } as unknown as HttpSettings;
  expect(() => callerAs(closed, { as: 'ci' })).toThrow('it names nobody');
});
