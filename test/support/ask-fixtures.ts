import type { Plan, PlannedCall } from '../../src/core/gateway/plan/plan.ts';
import type { Approval } from '../../src/core/kernel/approval.ts';

// What questions come to, for tests of those who show it.

/** A call at the server `hub`. */
export function toPlannedCall(id: string, more: Partial<PlannedCall> = {}): PlannedCall {
  return { id, server: 'hub', intent: `do ${id}`, dependsOn: [], ...more };
}

/** Two calls, of which the second is made for each item that the first lists. */
export const plan: Plan = {
  id: 'p1',
  query: 'close the issues of #7',
  calls: [
    toPlannedCall('a', { intent: 'the issues of #7', tool: 'hub__list', arguments: { of: 7 } }),
    toPlannedCall('b', {
      intent: 'close',
      tool: 'hub__close',
      bind: { '/id': '$item.id' },
      forEach: '$a.items',
      dependsOn: ['a'],
      uncertainOrder: true,
    }),
  ],
  structure: 'sequential',
};

/** A call that waits for a person. */
export function toApproval(more: Partial<Approval> = {}): Approval {
  return {
    id: 'a1',
    owner: 'local',
    server: 'hub',
    tool: 'close',
    arguments: { id: 1 },
    digest: 'd',
    risk: 'destructive',
    reason: 'Destructive calls need a person.',
    requestedBy: 'ada',
    instance: null,
    status: 'pending',
    decidedBy: null,
    createdAt: 0,
    decidedAt: null,
    expiresAt: 60_000,
    ...more,
  };
}
