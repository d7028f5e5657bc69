import { describe, expect, it } from 'vitest';
import { sha256 } from '../../adapters/digest/sha256.ts';
import { parseMarkdown } from '../../adapters/markdown/mdast.ts';
import type { Fault } from '../kernel/fault.ts';
import type { Instance } from '../kernel/instance.ts';
import type { JsonObject } from '../kernel/json.ts';
import { toMermaid } from '../workflow/graph.ts';
import { readFrom } from '../workflow/definition/source.ts';
import { transition } from '../workflow/transition.ts';
import type { Agent } from './agent.ts';
import { defineAgent } from './define-agent.ts';
import { agentGraph, lowerAgent } from './lower.ts';
import { allowsTool, narrowsTools, statesAllowing } from './tool-patterns.ts';
import { findState, openMoves } from './transitions.ts';

const page = (transitions: readonly string[], more = ''): string =>
  `# Description\n\nX.\n\n# Prompt\n\nX.\n\n# Transitions\n\n${transitions.map((each) => `- ${each}`).join('\n')}\n${more}`;

async function define(
  states: Readonly<Record<string, string>>,
): Promise<{ agent?: Agent | undefined; faults: readonly Fault[] }> {
  const files = {
    'index.md': Object.keys(states)
      .map((name) => `- [${name}](${name}.md)\n`)
      .join(''),
    ...Object.fromEntries(Object.entries(states).map(([name, text]) => [`${name}.md`, text])),
  };
  const { agent, faults } = await defineAgent('A', {
    read: readFrom(files),
    parse: parseMarkdown,
    digest: sha256,
  });
  return { agent, faults: agent?.warnings ?? faults ?? [] };
}

async function agentOf(states: Readonly<Record<string, string>>): Promise<Agent> {
  const { agent, faults } = await define(states);
  if (agent) return agent;
  throw new Error(JSON.stringify(faults));
}

/** What is read of the one item. */
async function read(item: string) {
  const { agent, faults } = await define({ A: page(['B']), B: page(['A', item]) });
  const found = agent?.states[1]?.transitions[1];
  if (!found) return faults[0];
  return { to: found.to, when: found.when?.text, note: found.note };
}

describe('an item of the list', () => {
  it.each([
    ['b', { to: 'B' }],
    ['`B`', { to: 'B' }],
    ['**B**', { to: 'B' }],
    ['[B](B.md)', { to: 'B' }],
    ['B (for the night)', { to: 'B', note: 'for the night' }],
    ['B when approved', { to: 'B', when: 'approved' }],
    ['B WHEN `data.n < 3 and data.m > 1`', { to: 'B', when: 'data.n < 3 and data.m > 1' }],
    ['B when data.a == "x (y)"', { to: 'B', when: 'data.a == "x (y)"' }],
    ['B when not (data.a or data.b)', { to: 'B', when: 'not (data.a or data.b)' }],
    ['B when data.a == 1 (a note (with more))', { to: 'B', when: 'data.a == 1', note: 'a note (with more)' }],
    ['B when (data.a) (a note)', { to: 'B', when: '(data.a)', note: 'a note' }],
    ['B when data.a\n  == 1', { to: 'B', when: 'data.a == 1' }],
    ['B when visits["A"] >= 2', { to: 'B', when: 'visits["A"] >= 2' }],
  ])('reads %s', async (item, expected) => {
    expect(await read(item)).toEqual({ when: undefined, note: undefined, ...expected });
  });

  it.each([
    ['', 'transition/unreadable'],
    ['B if data.a', 'transition/unreadable'],
    ['B when', 'transition/unreadable'],
    ['B when (a note)', 'transition/guard'],
    ['B when data.a ==', 'transition/guard'],
    ['B when data == 1', 'transition/guard'],
    ['B when visits > 1', 'transition/guard'],
    ['B when visits.b > 1', 'transition/guard'],
    ['B when visits.B.x', 'transition/guard'],
    ['C', 'transition/unknown-state'],
    ['B\n\n  and more', 'transition/unreadable'],
  ])('finds fault with %j', async (item, code) => {
    expect(await read(item)).toMatchObject({ code, file: 'B.md', line: 12, severity: 'error' });
  });
});

const MIND = {
  IDLE: page(['BUSY when data.ready == true', 'BUSY when data.count >= 2', 'DONE when visits.BUSY >= 2']),
  BUSY: page(['DONE']),
  DONE: page(['IDLE'], '\n# Tools\n\n- notes__*\n- mail__send\n'),
  Error: page(['IDLE'], '\n# Tools\n'),
};

describe('moves', () => {
  it.each<{ from: string; data?: JsonObject; visits?: Record<string, number>; open: readonly string[] }>([
    { from: 'IDLE', open: ['Error'] },
    { from: 'IDLE', data: { ready: true }, open: ['BUSY', 'Error'] },
    { from: 'IDLE', data: { ready: 'true', count: 1 }, open: ['Error'] },
    { from: 'IDLE', data: { ready: true, count: 2 }, visits: { BUSY: 2 }, open: ['BUSY', 'DONE', 'Error'] },
    { from: 'busy', open: ['DONE', 'Error'] },
    { from: 'ERROR', open: ['IDLE'] },
  ])('are open from $from with $data', async ({ from, data = {}, visits = {}, open }) => {
    const agent = await agentOf(MIND);
    const state = findState(agent, from);
    expect(state && openMoves(agent, state, { data, visits })).toEqual(open);
  });

  it('look at nothing that task data inherits', async () => {
    const agent = await agentOf({ A: page(['B when data.constructor exists']), B: page(['A']) });
    const state = findState(agent, 'A');
    expect(state && openMoves(agent, state, { data: {}, visits: {} })).toEqual([]);
  });
});

describe('as a workflow', () => {
  const at: Instance = {
    id: 'i',
    owner: 'o',
    workflow: 'tutti:agent/A',
    definition: 'd',
    step: 'IDLE',
    status: 'RUNNING',
    context: {},
    pending: null,
    visits: { IDLE: 1 },
    token: 't',
    revision: 1,
    createdAt: 1,
    updatedAt: 1,
    completedAt: null,
    parent: null,
  };
  const move = (agent: Agent, to: string) =>
    transition({
      workflow: lowerAgent(agent),
      instance: at,
      decision: { to: { kind: 'step', step: to }, by: 'caller', because: 'so' },
      report: { status: 'moved' },
      contextUpdates: {},
      at: 2,
      token: 'u',
    });

  it('leads along the table and to ERROR, and nowhere else', async () => {
    const agent = await agentOf(MIND);
    expect(lowerAgent(agent)).toBe(lowerAgent(agent));
    const { instance, entry } = move(agent, 'BUSY');
    expect(instance).toMatchObject({
      step: 'BUSY',
      status: 'RUNNING',
      visits: { IDLE: 1, BUSY: 1 },
      revision: 2,
    });
    expect(entry.candidates).toEqual(['BUSY', 'DONE', 'Error']);
    expect(move(agent, 'Error').instance.step).toBe('Error');
    expect(() => move(agent, 'IDLE')).toThrow(/cannot follow "IDLE"/);
  });

  it('is drawn with the guards on its ways, without those to ERROR that every state has', async () => {
    const agent = await agentOf(MIND);
    expect(agentGraph(agent, 'BUSY')).toBe(
      [
        'flowchart TD',
        '  s0["IDLE"]',
        '  s1["▶ BUSY"]',
        '  s2["DONE"]',
        '  s3["Error"]',
        '  s0 -->|"data.ready == true or data.count #62;= 2"| s1',
        '  s0 -->|"visits.BUSY #62;= 2"| s2',
        '  s1 --> s2',
        '  s2 --> s0',
        '  s3 --> s0',
        '  classDef current stroke-width:3px',
        '  class s1 current',
      ].join('\n'),
    );
    expect(toMermaid(lowerAgent(agent))).toContain('s1 --> s3');
  });
});

describe('tools', () => {
  it('are those that fit a pattern; all where there is no section, none where it is empty', async () => {
    const agent = await agentOf(MIND);
    const allowed = (tool: string) =>
      agent.states.filter((state) => allowsTool(state, tool)).map(({ name }) => name);
    expect(allowed('notes__write')).toEqual(['IDLE', 'BUSY', 'DONE']);
    expect(allowed('mail__send')).toEqual(['IDLE', 'BUSY', 'DONE']);
    expect(allowed('mail__send_all')).toEqual(['IDLE', 'BUSY']);
    expect(statesAllowing(agent, 'files__read')).toEqual(['IDLE', 'BUSY']);
    expect(narrowsTools(agent)).toBe(true);
    expect(narrowsTools(await agentOf({ A: page(['B']), B: page(['A']) }))).toBe(false);
  });
});
