import type { Limits } from '../../core/ports/limits.ts';

/** One key's takings from one limit. */
interface Window {
  taken: number;
  readonly endsAt: number;
}

/** Keys that are remembered before those whose window is over are forgotten. */
const MANY = 10_000;

/** Fixed windows, each beginning with its first take, in this process. */
export function memoryLimits(): Limits {
  const windows = new Map<string, Window>();
  let many = MANY;
  const forget = (now: number): void => {
    if (windows.size < many) return;
    for (const [name, { endsAt }] of windows) if (endsAt <= now) windows.delete(name);
    many = Math.max(MANY, 2 * windows.size);
  };
  return {
    take: (key, { count, perMs }) => {
      const now = Date.now();
      const name = `${count}/${perMs}/${key}`;
      const known = windows.get(name);
      // No window is longer than that: somebody set the clock back.
      const isOpen = known !== undefined && now < known.endsAt && known.endsAt - now <= perMs;
      if (!isOpen) forget(now);
      const window = isOpen ? known : { taken: 0, endsAt: now + perMs };
      if (!isOpen) windows.set(name, window);
      if (window.taken >= count) return window.endsAt - now;
      window.taken += 1;
      return 0;
    },
  };
}
