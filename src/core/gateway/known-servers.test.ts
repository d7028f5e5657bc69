import { expect, it } from 'vitest';
import { checkServers, noSuchServer } from './known-servers.ts';

const many = Array.from({ length: 12 }, (_, at) => ({ name: `server${at + 10}` }));

it('takes servers that are there, and none at all', () => {
  expect(() => {
    checkServers(['server12', 'server10'], many);
    checkServers([], many);
  }).not.toThrow();
});

it('names those there are, the nearest first, and not all of many', () => {
  const { message } = noSuchServer('files\u202E', [{ name: 'github' }, ...many, { name: 'file' }]);
  expect(message).toMatch(/^There is no server "files"; there are: file, /);
  expect(message).toMatch(/ and 4 more, which list_servers names\.$/);
});
