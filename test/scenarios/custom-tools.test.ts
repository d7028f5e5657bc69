import { existsSync } from 'node:fs';
import { appendFile, cp, mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, onTestFinished } from 'vitest';
import { createApp } from '../../src/app.ts';
import type { App } from '../../src/app.ts';
import { loadConfig } from '../../src/config.ts';
import { trust } from '../../src/config/trust.ts';
import { runCommand } from '../support/command.ts';
import { openWorld, verifies } from '../support/world.ts';

const promised = 'agent/custom-tools';

let root: string;
beforeAll(async () => {
  root = await mkdtemp(join(tmpdir(), 'tutti-custom-'));
});
afterAll(async () => await rm(root, { recursive: true, force: true }));

type Files = Readonly<Record<string, string>>;

/** A module with tools, each as the text of what is declared besides its description. */
function moduleOf(...tools: readonly string[]): string {
  const exported = tools.map(
    (text, at) =>
      `export const tool${at} = defineTool({ description: 'Shows something.', input: {}, ${text} });`,
  );
  return [`import { defineTool } from 'tutti';`, ...exported].join('\n');
}

async function write(dir: string, files: Files): Promise<void> {
  await mkdir(dir, { recursive: true });
  for (const [name, text] of Object.entries(files)) await writeFile(join(dir, name), text);
}

interface House {
  readonly dir: string;
  readonly app: App;
}

/** Tutti in this process, with a folder of modules and their host, which is a process of its own. */
async function open(name: string, files: Files, config: object = {}): Promise<House> {
  const dir = join(root, name);
  await write(join(dir, 'tools'), files);
  const file = join(dir, 'tutti.config.json');
  const written = { store: 'sqlite::memory:', ...config, tools: { dir: './tools', ...toolsOf(config) } };
  await writeFile(file, JSON.stringify(written));
  const folders = { config: join(dir, 'own'), data: join(dir, 'data') };
  const env = { PATH: process.env['PATH'] ?? '', CANARY: 'canary-of-ours' };
  const app = await createApp(loadConfig({ file, env, cwd: dir, folders, logLevel: 'error' }));
  onTestFinished(async () => await app.close());
  return { dir, app };
}

function toolsOf(config: object): object {
  return 'tools' in config ? (config.tools as object) : {};
}

/** Everything that is left out, by name. */
async function leftOut({ app }: House): Promise<Readonly<Record<string, string>>> {
  const { dropped } = await app.orchestrator.gateway.operator.testServer('tools');
  return Object.fromEntries(dropped.map(({ name, reason }) => [name, reason]));
}

async function names({ app }: House): Promise<readonly string[]> {
  const { tools } = await app.orchestrator.gateway.exposed(app.caller);
  return tools.items.map(({ name }) => String(name));
}

async function call({ app }: House, name: string, args: object = {}) {
  const { gateway } = app.orchestrator;
  const input = { name: `tools__${name}`, arguments: { ...args } };
  const outcome = await gateway.call(app.caller, input, { capabilities: {}, repeats: false });
  if (outcome.kind !== 'result') return { kind: outcome.kind };
  const { content, structuredContent, isError } = outcome.payload.value;
  const texts = (content as unknown as { text: string }[]).map(({ text }) => text);
  return { kind: outcome.kind, text: texts.join('\n'), structuredContent, isError: isError === true };
}

describe('custom tools', () => {
  verifies(promised, 'are seen, checked and called like tools of any other server', async () => {
    const house = await open(
      'plain',
      {
        'sums.ts': `
        import { defineTool } from 'tutti';
        console.log('printed while loading');
        export default defineTool({
          name: 'add', title: 'Add', description: 'Adds two numbers.', risk: 'read',
          input: { type: 'object', properties: { a: { type: 'number' }, b: { type: 'number' } }, required: ['a', 'b'] },
          output: { type: 'object', properties: { sum: { type: 'number' } }, required: ['sum'] },
          annotations: { idempotentHint: true },
          run({ a, b }: { a: number; b: number }, { log }) { console.log('{"jsonrpc":"2.0"'); log('adding'); return { sum: a + b }; },
        });`,
        'texts.mjs': moduleOf(
          `name: 'text', run: () => 'plain'`,
          `name: 'list', run: async () => [1, 2]`,
          `name: 'whole', run: () => ({ content: [{ type: 'text', text: 'as it is' }], isError: true })`,
          `name: 'nothing', run: () => {}`,
          `name: 'env', run: () => Object.keys(process.env).sort().join(' ') + JSON.stringify(process.env)`,
        ),
        'posts.mjs': `import { parentPort } from 'node:worker_threads'; parentPort.postMessage(null); parentPort.postMessage({ id: 1 });
        ${moduleOf(`name: 'posts', run: () => { parentPort.postMessage('x'); return 'posted'; }`)}`,
        'old.js': `const { defineTool } = require('tutti'); module.exports = defineTool({ name: 'old', description: 'Shows.', input: {}, run: () => 'old' });`,
        'types.d.ts': 'export const nothing: string;',
        '_shared.ts': `throw new Error('never loaded by itself');`,
        'sums.test.ts': `throw new Error('never loaded by itself');`,
        'notes.md': 'no module',
      },
      { tools: { env: { GIVEN: 'by the operator' } } },
    );
    expect(await leftOut(house)).toEqual({});
    expect(await names(house)).toEqual(
      ['add', 'env', 'list', 'nothing', 'old', 'posts', 'text', 'whole'].map((name) => `tools__${name}`),
    );
    const [add] = await house.app.orchestrator.gateway.describeTools(house.app.caller, ['tools__add']);
    expect(add).toMatchObject({
      server: 'tools',
      title: 'Add',
      risk: 'read',
      annotations: { idempotentHint: true, readOnlyHint: true },
      outputSchema: { required: ['sum'] },
    });
    expect(await call(house, 'add', { a: 1, b: 2 })).toEqual({
      kind: 'result',
      text: '{"sum":3}',
      structuredContent: { sum: 3 },
      isError: false,
    });
    await expect(call(house, 'add', { a: 'one', b: 2 })).rejects.toThrow('/a: expected number');
    expect(await call(house, 'text')).toMatchObject({ text: 'plain', structuredContent: undefined });
    expect(await call(house, 'list')).toMatchObject({
      text: '[1,2]',
      structuredContent: { result: [1, 2] },
    });
    expect(await call(house, 'whole')).toMatchObject({ text: 'as it is', isError: true });
    expect(await call(house, 'nothing')).toMatchObject({ text: '', isError: false });
    expect(await call(house, 'old')).toMatchObject({ text: 'old' });
    expect(await call(house, 'posts')).toMatchObject({ text: 'posted' });
    const env = (await call(house, 'env')).text ?? '';
    expect(env).toContain('GIVEN');
    expect(env).not.toMatch(/canary|CANARY|VITEST/);
    const logs = house.app.orchestrator.gateway.operator.serverLogs('tools');
    expect(logs).toEqual(expect.arrayContaining(['printed while loading', 'add: adding']));
    // One call that never reached a module is in the audit as well.
    const rows = await house.app.orchestrator.gateway.operator.auditTail({ limit: 50 });
    expect(rows.filter(({ fields }) => fields['tool'] === 'add').length).toBeGreaterThanOrEqual(2);
  });

  verifies(
    promised,
    'that cannot be loaded are left out with the reason, and their siblings work',
    async () => {
      const fine = `name: 'fine', run: () => 'fine'`;
      const house = await open(
        'broken',
        {
          'a-throws.ts': `throw new Error('no key is set');`,
          'd-exits.ts': `process.exit(3);`,
          'f-typo.ts': `export const = 1;`,
          'g-other.ts': `export const x = { name: 'x', run() {} };`,
          'h-first.ts': moduleOf(fine),
          'i-second.ts': moduleOf(
            `name: 'fine', run: () => 'not me'`,
            `name: 'also_fine', run: () => 'also'`,
          ),
          'j-parts.ts': moduleOf(
            `name: 'silent', description: '', run: () => 1`,
            `name: 'two__parts', run: () => 1`,
            `name: 'bell\\u0007', run: () => 1`,
            `name: 7, run: () => 1`,
            `name: 'no_run'`,
            `name: 'list_input', input: [], run: () => 1`,
            `name: 'text_input', input: { type: 'string' }, run: () => 1`,
            `name: 'odd_type', input: { properties: { a: { type: 'nubmer' } } }, run: () => 1`,
            `name: 'no_ref', input: { properties: { a: { $ref: '#/$defs/none' } } }, run: () => 1`,
            `name: 'bad_output', output: { type: 'array' }, run: () => 1`,
            `name: 'big', input: { default: 1n }, run: () => 1`,
            `name: 'risky', risk: 'none', run: () => 1`,
            `name: 'twice', run: () => 1`,
            `name: 'twice', run: () => 2`,
          ),
        },
        { tools: { connectMs: 60_000 } },
      );
      const reasons = await leftOut(house);
      expect(reasons).toEqual({
        'a-throws.ts': 'no key is set',
        'd-exits.ts': 'it ended itself with exit code 3',
        'f-typo.ts': expect.any(String),
        'g-other.ts': 'it exports nothing that defineTool made',
        'fine (i-second.ts)': 'h-first.ts has a tool of this name already',
        'silent (j-parts.ts)': expect.stringContaining('`description`'),
        'two__parts (j-parts.ts)': expect.stringContaining('"__"'),
        'bell (j-parts.ts)': expect.stringContaining('characters'),
        'a tool without a name (j-parts.ts)': 'its `name` is no text',
        'no_run (j-parts.ts)': 'its `run` is no function',
        'list_input (j-parts.ts)': expect.stringContaining('`input`'),
        'text_input (j-parts.ts)': expect.stringContaining('"type": "object"'),
        'odd_type (j-parts.ts)': expect.stringContaining('`input` cannot be used'),
        'no_ref (j-parts.ts)': expect.stringContaining('`input` cannot be used'),
        'bad_output (j-parts.ts)': expect.stringContaining('`output`'),
        'big (j-parts.ts)': expect.stringContaining('BigInt'),
        'risky (j-parts.ts)': expect.stringContaining('`risk`'),
        'twice (j-parts.ts)': expect.stringContaining('same module'),
      });
      expect(await names(house)).toEqual(['tools__also_fine', 'tools__fine', 'tools__twice']);
      expect(await call(house, 'fine')).toMatchObject({ text: 'fine' });
      expect(await call(house, 'also_fine')).toMatchObject({ text: 'also' });
      const logs = house.app.orchestrator.gateway.operator.serverLogs('tools').join('\n');
      expect(logs).toContain('a-throws.ts is left out: no key is set');
    },
  );

  verifies(
    promised,
    'that are never done loading are left out in time, and their siblings work',
    async () => {
      const house = await open(
        'endless',
        {
          'a-hangs.mjs': `await new Promise(() => {});`,
          'b-loops.js': `for (;;);`,
          'c-eats.ts': `const all = []; for (;;) all.push(new Array(1_000_000).fill({}));`,
          'd-fine.ts': moduleOf(`name: 'fine', run: () => 'fine'`),
        },
        { tools: { connectMs: 15_000 } },
      );
      expect(await leftOut(house)).toEqual({
        'a-hangs.mjs': 'it was not loaded within 3000 ms',
        'b-loops.js': 'it was not loaded within 3000 ms',
        // Whichever comes first on a busy machine.
        'c-eats.ts': expect.stringMatching(/memory|3000 ms/),
      });
      expect(await call(house, 'fine')).toMatchObject({ text: 'fine' });
    },
  );

  verifies(promised, 'that fail in a call fail alone, and work again', async () => {
    const house = await open(
      'failing',
      {
        'bad.ts': moduleOf(
          `name: 'throws', run: () => { throw new Error('the shop is closed'); }`,
          `name: 'throws_odd', run: () => { throw { toString() { throw 1; } }; }`,
          `name: 'exits', run: () => process.exit(4)`,
          `name: 'strays', run: () => { setImmediate(() => { throw new Error('astray'); }); return new Promise(() => {}); }`,
          `name: 'eats', run: () => { const all = []; for (;;) all.push(new Array(1_000_000).fill({})); }`,
          `name: 'loops', run: () => { for (;;); }`,
          `name: 'goes', run: () => process.kill(process.pid, 'SIGKILL')`,
          `name: 'works', run: () => 'works'`,
        ),
        'odd.ts': moduleOf(
          `name: 'big', run: () => 1n`,
          `name: 'circle', run: () => { const a = {}; a.a = a; return a; }`,
          `name: 'symbol', run: () => Symbol('x')`,
          `name: 'large', run: () => 'x'.repeat(10_000_000)`,
          `name: 'too_large', run: () => 'x'.repeat(20_000_000)`,
          `name: 'sibling', run: () => 'here'`,
        ),
      },
      { tools: { tools: { loops: { timeoutMs: 500 } } } },
    );
    expect(await call(house, 'throws')).toMatchObject({ text: 'the shop is closed', isError: true });
    expect(await call(house, 'throws_odd')).toMatchObject({ isError: true });
    for (const [name, reason] of [
      ['exits', 'exit code 4'],
      ['strays', 'astray'],
      ['eats', 'memory'],
    ] as const) {
      const failed = await call(house, name);
      expect(failed).toMatchObject({ text: expect.stringContaining(reason), isError: true });
      expect(await call(house, 'works')).toMatchObject({ text: 'works' });
    }
    await expect(call(house, 'goes')).rejects.toMatchObject({ code: 'downstream/unavailable' });
    expect(await call(house, 'works')).toMatchObject({ text: 'works' });
    const looping = call(house, 'loops');
    await Promise.all([
      expect(looping).rejects.toMatchObject({ code: 'downstream/timeout' }),
      call(house, 'sibling').then((answer) => expect(answer).toMatchObject({ text: 'here' })),
    ]);
    expect(await call(house, 'works')).toMatchObject({ text: 'works' });
    for (const name of ['big', 'circle', 'symbol']) {
      const odd = await call(house, name);
      expect(odd).toMatchObject({ text: expect.stringContaining('JSON cannot hold'), isError: true });
    }
    expect(await call(house, 'large')).toEqual({ kind: 'stored' });
    await expect(call(house, 'too_large')).rejects.toMatchObject({ code: 'downstream/result-too-large' });
    expect(await call(house, 'sibling')).toMatchObject({ text: 'here' });
  });

  verifies(promised, 'hear that they are cancelled, and are not restarted when they yield', async () => {
    const house = await open(
      'cancelled',
      {
        'slow.ts': `import { defineTool } from 'tutti';
        let aborted = 0;
        export const wait = defineTool({ name: 'wait', description: 'Shows.', input: {}, run: (_, { signal }) =>
          new Promise((done) => signal.addEventListener('abort', () => { aborted += 1; })) });
        export const count = defineTool({ name: 'count', description: 'Shows.', input: {}, run: () => String(aborted) });`,
      },
      { tools: { tools: { wait: { timeoutMs: 300 } } } },
    );
    await expect(call(house, 'wait')).rejects.toMatchObject({ code: 'downstream/timeout' });
    expect(await call(house, 'count')).toMatchObject({ text: '1' });
  });

  verifies(promised, 'stand under the policy, budgets and approvals of every other tool', async () => {
    const house = await open(
      'policy',
      {
        'acts.ts': moduleOf(
          `name: 'wreck', risk: 'destructive', run: () => 'done'`,
          `name: 'paid', run: () => 'done'`,
          `name: 'hidden', run: () => 'done'`,
          `name: 'ruled', run: () => 'done'`,
        ),
      },
      {
        tools: {
          tools: { hidden: { enabled: false } },
          budget: { calls: 1, per: 'day' },
        },
        policy: { rules: [{ when: "tool == 'ruled'", effect: 'deny', reason: 'not today' }] },
      },
    );
    expect(await call(house, 'wreck')).toEqual({ kind: 'approval' });
    await expect(call(house, 'ruled')).rejects.toThrow('not today');
    await expect(call(house, 'hidden')).rejects.toMatchObject({ code: 'tool/not-found' });
    expect(await call(house, 'paid')).toMatchObject({ text: 'done' });
    await expect(call(house, 'paid')).rejects.toMatchObject({ code: 'budget/spent' });
  });

  verifies(promised, 'are loaded anew when their folder changes', async () => {
    const house = await open('changing', { 'one.ts': moduleOf(`name: 'one', run: () => 'before'`) });
    expect(await call(house, 'one')).toMatchObject({ text: 'before' });
    await write(join(house.dir, 'tools'), {
      'one.ts': moduleOf(`name: 'one', run: () => 'after'`),
      'two.ts': moduleOf(`name: 'two', run: () => 'new'`),
    });
    await expect.poll(async () => await names(house)).toEqual(['tools__one', 'tools__two']);
    expect(await call(house, 'one')).toMatchObject({ text: 'after' });
    expect(await call(house, 'two')).toMatchObject({ text: 'new' });
    // What callers see of it is pinned, as with every server.
    const other = moduleOf(`name: 'one', description: 'Shows something else.', run: () => 'other'`);
    await write(join(house.dir, 'tools'), { 'one.ts': other });
    await expect.poll(async () => await names(house)).toEqual(['tools__two']);
    await expect(call(house, 'one')).rejects.toMatchObject({ code: 'tool/changed' });
    await house.app.orchestrator.gateway.operator.approvePins('tools', 'test');
    expect(await call(house, 'one')).toMatchObject({ text: 'other' });
  });
});

describe('custom tools of a folder that was come across', () => {
  verifies(
    [promised, 'trust/30-launch'],
    'run nothing before it is trusted, and wait to be looked at then',
    async () => {
      const dir = join(root, 'stranger');
      const ran = join(dir, 'ran');
      const code = `import { writeFileSync } from 'node:fs'; writeFileSync(${JSON.stringify(ran)}, '');\n`;
      await write(join(dir, 'tools'), { 'evil.ts': code + moduleOf(`name: 'evil', run: () => 'evil'`) });
      const file = join(dir, 'tutti.config.json');
      await writeFile(file, JSON.stringify({ store: 'sqlite::memory:', tools: { dir: './tools' } }));
      const data = join(root, 'stranger-data');
      const load = () =>
        loadConfig({ cwd: dir, env: {}, folders: { config: join(dir, 'own'), data }, logLevel: 'error' });

      const config = load();
      expect(config.warnings).toEqual([expect.stringContaining('tools and store is held')]);
      const app = await createApp(config);
      onTestFinished(async () => await app.close());
      expect(await app.orchestrator.gateway.listServers(app.caller)).toMatchObject([
        { name: 'tools', status: 'held', tools: 0 },
      ]);
      await expect(call({ dir, app }, 'evil')).rejects.toThrow();
      expect(existsSync(ran)).toBe(false);

      trust(file, undefined, data);
      const trusted = await createApp(load());
      onTestFinished(async () => await trusted.close());
      const { gateway } = trusted.orchestrator;
      await gateway.operator.approvePins('tools', 'test');
      const { held } = await gateway.operator.testServer('tools');
      expect(held).toMatchObject([{ kind: 'tool', name: 'evil', reason: 'new' }]);
      await appendFile(file, '\n');
      expect(load().gateway.servers).toEqual([]);
    },
  );
});

describe('custom tools as they are shipped', () => {
  const example = 'examples/custom-tool';

  verifies(promised, 'are found in the folder of the user, without a configuration', async () => {
    const world = await openWorld({ medium: 'stdio', era: '2026-07-28', toolsets: ['gateway'] });
    onTestFinished(async () => await world.close());
    expect(JSON.parse((await world.run('servers', 'list', '--json')).stdout)).toEqual({ servers: [] });
    await cp(join(example, 'tools'), join(world.dir, 'share', 'tutti', 'tools'), { recursive: true });
    await world.restart();
    const called = await world.call('call_tool', {
      name: 'tools__count_working_days',
      arguments: { from: '2026-11-16', to: '2026-11-27' },
    });
    expect(called).toMatchObject({ isError: false, body: { days: 10 } });
    await write(join(world.dir, 'share', 'tutti', 'tools'), { 'broken.ts': `throw new Error('no key');` });
    expect((await world.run('servers', 'logs', 'tools')).stdout).toContain('broken.ts is left out: no key');
    expect(JSON.parse((await world.run('doctor', '--json')).stdout)).toMatchObject({
      findings: expect.arrayContaining([
        {
          code: 'servers/left-out',
          state: 'warning',
          found: 'tools: broken.ts is left out: no key',
          remedy: 'tutti servers test tools',
        },
      ]) as unknown,
    });
    const { stdout } = await world.run('servers', 'list', '--json');
    expect(JSON.parse(stdout)).toMatchObject({
      servers: [{ name: 'tools', tools: 2, description: 'tools of your own' }],
    });
  });

  verifies(promised, 'are shown by an example that works as its page says', async () => {
    const page = await readFile(join(example, 'README.md'), 'utf8');
    const lines = [...page.matchAll(/^npx tutti --config tutti\.config\.jsonc (.+)$/gm)].map(
      ([, line = '']) => line,
    );
    const env = {
      HOME: root,
      XDG_DATA_HOME: join(root, 'example'),
      PATH: process.env['PATH'] ?? '',
      TUTTI_STORE: 'sqlite::memory:',
    };
    const said: string[] = [];
    for (const line of lines) {
      const args = ['--config', 'tutti.config.jsonc', ...line.split(' ')];
      const { status, stdout, stderr } = await runCommand(args, { cwd: example, env });
      expect({ status, stderr }).toMatchObject({ status: 0 });
      said.push(stdout.trim());
    }
    expect(said).toEqual([expect.stringMatching(/^tools +ready +2 /m), '{"days":10}', '2026-11-23']);
    expect(page).toContain('prints `{"days":10}`, the third one `2026-11-23`');
  });
});
