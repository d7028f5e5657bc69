import type { Taking, Usage } from '../../core/ports/usage.ts';

const NOTHING: Usage = { calls: 0, costMicros: 0, ms: 0 };

/** Whether what is wanted is more than what was spent leaves. */
export function passesLimits({ limits, ...wanted }: Taking, spent: Usage = NOTHING): boolean {
  const { calls = Infinity, costMicros = Infinity, ms = Infinity } = limits;
  return (
    spent.calls + wanted.calls > calls ||
    (wanted.costMicros > 0 && spent.costMicros + wanted.costMicros > costMicros) ||
    spent.ms >= ms
  );
}

/** Whole numbers, as they are kept. */
export function plus(a: Usage, b: Usage = NOTHING): Usage {
  return {
    calls: a.calls + Math.round(b.calls),
    costMicros: a.costMicros + Math.round(b.costMicros),
    ms: a.ms + Math.round(b.ms),
  };
}
