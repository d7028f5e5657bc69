import { describe, expect, it } from 'vitest';
import { compileRe2 } from '../../adapters/pattern/re2.ts';
import { TuttiError } from '../kernel/errors.ts';
import { compileRules } from './rules.ts';
import type { RuleFacts } from './rules.ts';

const facts: RuleFacts = {
  caller: 'ada',
  server: 'git',
  tool: 'delete_branch',
  risk: 'destructive',
  arguments: { branch: 'main', force: true, labels: ['a', 'b'], n: 7 },
  tainted: false,
};

function decided(...whens: string[]): number | undefined {
  return compileRules(
    whens.map((when) => ({ when })),
    compileRe2,
  ).first(facts)?.index;
}

function faultOf(when: string): string {
  try {
    decided('true', when);
  } catch (fault) {
    if (fault instanceof TuttiError && fault.code === 'config/invalid') return fault.message;
    throw fault;
  }
  throw new Error(`${when} was taken.`);
}

describe('rules', () => {
  it.each([
    `caller == 'ada'`,
    `server == "git" and risk != "read"`,
    `tool startsWith "delete_"`,
    `arguments.branch in ['main', 'release']`,
    `arguments.force == true`,
    `arguments.n > 5 and arguments.n <= 7`,
    `arguments.labels contains 'b'`,
    `not tainted == true`,
    `arguments.missing is empty`,
    `tool matches '^(delete|drop)_\\\\w+$'`,
  ])('hold: %s', (when) => {
    expect(decided(when)).toBe(0);
  });

  it('are tried in order, and the first that holds decides', () => {
    expect(decided(`server == 'other'`, `risk == 'destructive'`, `true`)).toBe(1);
    expect(decided(`server == 'other'`)).toBeUndefined();
  });

  it('match in linear time', () => {
    const rules = compileRules([{ when: `arguments.text matches '(a+)+$'` }], compileRe2);
    const text = `${'a'.repeat(50_000)}!`;
    expect(rules.first({ ...facts, arguments: { text } })).toBeUndefined();
    expect(rules.first({ ...facts, arguments: { text: 'aaa' } })?.index).toBe(0);
  });

  it('match nothing but texts', () => {
    expect(decided(`arguments.n matches '7'`)).toBeUndefined();
  });

  it.each([
    [`server = 'git'`, 'column 8'],
    [`tool matches '('`, 'column 14'],
    [`tool matches tool`, 'column 14'],
    [`risk == 'read' and sever == 'git'`, 'column 20'],
    [`tool.name == 'x'`, 'column 1'],
    [``, 'column 1'],
  ])('that cannot be read are refused with their place: %s', (when, place) => {
    expect(faultOf(when)).toContain(`policy.rules[1].when, ${place}`);
  });

  it('say whether they look at the taint', () => {
    expect(compileRules([{ when: 'tainted == true' }], compileRe2).askTaint).toBe(true);
    expect(compileRules([{ when: `tool == 'tainted'` }], compileRe2).askTaint).toBe(false);
  });
});
