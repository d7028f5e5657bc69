import { describe, expect, it } from 'vitest';
import { memoryDefinitions } from '../../adapters/definitions/memory.ts';
import type { WorkflowFiles } from '../../adapters/definitions/memory.ts';
import { sha256 } from '../../adapters/digest/sha256.ts';
import { parseMarkdown } from '../../adapters/markdown/mdast.ts';
import { TuttiError } from '../kernel/errors.ts';
import type { Definitions } from '../ports/definitions.ts';
import type { CompileGuidance } from './guidance/guidance.ts';
import { createLibrary } from './library.ts';
import type { Library } from './library.ts';

const compile: CompileGuidance = () => ({
  rules: [],
  outcomes: [{ id: 'finish', when: '', to: { kind: 'finish' } }],
  expects: [],
  namesTarget: true,
  faults: [],
});

const step = (instructions: string): string =>
  `# Orchestrator Guidance\n\nGo.\n\n# Client Instructions\n\n${instructions}\n`;
const good = (instructions = 'Do it.'): Record<string, string> => ({
  'index.md': '- [One](one.md)\n',
  'one.md': step(instructions),
});

interface Opened {
  readonly library: Library;
  readonly workflows: WorkflowFiles;
  /** Calls of the port, as `read W one.md`. */
  readonly calls: string[];
}

function open(workflows: WorkflowFiles, changes: Partial<Definitions> = {}): Opened {
  const calls: string[] = [];
  const memory = { ...memoryDefinitions(workflows), ...changes };
  const definitions: Definitions = {
    ...memory,
    stamp: async (name) => {
      calls.push(`stamp ${name}`);
      return await memory.stamp(name);
    },
    read: async (name, path) => {
      calls.push(`read ${name} ${path}`);
      return await memory.read(name, path);
    },
  };
  return {
    library: createLibrary({ definitions, parse: parseMarkdown, compile, digest: sha256 }),
    workflows,
    calls,
  };
}

const instructionsOf = async (library: Library, name: string): Promise<string | undefined> =>
  (await library.get(name))?.workflow?.steps[0]?.instructions;

describe('library', () => {
  it('reads a workflow once, and again when it changed', async () => {
    const { library, workflows, calls } = open({ W: good() });
    const first = await library.get('W');
    expect(first?.workflow).toMatchObject({ name: 'W', steps: [{ name: 'One', instructions: 'Do it.' }] });
    expect(await library.get('W')).toBe(first);
    expect(calls.filter((call) => call.startsWith('read'))).toEqual(['read W index.md', 'read W one.md']);
    workflows['W'] = good('Changed.');
    expect(await instructionsOf(library, 'W')).toBe('Changed.');
    delete workflows['W'];
    expect(await library.get('W')).toBeUndefined();
    workflows['W'] = good('Back.');
    expect(await instructionsOf(library, 'W')).toBe('Back.');
  });

  it('shares one reading among those who ask at once', async () => {
    const { library, calls } = open({ W: good() });
    const found = await Promise.all(Array.from({ length: 50 }, async () => await library.get('W')));
    expect(new Set(found).size).toBe(1);
    expect(calls.filter((call) => call.startsWith('read'))).toHaveLength(2);
  });

  it('lists broken workflows, and lets them harm no other', async () => {
    const { library } = open({ BAD: { 'index.md': '# nothing' }, GOOD: good() });
    expect(await library.names()).toEqual(['BAD', 'GOOD']);
    expect(await library.get('BAD')).toMatchObject({
      faults: [{ code: 'index/no-steps', file: 'index.md', line: 1 }],
    });
    expect((await library.startable('GOOD')).name).toBe('GOOD');
    await expect(library.startable('BAD')).rejects.toMatchObject({
      code: 'definition/not-found',
      message: expect.stringContaining('index.md:1') as string,
      data: { faults: [{ code: 'index/no-steps' }] },
    });
  });

  it('asks the medium for no name that is none', async () => {
    const { library, calls } = open({ W: good() });
    for (const name of ['', '../outside', '/etc', 'a/b', 'W\0', '.hidden', 'x'.repeat(65), 'C:\\W', '..']) {
      expect(await library.get(name)).toBeUndefined();
      await expect(library.startable(name)).rejects.toMatchObject({ code: 'definition/not-found' });
    }
    expect(calls).toEqual([]);
    await expect(library.startable('NONE')).rejects.toMatchObject({ code: 'definition/not-found' });
    await expect(library.startable('__proto__')).rejects.toMatchObject({ code: 'definition/not-found' });
  });

  it('says that the medium failed, and reads again once it is well', async () => {
    const state = { fails: true };
    const memory = memoryDefinitions({ W: good() });
    const { library } = open(
      {},
      {
        list: async () => (state.fails ? await Promise.reject(new Error('EIO')) : await memory.list()),
        stamp: async (name) => await memory.stamp(name),
        read: async (name, path) =>
          state.fails ? await Promise.reject(new Error('EIO')) : await memory.read(name, path),
      },
    );
    await expect(library.names()).rejects.toMatchObject({ code: 'definition/service-error' });
    await expect(library.get('W')).rejects.toMatchObject({
      code: 'definition/service-error',
      cause: { message: 'EIO' },
    });
    await expect(library.startable('W')).rejects.toBeInstanceOf(TuttiError);
    state.fails = false;
    expect(await instructionsOf(library, 'W')).toBe('Do it.');
  });

  it('mixes no two versions of a workflow that changes while it is read', async () => {
    const workflows: WorkflowFiles = { W: { 'index.md': '- [Old](one.md)\n', 'one.md': step('old') } };
    const memory = memoryDefinitions(workflows);
    let reads = 0;
    const { library } = open(workflows, {
      stamp: async (name) => await memory.stamp(name),
      read: async (name, path) => {
        const text = await memory.read(name, path);
        reads += 1;
        if (reads === 1) workflows['W'] = { 'index.md': '- [New](one.md)\n', 'one.md': step('new') };
        return text;
      },
    });
    expect((await library.get('W'))?.workflow?.steps).toMatchObject([{ name: 'New', instructions: 'new' }]);
  });

  it('gives up on a workflow that never stands still, without trusting what it read', async () => {
    let stamps = 0;
    const { library, calls } = open(
      { W: good() },
      { stamp: async () => await Promise.resolve(`${(stamps += 1)}`) },
    );
    expect(await instructionsOf(library, 'W')).toBe('Do it.');
    expect(calls.filter((call) => call === 'read W index.md')).toHaveLength(3);
    await library.get('W');
    expect(calls.filter((call) => call === 'read W index.md')).toHaveLength(6);
  });
});

describe('pinned definitions', () => {
  const never = async (): Promise<undefined> => await Promise.reject(new Error('not to be loaded'));

  it('are at hand while they are the newest, and are rebuilt from stored files later', async () => {
    const { library, workflows } = open({ W: good('old') });
    const old = await library.startable('W');
    expect(await library.pinned('W', old.hash, never)).toBe(old);
    workflows['W'] = good('new');
    await library.startable('W');
    const fresh = open({}).library;
    expect(await fresh.pinned('W', old.hash, async () => await Promise.resolve(old.files))).toEqual(old);
    expect(await fresh.pinned('W', old.hash, never)).toEqual(old);
  });

  it('are loaded once for those who ask at once', async () => {
    const old = await open({ W: good() }).library.startable('W');
    const { library } = open({});
    let loads = 0;
    const load = async (): Promise<Record<string, string>> => {
      loads += 1;
      return await Promise.resolve({ ...old.files });
    };
    await Promise.all(Array.from({ length: 20 }, async () => await library.pinned('W', old.hash, load)));
    expect(loads).toBe(1);
  });

  it('are refused when gone, altered or no longer valid, and loaded anew after that', async () => {
    const old = await open({ W: good() }).library.startable('W');
    const { library } = open({});
    const load = (files: Readonly<Record<string, string>> | undefined) => async () =>
      await Promise.resolve(files);
    const unavailable = { code: 'definition/unavailable' };
    await expect(library.pinned('W', old.hash, load(undefined))).rejects.toMatchObject(unavailable);
    await expect(
      library.pinned('W', old.hash, load({ ...old.files, 'one.md': step('evil') })),
    ).rejects.toMatchObject(unavailable);
    await expect(library.pinned('V', old.hash, load(old.files))).rejects.toMatchObject(unavailable);
    const broken = { 'index.md': '# nothing' };
    const hash = sha256('{"files":{"index.md":"# nothing"},"name":"W"}');
    await expect(library.pinned('W', hash, load(broken))).rejects.toMatchObject({
      ...unavailable,
      data: { faults: [{ code: 'index/no-steps' }] },
    });
    const failing = async (): Promise<never> =>
      await Promise.reject(new TuttiError('store/unavailable', 'locked'));
    await expect(library.pinned('W', old.hash, failing)).rejects.toMatchObject({ code: 'store/unavailable' });
    expect(await library.pinned('W', old.hash, load(old.files))).toEqual(old);
  });

  it('are given up, the least recently used first', async () => {
    const { library } = open({});
    const versions = await Promise.all(
      Array.from(
        { length: 257 },
        async (_each, at) => await open({ W: good(`version ${at}`) }).library.startable('W'),
      ),
    );
    const [first, second] = versions;
    if (!first || !second) throw new Error('no versions');
    for (const version of versions.slice(0, 256))
      await library.pinned('W', version.hash, async () => await Promise.resolve(version.files));
    await library.pinned('W', first.hash, never);
    const last = versions[256];
    await library.pinned('W', last?.hash ?? '', async () => await Promise.resolve(last?.files));
    await library.pinned('W', first.hash, never);
    await expect(library.pinned('W', second.hash, never)).rejects.toThrow('not to be loaded');
  });
});
