import { mkdirSync, mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createApp } from '../src/app.ts';
import { loadConfig } from '../src/config.ts';
import { EXIT } from '../src/surfaces/cli/failure.ts';
import { runCommand, type Ran } from './support/command.ts';
import { verifies } from './support/world.ts';

const DESK = resolve('examples/agents');

let folder: string;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'tutti-cli-agent-'));
});

afterEach(() => rmSync(folder, { recursive: true, force: true }));

const surroundings = () => ({
  cwd: folder,
  env: {
    PATH: process.env['PATH'],
    HOME: folder,
    XDG_DATA_HOME: join(folder, 'data'),
    XDG_CONFIG_HOME: folder,
  },
});

async function tutti(...args: readonly string[]): Promise<Ran> {
  return await runCommand(['agent', ...args], surroundings());
}

/** What `tutti doctor` finds of agents. */
async function doctor(...args: readonly string[]): Promise<unknown> {
  const { stdout } = await runCommand(['doctor', '--json', ...args], surroundings());
  const { findings } = JSON.parse(stdout) as { readonly findings: readonly { readonly code: string }[] };
  return findings.filter(({ code }) => code.startsWith('agents/'));
}

async function json(...args: readonly string[]): Promise<unknown> {
  const { stdout } = await tutti(...args, '--json');
  return JSON.parse(stdout) as unknown;
}

/** A configuration, named, that serves agents from a folder. */
function configured(dir: string): readonly string[] {
  const file = join(folder, 'named.jsonc');
  writeFileSync(file, JSON.stringify({ agents: { dir, default: 'SUPPORT_DESK' } }));
  return ['--config', file];
}

describe('tutti agent', () => {
  it('finds that the default agent is not there when it lints them all', async () => {
    const linted = await tutti('lint', ...configured(folder));
    expect(linted.status).toBe(EXIT.failed);
    expect(linted.stdout).toContain('SUPPORT_DESK/index.md:1 error index/missing There is no agent');
  });

  it('lists the built-in agent, and yours beside it', async () => {
    expect(await json('list')).toMatchObject({ agents: [{ name: 'agent', isDefault: true }] });
    expect(await json('list', ...configured(DESK))).toMatchObject({
      agents: [
        {
          name: 'SUPPORT_DESK',
          states: ['TRIAGE', 'DIAGNOSE', 'FIX', 'CONFIRM', 'ESCALATED'],
          isDefault: true,
        },
        { name: 'agent', isDefault: false },
      ],
    });
    expect((await tutti('list', ...configured(DESK))).stdout).toMatch(
      /^SUPPORT_DESK +5 +Takes one ticket.+default$/ms,
    );
  });

  verifies(['agent/M1'], 'shows states with their moves, guards, notes and tools', async () => {
    const { stdout } = await tutti('show', 'SUPPORT_DESK', ...configured(DESK));
    expect(stdout.replaceAll(/\s+/g, ' ')).toContain(
      '→ FIX when data.cause exists and data.approved == true (somebody on duty has agreed) → TRIAGE',
    );
    expect(stdout).toContain('tools: helpdesk__get_*');
    expect(stdout).not.toContain('House rules');
    expect((await tutti('show', 'SUPPORT_DESK', '--prompts', ...configured(DESK))).stdout).toContain(
      'House rules',
    );
    expect(await json('show', 'SUPPORT_DESK', ...configured(DESK))).toMatchObject({
      transitions: 'enforce',
      states: [
        {
          name: 'TRIAGE',
          transitions: [
            { to: 'DIAGNOSE', when: 'data.summary exists and data.severity != "outage"' },
            { to: 'ESCALATED' },
          ],
        },
        {},
        {},
        {},
        {},
      ],
    });
    expect((await tutti('show', 'agent')).stdout).toContain('ERROR can be reached from every state');
  });

  it('draws the guards on the ways', async () => {
    const { stdout } = await tutti('graph', 'SUPPORT_DESK', '--format', 'ascii', ...configured(DESK));
    expect(stdout).toContain('→ CONFIRM (data.evidence exists)');
    expect(stdout).not.toContain('ERROR');
    expect((await tutti('graph', 'agent', '--format', 'ascii')).stdout).toMatch(
      /ERROR can be reached from every state\n$/,
    );
    expect((await tutti('graph', 'agent')).stdout).toMatch(/^flowchart TD\n {2}s0\["IDLE"\]\n/);
    expect(await json('graph', 'agent', '--format', 'svg')).toMatchObject({
      agent: 'agent',
      graph: expect.stringMatching(/^<svg /),
    });
  });

  verifies(
    ['agent/M2'],
    'names what is wrong and what to write, and says so with its exit code',
    async () => {
      const agents = join(folder, 'agents');
      mkdirSync(join(agents, 'BROKEN'), { recursive: true });
      writeFileSync(join(agents, 'BROKEN', 'index.md'), '- [IDLE](idle.md)\n- [BUSY](busy.md)\n');
      const page = (to: string) => `# Description\n\nX.\n\n# Prompt\n\nX.\n\n# Transitions\n\n- ${to}\n`;
      writeFileSync(join(agents, 'BROKEN', 'idle.md'), page('BUSYY'));
      writeFileSync(join(agents, 'BROKEN', 'busy.md'), page('IDLE'));
      const found = await tutti('lint', 'BROKEN', ...configured(agents));
      expect(found.status).toBe(EXIT.failed);
      expect(found.stdout).toContain('BROKEN/idle.md:11 error transition/unknown-state');
      expect(found.stdout).toContain('fix: Did you mean "BUSY"?\n1 agent(s), 1 error(s), 0 warning(s)');
      expect(await json('lint', ...configured(agents))).toMatchObject({
        agents: [
          { agent: 'SUPPORT_DESK', valid: false, faults: [{ code: 'index/missing' }] },
          { agent: 'BROKEN', valid: false, faults: [{ code: 'transition/unknown-state', line: 11 }] },
          { agent: 'agent', valid: true, faults: [] },
        ],
      });
      expect((await tutti('list', ...configured(agents))).stdout).toContain(
        '1 fault(s): tutti agent lint BROKEN',
      );
      expect(await doctor(...configured(agents))).toMatchObject([
        { code: 'agents/read', found: '1 agent(s) can be used' },
        { code: 'agents/no-default', state: 'error', remedy: 'tutti agent new SUPPORT_DESK' },
        { code: 'agents/broken', state: 'warning', remedy: 'tutti agent lint BROKEN' },
      ]);
      expect((await tutti('show', 'BROKEN', ...configured(agents))).status).toBe(EXIT.notFound);
    },
  );

  verifies(['agent/M4'], 'writes one that lints clean, and replaces none', async () => {
    const { path } = (await json('new', 'MY_DESK')) as { readonly path: string };
    expect(path).toBe(join(folder, 'data', 'tutti', 'agents', 'MY_DESK'));
    expect(await json('lint', 'MY_DESK')).toEqual({
      agents: [{ agent: 'MY_DESK', valid: true, faults: [] }],
    });
    const index = join(path, 'index.md');
    writeFileSync(index, readFileSync(index, 'utf8').replace('enforce', 'warn'));
    expect(await json('new', 'my_desk')).toMatchObject({ error: { code: 'input/invalid-format' } });
    expect((await tutti('new', 'MY_DESK')).status).toBe(EXIT.usage);
    expect(readFileSync(index, 'utf8')).toContain('transitions: warn');
    expect((await tutti('new', 'agent')).status).toBe(EXIT.usage);
    expect((await tutti('new', '../OUT')).stderr).toContain('"../OUT" is no name. Use 1 to 64 characters');
    expect(readdirSync(join(folder, 'data', 'tutti', 'agents'))).toEqual(['MY_DESK']);
    expect((await tutti('new', 'my desk')).stdout).toContain('  tutti agent lint "my desk"\n');
    expect((await tutti('new', 'my $desk')).stdout).toContain("  tutti agent lint 'my $desk'\n");
    expect((await tutti('lint', 'my desk')).status).toBe(EXIT.ok);
  });
});

describe('tutti agent, in sessions', () => {
  it('lists, moves and upgrades sessions, and shows what was said and is known', async () => {
    const config = join(folder, 'sessions.jsonc');
    writeFileSync(config, JSON.stringify({ store: 'sqlite:./agent.db' }));
    const app = await createApp(loadConfig({ file: config, env: surroundings().env, cwd: folder }));
    const { sessions } = app.orchestrator;
    const { caller } = app;
    await sessions.say(caller, { role: 'user', content: 'Paint the fence.\u001b[31m' });
    await sessions.move(caller, { to: 'PLANNING', reason: 'it is a task' });
    await sessions.storeKnowledge(caller, {
      key: 'colour',
      value: 'Fences here are green.',
      tags: ['paint'],
    });
    for (let n = 0; n < 120; n += 1)
      await sessions.storeKnowledge(caller, { key: `fact-${n}`, value: n, space: 'user' });
    await sessions.storeKnowledge(caller, { key: 'a page', value: 'Open at nine.', isUntrusted: true });
    const { id } = await sessions.start(caller, {});
    await app.close();
    const inFolder = (...args: string[]) => [...args, '--config', config];

    expect(await json(...inFolder('sessions'))).toMatchObject({
      sessions: [{ agent: 'agent' }, { agent: 'agent' }],
    });
    expect((await tutti(...inFolder('sessions'))).stdout).toContain(id);
    const { stdout } = await tutti(...inFolder('transcript', '--moves'));
    expect(stdout).toContain('Paint the fence.');
    expect(stdout).not.toContain('\u001b[31m');
    expect(stdout).toContain('IDLE → PLANNING it is a task');
    expect(await json(...inFolder('transcript', '--session', id))).toEqual({ lines: [] });
    expect(await json(...inFolder('knowledge', 'green fence'))).toMatchObject({
      knowledge: [{ key: 'colour', namespace: 'session', tags: ['paint'] }],
    });
    expect((await tutti(...inFolder('knowledge'))).stdout).toContain('Fences here are green.');
    // Programs find under a key what they were given it for.
    expect(await json(...inFolder('knowledge', 'nine'))).toMatchObject({
      knowledge: [{ key: 'a page', value: 'Open at nine.', isUntrusted: true }],
    });
    const all = await json(...inFolder('knowledge', '--namespace', 'user', '--limit', '500'));
    expect(all).toMatchObject({ knowledge: { length: 120 } });
    const forget = ['forget', 'fact-7', '--namespace', 'user'];
    expect(await json(...inFolder(...forget))).toEqual({ key: 'fact-7', namespace: 'user', deleted: true });
    expect((await tutti(...inFolder(...forget))).stdout).toBe('Nothing was known under fact-7 in user.\n');
    const closed = await tutti(...inFolder('forget', 'k', '--namespace', 'shared'));
    expect(closed.stderr).toContain('agents.sharedKnowledge');
    expect(
      await json(...inFolder('move', 'reviewing', '--reason', 'somebody else did it', '--session', id)),
    ).toMatchObject({
      from: 'IDLE',
      to: 'REVIEWING',
      warning: expect.stringContaining('IDLE to REVIEWING'),
    });
    expect((await tutti(...inFolder('move', 'IDLE'))).status).toBe(EXIT.usage);
    const refused = async (...command: string[]) =>
      (await runCommand([...command, id, '--config', config], surroundings())).stderr;
    expect(await refused('instances', 'suspend')).toMatch(
      /Move it with `tutti agent move`, look at it with `tutti instances show`.+`tutti agent upgrade`, or delete/,
    );
    expect(await refused('instances', 'delete')).toContain('with `tutti instances delete --force`, or');
    expect((await tutti(...inFolder('move', 'NOWHERE', '--reason', 'x'))).stderr).toContain(
      'Valid states are: IDLE',
    );
    expect(await json(...inFolder('upgrade', '--session', id))).toEqual({
      session: id,
      agent: 'agent',
      state: 'REVIEWING',
    });
    expect((await tutti(...inFolder('transcript', '--session', 'nobody'))).stderr).toMatch(
      /^tutti: There is no session with this id\. `tutti agent sessions` lists .+leave --session out/,
    );
  });
});
