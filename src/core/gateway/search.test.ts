import fc from 'fast-check';
import { describe, expect, it, test } from 'vitest';
import { sha256 } from '../../adapters/digest/sha256.ts';
import { toServer, toTool, toToolSettings } from '../../../test/support/fake-downstream.ts';
import type { ToolDefinition } from '../ports/downstream.ts';
import type { CatalogEntry } from './catalog.ts';
import { ALL_GRANTED, toolGrants } from './grants.ts';
import { ToolSearch } from './search.ts';
import { fitsStars } from './star.ts';
import { toolName } from './names.ts';

function entry(server: string, tool: ToolDefinition, examples: readonly string[] = []): CatalogEntry {
  return {
    name: toolName(server, tool.name, sha256),
    server: toServer(server, { description: server === 'jira' ? 'tickets of our company' : '' }),
    tool,
    hash: '',
    settings: toToolSettings({ examples }),
    risk: 'read',
    checkArguments: () => [],
  };
}

const entries = [
  entry('files', toTool('listDirectory', { description: 'Shows what is in a folder' })),
  entry('files', toTool('read_file', { description: 'Returns the text of a file' })),
  entry('github', toTool('list_pull_requests', { description: 'Lists the pull requests of a repository' })),
  entry('github', toTool('search_code', { description: 'Finds code' }), ['where is a function used']),
  entry('jira', toTool('search', { description: 'Finds issues' })),
  entry(
    'weather',
    toTool('forecast', {
      description: 'Weather of the next days',
      inputSchema: { type: 'object', properties: { latitude: { type: 'number' } } },
    }),
  ),
];

describe('search', () => {
  const best = (query: string) => new ToolSearch().find(entries, query, () => true)[0]?.entry.name;

  test.each([
    ['directory listing', 'files__listDirectory'],
    ['read a file', 'files__read_file'],
    ['which pull request is open?', 'github__list_pull_requests'],
    ['Where is this function used', 'github__search_code'],
    ['find our tickets', 'jira__search'],
    ['latitude', 'weather__forecast'],
  ])('%s', (query, name) => {
    expect(best(query)).toBe(name);
  });

  it('finds nothing where there is nothing', () => {
    expect(best('')).toBeUndefined();
    expect(best('the of and')).toBeUndefined();
    expect(best('quantum chromodynamics')).toBeUndefined();
    expect(new ToolSearch().find([], 'file', () => true)).toEqual([]);
  });

  it('scores between 0 and 1, in order, and the same each time', () => {
    const search = new ToolSearch();
    fc.assert(
      fc.property(fc.array(fc.constantFrom('list', 'file', 'code', 'issue', 'zzz', 'a')), (words) => {
        const scores = search.find(entries, words.join(' '), () => true).map(({ score }) => score);
        expect(scores.every((score) => score > 0 && score <= 1)).toBe(true);
        expect(scores).toEqual(scores.toSorted((a, b) => b - a));
        expect(new ToolSearch().find(entries, words.join(' '), () => true).map(({ score }) => score)).toEqual(
          scores,
        );
      }),
    );
  });

  it('gives what is not in the catalogue less than what is', () => {
    const [sure] = new ToolSearch().find(entries, 'search code', () => true);
    const [unsure] = new ToolSearch().find(entries, 'search the moon for signs of ancient code', () => true);
    expect(sure?.score).toBeGreaterThan(0.6);
    expect(unsure?.score).toBeLessThan(0.5);
  });

  it('does not show what may not be seen', () => {
    const hits = new ToolSearch().find(entries, 'search', ({ server }) => server.name === 'jira');
    expect(hits.map(({ entry: { name } }) => name)).toEqual(['jira__search']);
  });
});

describe('patterns of grants', () => {
  const text = fc.string({ unit: fc.constantFrom('a', 'b', '_'), maxLength: 12 });
  const pattern = fc.string({ unit: fc.constantFrom('a', 'b', '_', '*'), maxLength: 8 });

  it('fit as the same expression would', () => {
    fc.assert(
      fc.property(pattern, text, (stars, name) => {
        const expression = new RegExp(`^${stars.replaceAll('*', '.*')}$`);
        expect(fitsStars(stars, name)).toBe(expression.test(name));
      }),
      { numRuns: 2_000 },
    );
  });

  it('say whether anything of a server can be seen, and whether all of it', () => {
    const grants = (...tools: string[]) => toolGrants({ owner: 'a', grants: { tools } });
    expect(grants('git*')).toMatchObject({});
    expect(grants('git*').any('github')).toBe(true);
    expect(grants('github__get_*').any('github')).toBe(true);
    expect(grants('github__get_*').any('files')).toBe(false);
    expect(grants('github').any('github')).toBe(false);
    expect(grants().any('github')).toBe(false);
    expect(grants('*__search').any('github')).toBe(true);
    expect(grants('github__*').whole('github')).toBe(true);
    expect(grants('github__get_*').whole('github')).toBe(false);
    expect(grants('*')).toBe(ALL_GRANTED);
    expect(toolGrants({ owner: 'a' })).toBe(ALL_GRANTED);
  });
});
