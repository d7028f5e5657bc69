import { expect, it } from 'vitest';
import type { Entry, Instance } from '../kernel/instance.ts';
import { reconcile } from './reconcile.ts';

const instance: Instance = {
  id: 'i',
  owner: 'o',
  workflow: 'W',
  definition: 'h',
  step: 'Third step',
  status: 'RUNNING',
  context: {},
  pending: null,
  visits: { 'First step': 1, 'Second step': 1, 'Third step': 1 },
  token: 't',
  revision: 3,
  createdAt: 0,
  updatedAt: 0,
  completedAt: null,
  parent: null,
};
const moved = (seq: number, step: string, next: string): Entry => ({
  seq,
  at: seq,
  kind: 'ADVANCED',
  step,
  report: null,
  contextUpdates: {},
  status: 'RUNNING',
  next,
  decision: { to: { kind: 'step', step: next }, by: 'prose', because: `to ${next}` },
  candidates: [],
});
const journal = [moved(2, 'First step', 'Second step'), moved(3, 'Second step', 'Third step')];

it('finds the stored step in any spelling', () => {
  expect(reconcile(instance, 'third_STEP', journal)).toEqual({ kind: 'same' });
});

it('tells what happened since a step that was left', () => {
  expect(reconcile(instance, 'Second step', journal)).toEqual({
    kind: 'ahead',
    since: [{ at: 3, from: 'Second step', to: 'Third step', because: 'to Third step' }],
  });
  expect(reconcile(instance, 'First step', journal)).toMatchObject({ kind: 'ahead', since: [{}, {}] });
});

it('knows a step that was left before the journal at hand begins', () => {
  expect(reconcile(instance, 'First step', journal.slice(1))).toMatchObject({
    kind: 'ahead',
    since: [{ at: 3 }],
  });
});

it('is a conflict at a step the run was never at', () => {
  expect(reconcile(instance, 'Fourth step', journal)).toEqual({ kind: 'conflict' });
});
