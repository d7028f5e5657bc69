/** Latencies of one measurement, in milliseconds. */
export interface Latencies {
  readonly count: number;
  readonly p50Ms: number;
  readonly p99Ms: number;
  readonly perSecond: number;
}

export function latencies(samples: readonly number[], totalMs: number): Latencies {
  const sorted = samples.toSorted((a, b) => a - b);
  const at = (share: number) =>
    sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? Number.NaN;
  return {
    count: sorted.length,
    p50Ms: round(at(0.5)),
    p99Ms: round(at(0.99)),
    perSecond: Math.round((sorted.length / totalMs) * 1_000),
  };
}

/** Runs `work` for each number below `count`, `inFlight` at once. */
export async function timed(
  count: number,
  inFlight: number,
  work: (n: number) => Promise<void>,
): Promise<Latencies> {
  const samples: number[] = [];
  let next = 0;
  const begun = performance.now();
  const lane = async () => {
    while (next < count) {
      const n = next;
      next += 1;
      const start = performance.now();
      await work(n);
      samples.push(performance.now() - start);
    }
  };
  await Promise.all(Array.from({ length: inFlight }, lane));
  return latencies(samples, performance.now() - begun);
}

export function median(values: readonly number[]): number {
  return round(values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)] ?? Number.NaN);
}

export function round(value: number): number {
  return Math.round(value * 10_000) / 10_000;
}
