import { cp, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createApp } from '../src/app.ts';
import type { App } from '../src/app.ts';
import { folderDefinitions } from '../src/adapters/definitions/folder.ts';
import { sha256 } from '../src/adapters/digest/sha256.ts';
import { parseMarkdown } from '../src/adapters/markdown/mdast.ts';
import { loadConfig } from '../src/config.ts';
import type { JsonObject } from '../src/core/kernel/json.ts';
import type { Agent } from '../src/core/session/agent.ts';
import { agentFaultTable } from '../src/core/session/agent-faults.ts';
import { createAgents } from '../src/core/session/agents.ts';
import { allowsTool } from '../src/core/session/tool-patterns.ts';
import { findState, openMoves } from '../src/core/session/transitions.ts';
import { faultTable } from '../src/core/workflow/definition/faults.ts';
import { verifies } from './support/world.ts';

const agentsIn = (dir: string) =>
  createAgents({
    definitions: folderDefinitions({ dirs: [dir], writeDir: dir }),
    parse: parseMarkdown,
    digest: sha256,
    defaultAgent: 'agent',
  });

/** Where a state leads with this task data; `visit` is how often it was entered. */
const open = (agent: Agent, name: string, { visit = 1, ...data }: JsonObject & { visit?: number } = {}) => {
  const state = findState(agent, name);
  return state ? openMoves(agent, state, { data, visits: { [name]: visit } }) : undefined;
};

describe('the built-in agent', () => {
  const agents = agentsIn('agents');

  it('has the published states and table, with two additions, and ERROR from everywhere', async () => {
    const agent = await agents.usable('agent');
    expect(await agents.lint('agent')).toEqual([]);
    expect(Object.fromEntries(agent.states.map(({ name }) => [name, open(agent, name)]))).toEqual({
      IDLE: ['PLANNING', 'RESEARCHING', 'EXECUTING', 'ERROR'],
      PLANNING: ['IDLE', 'RESEARCHING', 'EXECUTING', 'ERROR'],
      RESEARCHING: ['PLANNING', 'EXECUTING', 'REVIEWING', 'IDLE', 'ERROR'],
      EXECUTING: ['REVIEWING', 'ERROR'],
      REVIEWING: ['PLANNING', 'EXECUTING', 'IDLE', 'RESEARCHING', 'ERROR'],
      ERROR: ['IDLE', 'PLANNING', 'RESEARCHING', 'EXECUTING'],
    });
    const added = agent.states.flatMap(({ name, transitions }) =>
      transitions.filter(({ note }) => note !== undefined).map(({ to }) => `${name} ${to}`),
    );
    expect(added).toEqual(['RESEARCHING IDLE', 'REVIEWING RESEARCHING']);
  });

  it("is the only one that comes along: what is not the operator's own narrows no tools", async () => {
    expect((await agents.list()).map(({ name }) => name)).toEqual(['agent']);
  });

  it('takes the published arguments, each with a default, and narrows no tools', async () => {
    const { states } = await agents.usable('agent');
    const taken = states.map(({ name, prompt }) => [name, prompt.arguments.map((argument) => argument.name)]);
    expect(Object.fromEntries(taken)).toEqual({
      IDLE: [],
      PLANNING: ['task_description'],
      RESEARCHING: ['research_topic'],
      EXECUTING: ['action_plan'],
      REVIEWING: [],
      ERROR: ['error_description'],
    });
    for (const { prompt, tools } of states) {
      expect(tools).toBeUndefined();
      for (const argument of prompt.arguments) expect(argument.default).toMatch(/\.$/);
    }
  });
});

describe('the support desk', () => {
  const agents = agentsIn('examples/agents');
  const desk = async () => await agents.usable('SUPPORT_DESK');

  verifies(['agent/M1'], 'is sound', async () => {
    expect(await agents.lint('SUPPORT_DESK')).toEqual([]);
    expect((await desk()).states.map(({ name }) => name)).toEqual([
      'TRIAGE',
      'DIAGNOSE',
      'FIX',
      'CONFIRM',
      'ESCALATED',
    ]);
  });

  it('lets a ticket on only when what the next state needs is there', async () => {
    const agent = await desk();
    expect(open(agent, 'TRIAGE')).toEqual([]);
    expect(open(agent, 'TRIAGE', { summary: 'slow', severity: 'high' })).toEqual(['DIAGNOSE']);
    expect(open(agent, 'TRIAGE', { summary: 'down', severity: 'outage' })).toEqual(['ESCALATED']);
    expect(open(agent, 'DIAGNOSE', { cause: 'disk full' })).toEqual(['TRIAGE']);
    expect(open(agent, 'DIAGNOSE', { cause: 'disk full', approved: true })).toEqual(['FIX', 'TRIAGE']);
    expect(open(agent, 'DIAGNOSE', { cause: 'disk full', approved: 'true' })).toEqual(['TRIAGE']);
    expect(open(agent, 'DIAGNOSE', { approved: false })).toEqual(['TRIAGE', 'ESCALATED']);
    expect(open(agent, 'DIAGNOSE', { visit: 3 })).toEqual(['TRIAGE', 'ESCALATED']);
    expect(open(agent, 'FIX')).toEqual(['DIAGNOSE', 'ESCALATED']);
  });

  it('lets only FIX change anything beyond the ticket', async () => {
    const { states } = await desk();
    const allowing = (tool: string) =>
      states.filter((state) => allowsTool(state, tool)).map(({ name }) => name);
    expect(allowing('deploy__restart_service')).toEqual(['FIX']);
    expect(allowing('customers__update_plan')).toEqual(['FIX']);
    expect(allowing('logs__search_lines')).toEqual(['DIAGNOSE', 'FIX']);
    expect(allowing('helpdesk__get_ticket')).toHaveLength(5);
  });
});

describe('agents in a folder', () => {
  let root: string;
  let page: string;

  beforeEach(async () => {
    root = await mkdtemp(join(tmpdir(), 'tutti-agents-'));
    await cp('examples/agents', join(root, 'agents'), { recursive: true });
    page = join(root, 'agents', 'SUPPORT_DESK', 'states', 'triage.md');
    const config = { store: 'sqlite:./t.db', agents: { dir: './agents', default: 'SUPPORT_DESK' } };
    await writeFile(join(root, 'named.jsonc'), JSON.stringify(config));
  });

  afterEach(async () => await rm(root, { recursive: true, force: true }));

  async function within<T>(work: (app: App) => Promise<T>): Promise<T> {
    const app = await createApp(loadConfig({ file: join(root, 'named.jsonc'), env: {}, logLevel: 'error' }));
    try {
      return await work(app);
    } finally {
      await app.close();
    }
  }

  verifies(
    ['agent/M3'],
    'begin new sessions with the new text, and go on with old ones as they were, over restarts and even without the folder',
    async () => {
      const begun = await within(async ({ orchestrator: { sessions }, caller }) => {
        const old = await sessions.start(caller, {});
        expect(old).toMatchObject({ agent: 'SUPPORT_DESK', state: { name: 'TRIAGE' }, isOutdated: false });
        const text = await readFile(page, 'utf8');
        await writeFile(page, text.replace('# Transitions\n', '# Transitions\n\n- FIX\n'));
        const young = await sessions.start(caller, {});
        expect(young.transitions).toEqual(['FIX']);
        const seen = async () => await sessions.view(caller, { session: old.id });
        await expect.poll(seen).toMatchObject({ transitions: [], isOutdated: true });
        return old.id;
      });
      await rm(join(root, 'agents'), { recursive: true });
      await within(async ({ orchestrator: { sessions }, caller }) => {
        const old = await sessions.view(caller, { session: begun });
        expect(old).toMatchObject({ transitions: [], state: { name: 'TRIAGE' } });
        expect(old.state.prompt.text).toContain('House rules');
        await expect(sessions.start(caller, {})).rejects.toMatchObject({ code: 'agent/not-found' });
        expect(await sessions.start(caller, { agent: 'agent' })).toMatchObject({ state: { name: 'IDLE' } });
      });
      await cp('examples/agents', join(root, 'agents'), { recursive: true });
      await writeFile(
        page,
        (await readFile(page, 'utf8')).replace('# Transitions\n', '# Transitions\n\n- FIX\n'),
      );
      await within(async ({ orchestrator: { sessions }, caller }) => {
        expect(await sessions.upgrade(caller, { session: begun })).toMatchObject({
          transitions: ['FIX'],
          isOutdated: false,
        });
      });
    },
  );

  verifies(
    ['agent/M2'],
    'are listed broken beside those that work, and mended without a restart',
    async () => {
      await within(async ({ orchestrator: { sessions }, caller }) => {
        const text = await readFile(page, 'utf8');
        await writeFile(page, text.replace('- DIAGNOSE when', '- DIAGNOZE when'));
        expect(await sessions.listAgents()).toMatchObject([
          { name: 'SUPPORT_DESK', faults: [{ code: 'transition/unknown-state', file: 'states/triage.md' }] },
          { name: 'agent' },
        ]);
        await expect(sessions.start(caller, {})).rejects.toMatchObject({
          code: 'agent/not-found',
          message: expect.stringMatching(/states\/triage\.md:\d+: The agent has no state "DIAGNOZE"/),
        });
        await writeFile(page, text);
        expect((await sessions.start(caller, {})).state.name).toBe('TRIAGE');
      });
    },
  );

  it('stand in for the built-in one under its name', async () => {
    await cp(join(root, 'agents', 'SUPPORT_DESK'), join(root, 'agents', 'agent'), { recursive: true });
    await within(async ({ orchestrator: { sessions } }) => {
      expect((await sessions.agent('agent')).states[0]?.name).toBe('TRIAGE');
    });
  });
});

describe('the reference', () => {
  it('lists every fault, in order, with severity and meaning', async () => {
    const reference = await readFile('docs/reference/agent-format.md', 'utf8');
    const rows = [...reference.matchAll(/^\| `([a-z-]+\/[a-z-]+)` \| (\w+) \| (.+) \|$/gm)].map(
      ([, code, severity, meaning]) => ({ code, severity, meaning }),
    );
    expect(rows).toEqual(
      Object.entries(agentFaultTable).map(([code, { severity, meaning }]) => ({ code, severity, meaning })),
    );
  });

  it('gives a fault that workflows have too the same weight', () => {
    const shared = Object.entries(agentFaultTable).filter(([code]) => Object.hasOwn(faultTable, code));
    expect(shared.length).toBeGreaterThan(8);
    for (const [code, { severity }] of shared)
      expect(faultTable).toHaveProperty([code, 'severity'], severity);
  });
});
