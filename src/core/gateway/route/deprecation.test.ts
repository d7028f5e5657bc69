import { describe, expect, it } from 'vitest';
import { porterStem } from '../../../adapters/stem/porter.ts';
import { saysDeprecated } from './deprecation.ts';
import type { RouteDocument } from './route.ts';
import { createRouter } from './router.ts';

function tool(name: string, description: string, more: Partial<RouteDocument> = {}): RouteDocument {
  const about = { title: '', serverDescription: '', parameters: [], examples: [] };
  return { name: `files__${name}`, server: 'files', tool: name, description, ...about, ...more };
}

function routeOver(documents: readonly RouteDocument[], query: string, hidden?: string) {
  const router = createRouter(porterStem);
  router.update(documents);
  return router.route(query, { isVisible: ({ tool: name }) => name !== hidden });
}

describe('a tool that says that it is deprecated', () => {
  it.each([
    'DEPRECATED: Use read_text_file instead.',
    'Read all of a file as text. DEPRECATED: Use read_text_file instead.',
    'Reads a file. Outdated: there is read_text_file.',
    '[deprecated] Reads a file.',
    'Reads a file. Deprecated since version 2.',
    'This tool is deprecated.',
    'Reads a file. Do not use.',
    'Reads a file. Do not use this any more.',
    'Reads a file. Use read_v2 instead.',
  ])('says so: %s', (description) => {
    expect(saysDeprecated({ tool: 'read', title: '', description })).toBe(true);
  });

  it.each([
    'Check whether packages are deprecated.',
    'Deprecated packages are listed.',
    'List outdated packages.',
    'Runs web tests; ping tests are deprecated and not supported.',
    'Do not use this tool for databases.',
    'For a single file use read_file instead.',
  ])('is not one that is about it, or is for something else: %s', (description) => {
    expect(saysDeprecated({ tool: 'list_deprecated', title: '', description })).toBe(false);
  });

  it('may say so in its name or title', () => {
    expect(saysDeprecated({ tool: 'get/details (Deprecated)', title: '', description: '' })).toBe(true);
    expect(saysDeprecated({ tool: 'get', title: '[Deprecated] Get', description: '' })).toBe(true);
  });

  const OLD = 'Read all of a file as text. DEPRECATED: Use read_text_file instead.';
  const old = tool('read_file', OLD);
  const successor = tool('read_text_file', 'Read what is in one file as text.');
  const other = tool('move_file', 'Move a file to another folder.');

  it('comes behind what serves as well, and nobody is asked to choose', () => {
    const route = routeOver([old, successor, other], 'read the text of the file named notes');
    expect(route.candidates[0]?.document).toBe(successor);
    const [first, ...rest] = route.candidates;
    const behind = rest.find(({ document }) => document === old);
    expect(behind?.score).toBeLessThan(0.7 * (first?.score ?? 0));
  });

  const plain = tool('read_file', 'Read all of a file as text.');
  const marked = { ...plain, isDeprecated: true };
  const query = 'read all of the file notes';

  it('comes behind by the word of its server alone', () => {
    expect(routeOver([plain, successor], query).candidates[0]?.document).toBe(plain);
    expect(routeOver([marked, successor], query).candidates[0]?.document).toBe(successor);
  });

  it('stays first, as sure as ever, where nothing else serves, or may be seen', () => {
    const { confidence } = routeOver([plain, other], query);
    const alone = routeOver([marked, other], query);
    expect(alone.candidates[0]?.document).toBe(marked);
    expect(alone.confidence).toBe(confidence);
    const seen = routeOver([marked, successor, other], query, 'read_text_file');
    expect(seen.candidates[0]?.document).toBe(marked);
  });
});
