'use strict';
const { getHeapSpaceStatistics, setFlagsFromString } = require('node:v8');
const { runInNewContext } = require('node:vm');

/** Until then everything is loaded, and most of what is made is kept. */
const LOADED_MS = 2_000;
/** How often it is looked whether the work is over. What is given back has to be learnt again: whoever pauses for less keeps it. */
const LOOK_MS = 30_000;
/** Of the processor, from one look to the next: whoever uses less rests. */
const RESTING_MS = 300;
/** After fewer collections there is nothing to give back. Those that giving back takes itself are fewer. */
const WORTH = 16;
/** Both halves of what is young, once it has grown. */
const GROWN_BYTES = 5 * 1_048_576;

/**
 * Lets what is young grow to a bound under load, and gives back what load took when the process rests. V8 makes it small again by itself
 * wherever it sees a pause, so it is watched at each collection whether it may grow. At rest nothing is collected, and no timer runs.
 */
function keepSmall({ after, watch, youngBytes, usedMs, letGrow, collect }) {
  const begin = () => {
    let grows = true;
    let collections = 0;
    let isLooking = false;
    letGrow(grows);
    const look = () => {
      if (usedMs() > RESTING_MS) return after(LOOK_MS, look);
      isLooking = false;
      collections = 0;
      collect();
    };
    watch((count) => {
      collections += count;
      if (grows !== youngBytes() < GROWN_BYTES) letGrow((grows = !grows));
      if (isLooking || collections < WORTH) return;
      isLooking = true;
      usedMs();
      after(LOOK_MS, look);
    });
  };
  letGrow(false);
  after(LOADED_MS, begin);
}

/** V8 takes a process for idle by what its last collections saw: after so many that see little, at most. */
const LOOKS = 5;

let usedUs = 0;

/** What this very process is made of. */
const ours = {
  after: (ms, work) => {
    setTimeout(() => work(), ms).unref();
  },
  watch: (listener) => {
    const observer = new PerformanceObserver((list) => listener(list.getEntries().length));
    observer.observe({ entryTypes: ['gc'] });
  },
  /** Time of the processor since this was last asked. */
  usedMs: () => {
    const { user, system } = process.cpuUsage();
    const before = usedUs;
    usedUs = user + system;
    return (usedUs - before) / 1_000;
  },
  youngBytes: () => getHeapSpaceStatistics().find(({ space_name: name }) => name === 'new_space').space_size,
  letGrow: (may) => setFlagsFromString(`--semi-space-growth-factor=${may ? 4 : 1}`),
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

exports.LOADED_MS = LOADED_MS;
exports.keepSmall = keepSmall;
exports.ours = ours;
