import { execFile } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { promisify } from 'node:util';
import { Client as OldClient } from '@modelcontextprotocol/sdk/client/index.js';
import { StdioClientTransport as OldStdio } from '@modelcontextprotocol/sdk/client/stdio.js';
import { StreamableHTTPClientTransport as OldHttp } from '@modelcontextprotocol/sdk/client/streamableHttp.js';
import { Client, StreamableHTTPClientTransport } from '@modelcontextprotocol/client';
import { StdioClientTransport } from '@modelcontextprotocol/client/stdio';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { build } from './support/workflows.ts';
import { startHttp } from './support/http-process.ts';
import { MAIN } from './support/world.ts';

const INSPECTOR = resolve('node_modules/.bin/mcp-inspector');

let dir: string;
let env: Record<string, string>;
let http: Awaited<ReturnType<typeof startHttp>>;
beforeAll(async () => {
  dir = mkdtempSync(join(tmpdir(), 'tutti-interop-'));
  for (const [path, text] of Object.entries(build)) {
    const file = join(dir, 'workflows', 'BUILD', path);
    mkdirSync(dirname(file), { recursive: true });
    writeFileSync(file, text);
  }
  env = {
    PATH: process.env['PATH'] ?? '',
    NODE_COMPILE_CACHE: process.env['NODE_COMPILE_CACHE'] ?? '',
    HOME: dir,
    WORKFLOW_DEFINITIONS_DIR: join(dir, 'workflows'),
    TUTTI_STORE: `sqlite:${join(dir, 'tutti.db')}`,
    LOG_LEVEL: 'error',
  };
  http = await startHttp({ env, args: [MAIN, 'serve', '--http', '--port', '0'] });
});
afterAll(() => {
  http.child.kill('SIGKILL');
  rmSync(dir, { recursive: true, force: true });
});

type CallTool = (call: { name: string; arguments: Record<string, unknown> }) => Promise<unknown>;

/** Start to FINISH, as any client would. */
async function conduct(callTool: CallTool): Promise<readonly string[]> {
  const call = async (name: string, args: Record<string, unknown>) => {
    const { structuredContent } = (await callTool({ name, arguments: args })) as {
      structuredContent: Record<string, never>;
    };
    return structuredContent;
  };
  let directive = await call('start_workflow', { workflow_name: 'BUILD' });
  const seen: string[] = [];
  while (seen.at(-1) !== 'FINISH') {
    seen.push((directive['next_step'] as unknown as { step_name: string }).step_name);
    directive = await call('advance_workflow', {
      instance_id: directive['instance_id'],
      report: { status: 'success' },
    });
  }
  return seen;
}

/** A configuration that names the store: clients hand little of their environment on. */
function example(): string {
  const file = join(dir, 'example.json');
  writeFileSync(file, JSON.stringify({ store: 'sqlite:./example.db' }));
  return file;
}

const WAY = ['Write the code', 'Run the tests', 'Commit', 'FINISH'];
const command = () => ({ command: process.execPath, args: [MAIN, 'serve', '--stdio'], env });

describe('clients of both SDK generations', () => {
  it('v1 over stdio', async () => {
    const client = new OldClient({ name: 'v1', version: '1' });
    await client.connect(new OldStdio(command()));
    expect(await conduct(async (call) => await client.callTool(call))).toEqual(WAY);
    await client.close();
  });

  it('v1 over HTTP', async () => {
    const client = new OldClient({ name: 'v1', version: '1' });
    await client.connect(new OldHttp(new URL(http.url)) as never);
    expect(await conduct(async (call) => await client.callTool(call))).toEqual(WAY);
    await client.close();
  });

  it('v2, choosing the era itself, over stdio and HTTP', async () => {
    for (const transport of [
      new StdioClientTransport(command()),
      new StreamableHTTPClientTransport(new URL(http.url)),
    ]) {
      const client = new Client({ name: 'v2', version: '1' }, { versionNegotiation: { mode: 'auto' } });
      await client.connect(transport);
      expect(await conduct(async (call) => await client.callTool(call))).toEqual(WAY);
      await client.close();
    }
  });
});

describe('the Inspector', () => {
  const inspect = async (...args: string[]) => {
    const { stdout } = await promisify(execFile)(
      process.execPath,
      [INSPECTOR, '--cli', '--format', 'json', ...args],
      { env: { ...process.env, ...env } },
    );
    return stdout;
  };

  const LIST = ['--method', 'tools/list'];
  const CALL = ['--method', 'tools/call', '--tool-name', 'list_workflows', '--tool-args-json', '{}'];

  it.each([
    ['legacy', CALL, 'BUILD'],
    ['modern', LIST, 'start_workflow'],
    ['modern', CALL, 'BUILD'],
  ])('is answered over HTTP, %s: %j', async (era, asked, answer) => {
    const target = ['--server-url', http.url, '--transport', 'http', '--protocol-era', era];
    expect(await inspect(...target, ...asked)).toContain(answer);
  });

  it('is answered over stdio', async () => {
    const variables = Object.entries(env).flatMap(([name, value]) => ['-e', `${name}=${value}`]);
    expect(await inspect(...CALL, ...variables, process.execPath, MAIN, 'serve', '--stdio')).toContain(
      'BUILD',
    );
  });
});

describe('an agent', () => {
  /** The calls of the published client, one after the other, in the session that needs no id. */
  it('plays the published task with a v1 client', async () => {
    const client = new OldClient({ name: 'v1', version: '1' });
    await client.connect(new OldStdio(command()));
    const call = async (name: string, args: Record<string, unknown> = {}): Promise<string> => {
      const { content, isError } = (await client.callTool({ name, arguments: args })) as {
        content: { text: string }[];
        isError?: boolean;
      };
      expect({ name, isError: isError ?? false }).toEqual({ name, isError: false });
      return content[0]?.text ?? '';
    };
    const task = 'Make a content calendar for a month.';
    expect(await call('get_current_state')).toBe('IDLE');
    await call('add_user_message', { message: task });
    expect(await call('transition_state', { new_state: 'PLANNING' })).toBe(
      'Transitioned from IDLE to PLANNING',
    );
    await call('store_task_data', { key: 'task_description', value: task });
    const planning = await client.getPrompt({
      name: 'planning_prompt',
      arguments: { task_description: task },
    });
    expect(JSON.stringify(planning.messages)).toContain(task);
    await call('add_assistant_message', { message: 'First the audience, then the topics.' });
    await call('store_task_data', { key: 'research_topic', value: 'the audience' });
    await call('transition_state', { new_state: 'RESEARCHING' });
    const { contents } = await client.readResource({ uri: 'state://researching/prompt' });
    expect(JSON.stringify(contents)).toContain('the audience');
    await call('store_knowledge', { key: 'audience', value: 'people who bake' });
    await call('add_assistant_message', { message: 'They are people who bake.' });
    await call('store_task_data', { key: 'action_plan', value: 'Write four posts.' });
    await call('transition_state', { new_state: 'EXECUTING' });
    await call('add_assistant_message', { message: 'Four posts are written.' });
    await call('transition_state', { new_state: 'REVIEWING' });
    await call('add_system_message', { message: 'One source is missing.' });
    await call('transition_state', { new_state: 'RESEARCHING' });
    expect(await call('get_knowledge', { key: 'audience' })).toBe('people who bake');
    expect(JSON.parse(await call('list_knowledge_keys'))).toEqual(['audience']);
    expect(await call('transition_state', { new_state: 'IDLE' })).toBe(
      'Transitioned from RESEARCHING to IDLE',
    );
    expect(JSON.parse(await call('list_task_data_keys'))).toEqual([
      'task_description',
      'research_topic',
      'action_plan',
    ]);
    const history = JSON.parse(await call('get_conversation_history', { max_messages: 100 })) as object[];
    expect(Object.groupBy(history as { role: string }[], ({ role }) => role)).toMatchObject({
      user: { length: 1 },
      assistant: { length: 3 },
      system: { length: 1 },
    });
    await client.close();
  });

  it.each(['1', '2'])(
    'is played to its end by the example client, with version %s of the SDK',
    async (version) => {
      const { stdout } = await promisify(execFile)(
        process.execPath,
        [
          resolve('examples/agent-client.ts'),
          process.execPath,
          MAIN,
          'serve',
          '--stdio',
          '--config',
          example(),
        ],
        { env: { ...process.env, ...env, MCP_SDK: version } },
      );
      expect(stdout).toContain('Now in IDLE.');
      expect(stdout).toContain('Messages: user 1, assistant 4, system 1');
    },
  );
});
