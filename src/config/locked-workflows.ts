import { isJsonObject, type JsonObject } from '../core/kernel/json.ts';

/** Hashes of workflows by their names. */
export type WorkflowHashes = Readonly<Record<string, string>>;

/** A workflow that reads otherwise than when the lock file was written. */
export interface ChangedWorkflow {
  readonly name: string;
  readonly locked: string;
  readonly hash: string;
}

/** Those that both know. What one of them lacks is no change: every machine has workflows of its own. */
export function changedWorkflows(lock: JsonObject, now: WorkflowHashes): readonly ChangedWorkflow[] {
  const { workflows } = lock;
  if (!isJsonObject(workflows)) return [];
  return Object.entries(now).flatMap(([name, hash]) => {
    const locked = Object.hasOwn(workflows, name) ? workflows[name] : undefined;
    return typeof locked === 'string' && locked !== hash ? [{ name, locked, hash }] : [];
  });
}

/** What a lock file says of workflows once somebody agreed to some changes: the others stay as they were. */
export function agreedWorkflows(
  lock: JsonObject,
  now: WorkflowHashes,
  agreed: readonly ChangedWorkflow[],
): WorkflowHashes {
  const kept = changedWorkflows(lock, now)
    .filter(({ name, hash }) => !agreed.some((each) => each.name === name && each.hash === hash))
    .map(({ name, locked }) => [name, locked] as const);
  return { ...now, ...Object.fromEntries(kept) };
}
