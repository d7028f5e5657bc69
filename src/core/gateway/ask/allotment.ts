import type { Purse } from '../gateway.ts';
import type { CallEnd } from './ask.ts';
import type { DispatchLimits } from './means.ts';

/** What a request may still spend. What a refusal says is for people. */
export interface Allotment {
  /** A sentence when a call that costs so much may not be made. */
  refusal(costMicros: number): string | undefined;
  /** Takes one call that costs so much; a sentence when it may not be made. */
  take(costMicros: number): string | undefined;
  /** A sentence when calls, which cost so much together, may not all be made. */
  lack(count: number, costMicros: number): string | undefined;
  /** Takes all of these calls, which cost so much together, or none; a sentence when they may not all be made. */
  takeAll(count: number, costMicros: number): string | undefined;
  /** For a call whose planned cost was taken before: what it costs more at the servers that answer instead. */
  purse(plannedMicros: number): CallPurse;
  /** Counts a result. Returns how many of its characters may be kept. */
  keep(bytes: number): number;
}

/** The purse of one call. */
export interface CallPurse extends Purse {
  /** What it cost beyond what was planned. */
  extra(): number;
}

/** `costOf` says what the calls of earlier requests cost. */
export function createAllotment(
  limits: DispatchLimits,
  before: readonly CallEnd[],
  costOf: (end: Exclude<CallEnd, { kind: 'skipped' }>) => number,
): Allotment {
  let calls = 0;
  let bytes = 0;
  let costMicros = 0;
  for (const end of before) {
    if (end.kind === 'skipped') continue;
    calls += 1;
    costMicros += costOf(end);
    if (end.kind === 'done') bytes += end.text.length;
  }
  const refusal = (cost: number): string | undefined => {
    if (calls >= limits.calls) return `The request may make ${limits.calls} calls, and has made them.`;
    if (bytes >= limits.bytes)
      return `The results of the request may have ${limits.bytes} bytes together, and they have.`;
    if (cost > 0 && costMicros + cost > limits.costMicros)
      return `The call costs ${cost} micro-units; of the ${limits.costMicros} of the request, ${costMicros} are spent.`;
    return undefined;
  };
  const lack = (count: number, cost: number): string | undefined => {
    const left = Math.max(limits.calls - calls, 0);
    if (count > left)
      return `It takes ${count} calls; of the ${limits.calls} that the request may make, ${left} are left.`;
    if (cost > 0 && costMicros + cost > limits.costMicros)
      return `It costs ${cost} micro-units; of the ${limits.costMicros} of the request, ${costMicros} are spent.`;
    return undefined;
  };
  return {
    refusal,
    lack,
    takeAll: (count, cost) => {
      const because = lack(count, cost);
      if (because !== undefined) return because;
      calls += count;
      costMicros += cost;
      return undefined;
    },
    take: (cost) => {
      const because = refusal(cost);
      if (because !== undefined) return because;
      calls += 1;
      costMicros += cost;
      return undefined;
    },
    purse: (plannedMicros) => {
      let spent = 0;
      const beyond = (sum: number): number => Math.max(sum - plannedMicros, 0);
      const spend = (sum: number): void => {
        costMicros += beyond(spent + sum) - beyond(spent);
        spent += sum;
      };
      const more = (sum: number): string | undefined => {
        const extra = beyond(spent + sum) - beyond(spent);
        if (extra === 0 || costMicros + extra <= limits.costMicros) return undefined;
        return `The server that would answer costs ${extra} micro-units beyond what was planned; of the ${limits.costMicros} of the request, ${costMicros} are spent.`;
      };
      return {
        lack: more,
        take: (sum) => {
          const because = more(sum);
          if (because === undefined) spend(sum);
          return because;
        },
        settle: spend,
        extra: () => beyond(spent),
      };
    },
    keep: (size) => {
      const left = Math.max(limits.bytes - bytes, 0);
      bytes += size;
      return size <= left ? Infinity : left;
    },
  };
}
