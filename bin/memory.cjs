'use strict';
const { getHeapSpaceStatistics, setFlagsFromString } = require('node:v8');
const { runInNewContext } = require('node:vm');

/** Until then everything is loaded, and most of what is made is kept. */
const LOADED_MS = 2_000;
/** Nothing was collected for so long: nobody works here now. */
const REST_MS = 5_000;
/** After fewer collections there is nothing to give back. Those that giving back takes itself are fewer. */
const WORTH = 16;
/** Both halves of what is young, once it has grown. */
const GROWN_BYTES = 9 * 1_048_576;

/**
 * Lets what is young grow once under load, and has it given back when the process rests. `collect` is for moments of rest alone; no
 * timer runs unless something was collected since the last one.
 */
function keepSmall({ now, after, onCollected, youngBytes, letGrow, collect }) {
  let grows = false;
  let collections = 0;
  let collectedAt = 0;
  let isWaiting = false;

  const grow = () => {
    grows = true;
    letGrow(true);
  };
  const wait = (ms) => {
    isWaiting = true;
    after(ms, look);
  };
  const look = () => {
    isWaiting = false;
    const leftMs = collectedAt + REST_MS - now();
    if (leftMs > 0) return wait(leftMs);
    collections = 0;
    collect();
    grow();
  };
  letGrow(false);
  after(LOADED_MS, () => {
    grow();
    onCollected((count) => {
      if (grows && youngBytes() >= GROWN_BYTES) {
        grows = false;
        letGrow(false);
      }
      collections += count;
      collectedAt = now();
      if (collections >= WORTH && !isWaiting) wait(REST_MS);
    });
  });
}

/** V8 takes a process for idle by what its last collections saw: after so many that see little, at most. */
const LOOKS = 5;

/** What this very process is made of. */
const ours = {
  now: () => performance.now(),
  after: (ms, work) => {
    setTimeout(() => work(), ms).unref();
  },
  onCollected: (listener) => {
    new PerformanceObserver((list) => listener(list.getEntries().length)).observe({ entryTypes: ['gc'] });
  },
  youngBytes: () => getHeapSpaceStatistics().find(({ space_name: name }) => name === 'new_space').space_size,
  letGrow: (may) => setFlagsFromString(`--semi-space-growth-factor=${may ? 8 : 1}`),
  /**
   * Collects what is young, which takes a millisecond. V8 then sees that little is made, and within seconds collects the rest step by
   * step and gives the pages back; otherwise it goes by what it saw under load, for ever.
   */
  collect: () => {
    setFlagsFromString('--expose-gc');
    const gc = runInNewContext('gc');
    setFlagsFromString('--no-expose-gc');
    for (let look = 0; look < LOOKS; look += 1) gc({ type: 'minor' });
  },
};

exports.keepSmall = keepSmall;
exports.ours = ours;
