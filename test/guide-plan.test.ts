import { readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { checkPlan } from '../src/core/gateway/plan/check.ts';
import { withOrder } from '../src/core/gateway/plan/order.ts';
import { parseWirePlan } from '../src/surfaces/mcp/plan-wire.ts';

it('the plan that the guide shows can be carried out', () => {
  const guide = readFileSync(new URL('../docs/guide/ask.md', import.meta.url), 'utf8');
  const [, shown = ''] = /```json\n([\s\S]*?)```/.exec(guide) ?? [];
  const plan = parseWirePlan(JSON.parse(shown));
  if (!('calls' in plan)) throw new Error('The guide shows no plan.');
  const names = plan.calls.map(({ tool }) => tool ?? '');
  const find = (tool: string) => (names.includes(tool) ? { server: 'github' } : undefined);
  expect(checkPlan(plan, { find, names: () => names })).toEqual([]);
  expect(withOrder(plan)).toEqual(plan);
});
