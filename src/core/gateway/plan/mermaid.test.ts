import { describe, expect, it } from 'vitest';
import { toAscii, toSvg } from '../../../surfaces/cli/graph.ts';
import { planToMermaid } from './mermaid.ts';
import type { Plan } from './plan.ts';

const plan: Plan = {
  structure: 'mixed',
  calls: [
    { id: 'changes', server: 'code', tool: 'code__list_changes', intent: 'the open changes', dependsOn: [] },
    { id: 'talk', server: 'chat', intent: 'what people say', dependsOn: [] },
    {
      id: 'tickets',
      server: 'desk',
      tool: 'desk__get_ticket',
      intent: 'each ticket',
      forEach: '$changes.items',
      bind: { '/key': '$item.key', '/room': '$talk.room' },
      dependsOn: ['changes'],
    },
    {
      id: 'note',
      server: 'chat',
      tool: 'chat__read',
      intent: '',
      dependsOn: ['tickets'],
      uncertainOrder: true,
    },
  ],
};

describe('a plan as a graph', () => {
  it('is a Mermaid flowchart', () => {
    expect(planToMermaid(plan).split('\n')).toEqual([
      'flowchart TD',
      '  c0["changes code__list_changes: the open changes"]',
      '  c1["talk chat, no tool yet: what people say"]',
      '  c2["tickets desk__get_ticket: each ticket"]',
      '  c3["note chat__read"]',
      '  c0 -->|"for each #36;changes.items"| c2',
      '  c1 -->|"#36;talk.room #8594; /room"| c2',
      '  c2 -->|"uncertain"| c3',
    ]);
  });

  it('is drawn as text, and as SVG', () => {
    const drawn = toAscii(planToMermaid(plan));
    expect(drawn).toContain('│ tickets desk__get_ticket: each ticket │');
    expect(drawn).toContain('└─→ tickets desk__get_ticket: each ticket (for each $changes.items)');
    expect(drawn).toContain('└─→ tickets desk__get_ticket: each ticket ($talk.room → /room)');
    expect(drawn.match(/┌/g)).toHaveLength(4);
    expect(toSvg(planToMermaid(plan))).toContain('<svg');
  });

  it('keeps whatever it holds a label', () => {
    const evil = '"] --> c9["x<script>\n\u001B[31m\u202E';
    const given: Plan = {
      structure: 'single',
      calls: [
        { id: evil, server: evil, intent: evil.repeat(20), dependsOn: ['b', 'nobody'] },
        { id: 'b', server: 's', tool: evil, intent: '', dependsOn: [], bind: { [evil]: '$b', '/x': evil } },
      ],
    };
    const text = planToMermaid(given);
    expect(text.split('\n')).toHaveLength(5);
    expect(text).not.toMatch(/<script|[^\P{C}\n]|--> c9/u);
    expect(toAscii(text).match(/┌/g)).toHaveLength(2);
  });

  it('is drawn even of a circle', () => {
    const circle: Plan = {
      structure: 'sequential',
      calls: ['a', 'b'].map((id) => ({ id, server: 's', intent: '', dependsOn: [id === 'a' ? 'b' : 'a'] })),
    };
    expect(toAscii(planToMermaid(circle)).match(/→/g)).toHaveLength(2);
  });
});
