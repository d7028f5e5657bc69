import fc from 'fast-check';
import { describe, expect, it, test } from 'vitest';
import { porterStem } from '../../../adapters/stem/porter.ts';
import type { RouteDocument, Routing } from './route.ts';
import { createRouter } from './router.ts';

function tool(server: string, name: string, more: Partial<RouteDocument> = {}): RouteDocument {
  return {
    name: `${server}__${name}`,
    server,
    tool: name,
    title: '',
    description: '',
    serverDescription: '',
    parameters: [],
    examples: [],
    ...more,
  };
}

const DOCUMENTS = [
  tool('files', 'listDirectory', { description: 'Shows what is in a folder' }),
  tool('files', 'read_file', { description: 'Returns the text of a file' }),
  tool('forge', 'list_pull_requests', { description: 'Lists the pull requests of a repository' }),
  tool('forge', 'search_code', { description: 'Finds code', examples: ['where is a function used'] }),
  tool('forge', 'createRepository', { description: 'Makes a repository' }),
  tool('desk', 'search', { description: 'Finds issues', serverDescription: 'tickets of our company' }),
  tool('desk', 'close', { description: 'Closes an issue', serverDescription: 'tickets of our company' }),
  tool('sky', 'forecast', {
    description: 'Weather of the next days',
    parameters: [{ name: 'latitude', description: 'in degrees', choices: [] }],
  }),
];

function over(documents: readonly RouteDocument[]): Routing {
  const router = createRouter(porterStem);
  router.update(documents);
  return router;
}

const router = over(DOCUMENTS);
const shown = (routing: Routing, query: string) => {
  const { candidates, ...route } = routing.route(query);
  return {
    ...route,
    candidates: candidates.map((each) => ({
      name: each.document.name,
      score: each.score,
      terms: each.terms(3),
    })),
  };
};
const text = fc
  .array(
    fc.oneof(
      fc.constantFrom(
        'list',
        'files',
        'pull requests',
        'and then',
        'ticket',
        'weather',
        'Repository',
        '"x y"',
        '/a/b.md',
      ),
      fc.string({ unit: 'binary', maxLength: 12 }),
    ),
    { maxLength: 12 },
  )
  .map((words) => words.join(' '));

describe('a route', () => {
  test.each(['read a file', 'please read file', 'reading the files'])(
    'finds the tools of all servers that do it before what only shares a word: %s',
    (query) => {
      const documents = [
        tool('disk', 'read_file', { description: 'Read the contents of a file from the file system' }),
        tool('disk', 'write_file', { description: 'Create a file, or overwrite an existing one' }),
        tool('disk', 'get_file_info', { description: 'Metadata about a file or directory' }),
        tool('remote', 'read_file', { description: 'Reads.' }),
        tool('drive', 'drive_read_file', { description: 'Read contents of a file that is shared' }),
        tool('drive', 'drive_read_sheet', { description: 'Read data from a spreadsheet' }),
        tool('graph', 'read_graph', { description: 'Read the entire knowledge graph' }),
        tool('notes', 'read_note', { description: 'Reads a note.' }),
      ];
      const names = over(documents)
        .route(query)
        .candidates.slice(0, 3)
        .map(({ document }) => document.name);
      expect(names.toSorted()).toEqual(['disk__read_file', 'drive__drive_read_file', 'remote__read_file']);
    },
  );

  test.each([
    ['directory listing', 'files__listDirectory'],
    ['read a file', 'files__read_file'],
    ['which pull request is open?', 'forge__list_pull_requests'],
    ['Where is this function used', 'forge__search_code'],
    ['find our tickets', 'desk__search'],
    ['latitude', 'sky__forecast'],
    ['a new repo, please: make a repository', 'forge__createRepository'],
    ['forcast', 'sky__forecast'],
    ['LIST_PULL_REQUESTS', 'forge__list_pull_requests'],
  ])('%s', (query, name) => {
    expect(router.route(query).candidates[0]?.document.name).toBe(name);
  });

  it('finds nothing where there is nothing', () => {
    for (const query of ['', 'the of and', '?!', '\u0000\u0007'])
      expect(router.route(query)).toMatchObject({
        candidates: [],
        servers: [],
        confidence: 0,
        decision: 'refuse',
      });
    expect(over([]).route('read a file')).toMatchObject({ candidates: [], decision: 'refuse' });
  });

  it('refuses what nobody there can do, and goes ahead with what somebody can', () => {
    expect(router.route('bake a chocolate cake').decision).toBe('refuse');
    expect(router.route('list the pull requests of the repository')).toMatchObject({
      decision: 'route',
      because: { measure: 'confidence' },
    });
  });

  it('is surer of what is there than of what is half there', () => {
    const sure = router.route('search code').confidence;
    expect(sure).toBeGreaterThan(router.route('search the moon for signs of ancient code').confidence);
  });

  it('finds what each clause asks for', () => {
    const { candidates, servers } = router.route(
      'Read the file notes.txt, and then tell me the weather of the next days',
    );
    expect(
      candidates
        .slice(0, 2)
        .map(({ document }) => document.name)
        .toSorted(),
    ).toEqual(['files__read_file', 'sky__forecast']);
    expect(
      servers
        .slice(0, 2)
        .map(({ server }) => server)
        .toSorted(),
    ).toEqual(['files', 'sky']);
  });

  it('is in order, in bounds and the same each time, whatever is asked', () => {
    fc.assert(
      fc.property(text, (query) => {
        const route = shown(router, query);
        const scores = route.candidates.map(({ score }) => score);
        expect(scores.every((score) => score > 0 && score <= 1)).toBe(true);
        expect(scores).toEqual(scores.toSorted((a, b) => b - a));
        expect(route.confidence >= 0 && route.confidence <= 1).toBe(true);
        expect(shown(over(DOCUMENTS), query)).toEqual(route);
      }),
      { numRuns: 25 },
    );
  });

  it('takes a text of a megabyte, and one made to be slow', () => {
    const size = 1_048_576;
    for (const unit of [
      'a',
      'a ',
      ' ',
      '"',
      "'a",
      '/',
      'a@',
      'a.',
      '-',
      'aB',
      '<',
      'and the ',
      'I am ',
      '\u6587',
      '\n',
      'my a,',
    ])
      expect(router.route(unit.repeat(size / unit.length)).candidates.length).toBeLessThanOrEqual(10);
  });

  it('shows only what may be seen, and its servers', () => {
    const isVisible = ({ server }: RouteDocument) => server === 'desk';
    const { candidates, servers } = router.route('search the code', { isVisible });
    expect(candidates.map(({ document }) => document.name)).toContain('desk__search');
    expect(candidates.every(({ document }) => isVisible(document))).toBe(true);
    expect(servers.map(({ server }) => server)).toEqual(['desk']);
    expect(router.route('search the code', { isVisible: () => false })).toMatchObject({
      candidates: [],
      servers: [],
      confidence: 0,
    });
  });

  it('gives as many as are wanted', () => {
    expect(router.route('search list read close', { limit: 2 }).candidates).toHaveLength(2);
  });
});

describe('an explanation', () => {
  it('names the words, where they stand, and their shares of the whole', () => {
    const [best] = router.route('list pull requests').candidates;
    const terms = best?.terms(100) ?? [];
    expect(terms.length).toBeGreaterThan(3);
    expect(terms.reduce((sum, { weight }) => sum + weight, 0)).toBeCloseTo(1, 6);
    expect(terms.map(({ weight }) => weight)).toEqual(
      terms.map(({ weight }) => weight).toSorted((a, b) => b - a),
    );
    expect(terms.slice(0, 6).map(({ term }) => term)).toContain('pull');
    expect(best?.terms(3)).toEqual(terms.slice(0, 3));
    expect(best?.terms(0)).toEqual([]);
  });

  it('stays true when other queries came and the catalogue changed in between', () => {
    const changing = over(DOCUMENTS);
    const [best] = changing.route('read a file').candidates;
    const before = over(DOCUMENTS).route('read a file').candidates[0]?.terms(3);
    changing.route('close the issue');
    changing.update(DOCUMENTS.slice(3));
    expect(best?.terms(3)).toEqual(before);
  });
});

describe('examples', () => {
  const query = 'play some jazz in the living room';

  it('of the operator lead to their tool', () => {
    const taught = over([...DOCUMENTS, tool('den', 'x1', { examples: [query] })]);
    expect(router.route(`please ${query}`).decision).toBe('refuse');
    const { candidates, decision } = taught.route(`please ${query}`);
    expect(candidates[0]?.document.name).toBe('den__x1');
    expect(decision).toBe('route');
    expect(taught.route('read a file').candidates[0]?.document.name).toBe('files__read_file');
  });

  it('that were learned count for the one route they are given to', () => {
    const learned = [{ query: 'ship it to the moon', tool: 'sky__forecast' }];
    const asked = 'ship this to the moon';
    expect(router.route(asked, { learned }).candidates[0]?.document.name).toBe('sky__forecast');
    expect(router.route(asked).candidates).toEqual(
      over(DOCUMENTS)
        .route(asked)
        .candidates.map(() => expect.anything()),
    );
    expect(router.route(asked).candidates[0]?.document.name).not.toBe('sky__forecast');
    expect(router.route(asked, { learned, isVisible: ({ server }) => server !== 'sky' }).candidates).toEqual(
      router
        .route(asked, { isVisible: ({ server }) => server !== 'sky' })
        .candidates.map(() => expect.anything()),
    );
  });
});

describe('what was confirmed', () => {
  const desks = over([
    ...DOCUMENTS,
    tool('mail', 'send_message', { description: 'Sends a message to a mailbox' }),
    tool('chat', 'send_message', { description: 'Sends a message to a channel' }),
    tool('chat', 'archive', { description: 'Puts a channel away' }),
  ]);
  const query = 'send a message about the launch to everybody';
  const near = 'send a message about our launch to the crew';
  const confirmed = (name: string) => [{ query, tool: name }];

  test.each(['mail__send_message', 'chat__send_message'])(
    'makes %s surer, for near words as well',
    (name) => {
      const learned = confirmed(name);
      for (const asked of [query, near]) {
        const before = desks.route(asked);
        const after = desks.route(asked, { learned });
        expect(after.candidates[0]?.document.name).toBe(name);
        expect(after.confidence).toBeGreaterThan(before.confidence);
        expect(after.decision).toBe('route');
      }
    },
  );

  it('never makes a route less sure, whatever was confirmed for what', () => {
    const names = fc.constantFrom(...DOCUMENTS.map(({ name }) => name));
    fc.assert(
      fc.property(text, text, names, (asked, taught, name) => {
        const learned = [{ query: taught, tool: name }];
        expect(router.route(asked, { learned }).confidence).toBeGreaterThanOrEqual(
          router.route(asked).confidence,
        );
      }),
      { numRuns: 50 },
    );
  });

  it('leaves other queries as they were', () => {
    const learned = confirmed('chat__send_message');
    const seen = (options: { learned?: typeof learned }) => {
      const { candidates, ...rest } = desks.route('read a file', options);
      return { ...rest, candidates: candidates.map(({ document, score }) => ({ document, score })) };
    };
    expect(seen({ learned })).toEqual(seen({}));
  });

  it('is told among what speaks for the tool', () => {
    const [best] = desks.route(query, { learned: confirmed('chat__send_message') }).candidates;
    expect(best?.terms(1)).toMatchObject([{ field: 'examples' }]);
  });
});

describe('how sure it is', () => {
  const house = over([
    ...DOCUMENTS,
    tool('forge', 'create_branch', { description: 'Create a new branch' }),
    tool('desk', 'create_ticket', { description: 'Create a new ticket' }),
    tool('desk', 'update_status', { description: 'Change the status of a ticket' }),
  ]);

  test.each([
    'Create a new one',
    'What is the status?',
    'Could you change that one for me?',
    'Show me the list',
  ])('is not sure where only words of any tool were found: %s', (query) => {
    expect(house.route(query).decision).not.toBe('route');
  });

  test.each(['Create a new branch', 'Change the status of the ticket', 'create a tickt'])(
    'is sure where a thing is named: %s',
    (query) => {
      expect(house.route(query).decision).toBe('route');
    },
  );

  it('is surer where somebody says that he wants it, and no surer of nothing', () => {
    for (const query of ['a list of branches', 'status of a ticket'])
      expect(house.route(`I want ${query}`).confidence).toBeGreaterThan(house.route(query).confidence);
    expect(house.route('please bake me a chocolate cake').decision).toBe('refuse');
  });

  it('is surer where it is named what is to be worked on', () => {
    const bare = house.route('status of a ticket').confidence;
    expect(house.route('status of a ticket 4711').confidence).toBeGreaterThan(bare);
  });

  it('asks rather than refuses where little but values is said', () => {
    expect(house.route('7, 31 and 12 upwards').decision).toBe('ask');
    expect(house.route('some of them upwards').decision).toBe('refuse');
  });

  it('asks where two tools that do different things fit alike', () => {
    const two = over([
      ...DOCUMENTS,
      tool('a', 'send_invoice', { description: 'By mail' }),
      tool('b', 'send_invoice', { description: 'By courier' }),
    ]);
    const one = over([...DOCUMENTS, tool('a', 'send_invoice', { description: 'By mail' })]);
    expect(one.route('send the invoice').decision).toBe('route');
    expect(two.route('send the invoice').decision).toBe('ask');
    expect(two.route('send the invoice by courier').decision).toBe('route');
  });
});

describe('short forms', () => {
  const house = over([
    ...DOCUMENTS,
    tool('base', 'query_database', { description: 'Runs a statement' }),
    tool('docs', 'get_config', { description: 'Reads a setting' }),
  ]);

  test.each([
    ['for each open PR', 'forge__list_pull_requests'],
    ['our PRs', 'forge__list_pull_requests'],
    ['make a repo', 'forge__createRepository'],
    ['ask the db', 'base__query_database'],
    ['what does the configuration say', 'docs__get_config'],
  ])('%s', (query, name) => {
    const { candidates, decision } = house.route(query);
    expect(candidates[0]?.document.name).toBe(name);
    expect(decision).not.toBe('refuse');
  });
});

describe('what a path says', () => {
  const house = over([
    ...DOCUMENTS,
    tool('files', 'write_file', { description: 'Puts text into a file' }),
    tool('slides', 'save_slides', { description: 'Saves the slides' }),
    tool('sheets', 'open_sheet', { description: 'Opens a spreadsheet' }),
  ]);

  test.each([
    ['sum up the talk and save it to /home/me/talk.md', 'files__write_file'],
    ['the result should be saved as "/home/me/talk.md", please', 'files__write_file'],
    ['what does /home/me/talk.md say', 'files__read_file'],
    ['have a look at /home/me/costs.xlsx', 'sheets__open_sheet'],
    ['have a look at costs.xlsx.', 'sheets__open_sheet'],
  ])('%s', (query, name) => {
    expect(house.route(query).candidates[0]?.document.name).toBe(name);
  });
});

describe('what a description says', () => {
  it('first counts for more than what it says later', () => {
    const { candidates } = over([
      tool('a', 'one', { description: 'Measures the width of a bridge. Needs no ladder at all.' }),
      tool('b', 'two', { description: 'Needs no bridge in order to work. Measures a ladder.' }),
    ]).route('ladder');
    expect(candidates[0]?.score).toBeGreaterThan(candidates[1]?.score ?? 0);
    const lone = (description: string) =>
      over([tool('a', 'one', { description }), ...DOCUMENTS]).route('ladder').candidates[0]?.score ?? 0;
    expect(lone('Puts a ladder at the wall. Is meant for red bricks.')).toBeGreaterThan(
      lone('Is meant for red bricks. Puts a ladder at the wall.'),
    );
  });

  it('in one word is found by two', () => {
    const { candidates } = over([
      ...DOCUMENTS,
      tool('a', 'drawLandscape', { description: 'A seascape or a mindmap' }),
      tool('a', 'drawPortrait', { description: 'A head or two' }),
    ]).route('mind map');
    expect(candidates[0]?.terms(10).map(({ term, field }) => `${field} ${term}`)).toContain(
      'description map',
    );
  });
});

describe('a catalogue that changes', () => {
  const words = fc.constantFrom('list', 'file', 'readPDF', 'code', 'issue', 'close', 'folder', 'weather');
  const said = (maxLength: number) => fc.array(words, { maxLength }).map((all) => all.join(' '));
  const catalogue = fc
    .uniqueArray(
      fc.record({
        server: fc.constantFrom('a', 'b', 'c', 'issue'),
        tool: fc.array(words, { minLength: 1, maxLength: 3 }).map((all) => all.join('_')),
        description: said(6),
        serverDescription: said(2),
        examples: fc.array(said(3), { maxLength: 2 }),
      }),
      { maxLength: 16, selector: (each) => `${each.server} ${each.tool}` },
    )
    .map((all) => all.map((each) => tool(each.server, each.tool, each)));

  it('is routed as one read afresh, whatever came and went', () => {
    const stages = fc.array(fc.tuple(catalogue, fc.nat(6)), { minLength: 1, maxLength: 5 });
    fc.assert(
      fc.property(stages, fc.array(words, { maxLength: 6 }), (all, query) => {
        const asked = query.join(' and then list ');
        const changing = createRouter(porterStem);
        let now: readonly RouteDocument[] = [];
        for (const [come, every] of all) {
          // Some stay, in another order; of equal names the new one stands.
          const kept = now.filter((_, at) => at % (every + 1) !== 0).toReversed();
          now = [...new Map([...kept, ...come].map((each) => [each.name, each])).values()];
          changing.update(now);
          expect(shown(changing, asked)).toEqual(shown(over(now), asked));
        }
      }),
      { numRuns: 25 },
    );
  });

  it('is read afresh when little is left of it', () => {
    const many = Array.from({ length: 1_200 }, (_, at) => tool(`s${String(at % 40)}`, `read_${String(at)}`));
    const changing = over([...many, ...DOCUMENTS]);
    changing.update(DOCUMENTS);
    changing.update([...DOCUMENTS, ...many.slice(0, 3)]);
    for (const query of ['read a file', 'read 2'])
      expect(shown(changing, query)).toEqual(shown(over([...DOCUMENTS, ...many.slice(0, 3)]), query));
  });

  it('forgets words that no tool has any longer', () => {
    const changing = createRouter(porterStem);
    for (let round = 0; round < 6; round += 1) {
      const description = Array.from({ length: 1_200 }, (_, at) => `w${String(round * 10_000 + at)}`).join(
        ' ',
      );
      changing.update([tool('a', 'b', { description }), ...DOCUMENTS]);
    }
    changing.update(DOCUMENTS);
    expect(shown(changing, 'read a file')).toEqual(shown(router, 'read a file'));
    expect(changing.route('w10').candidates).toEqual([]);
  });
});
