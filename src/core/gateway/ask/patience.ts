import type { Clock } from '../../ports/clock.ts';
import type { After } from '../../ports/timer.ts';

/** A timer that stands still while somebody is waited for. */
export interface Patience {
  readonly after: After;
  /** Stops the time for as long as `work` takes. */
  readonly wait: <T>(work: () => Promise<T>) => Promise<T>;
}

interface Alarm {
  leftMs: number;
  since: number;
  readonly ring: () => void;
  stop: () => void;
}

export function createPatience(clock: Clock, after: After): Patience {
  const alarms = new Set<Alarm>();
  let waits = 0;
  const start = (alarm: Alarm): void => {
    alarm.since = clock.now();
    alarm.stop = after(Math.max(alarm.leftMs, 0), () => {
      alarms.delete(alarm);
      alarm.ring();
    });
  };
  const pause = (alarm: Alarm): void => {
    alarm.stop();
    alarm.leftMs -= clock.now() - alarm.since;
  };
  return {
    after: (ms, work) => {
      const alarm: Alarm = { leftMs: ms, since: clock.now(), ring: work, stop: () => undefined };
      alarms.add(alarm);
      if (waits === 0) start(alarm);
      return () => {
        alarms.delete(alarm);
        alarm.stop();
      };
    },
    wait: async (work) => {
      if (waits === 0) for (const each of alarms) pause(each);
      waits += 1;
      try {
        return await work();
      } finally {
        waits -= 1;
        if (waits === 0) for (const each of alarms) start(each);
      }
    },
  };
}
