import type { Target } from '../../kernel/instance.ts';

/** The one target that all mean, the most particular of them; `undefined` when they differ or one has none. */
export function agreedTarget(targets: readonly (Target | undefined)[]): Target | undefined {
  let agreed = targets[0];
  for (const target of targets.slice(1))
    agreed = agreed === undefined || target === undefined ? undefined : merged(agreed, target);
  return agreed;
}

/** Two ends agree when not both say how it ended. */
function merged(one: Target, other: Target): Target | undefined {
  if (one.kind === 'step' && other.kind === 'step') return one.step === other.step ? one : undefined;
  if (one.kind === 'finish' && other.kind === 'finish') {
    if (one.status === undefined) return other;
    return other.status === undefined || other.status === one.status ? one : undefined;
  }
  return one.kind === other.kind ? one : undefined;
}
