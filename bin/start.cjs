'use strict';
// Loaded once the Node at hand is known to be new enough: here newer syntax is safe.
const { readdirSync, readFileSync } = require('node:fs');
const { enableCompileCache } = require('node:module');
const { getPriority, setPriority } = require('node:os');
const { pathToFileURL } = require('node:url');
const { setFlagsFromString } = require('node:v8');
const { keepSmall, LOADED_MS, ours } = require('./memory.cjs');

// The second start of a machine need not compile again.
enableCompileCache();

// A pattern is translated into machine code once it has proved to be used, not at its second use: there are hundreds.
setFlagsFromString('--regexp-tier-up-ticks=50');

// The middle one of V8's three translators is left out: all that a call passes reaches it at the same call, and the working memory of two
// hundred translations at once, 20 MB, is kept for ever. The best one takes over sooner instead.
setFlagsFromString('--no-maglev');

const ONCE_LOADED = [
  '--invocation-count-for-turbofan=1000',
  // A call passes some hundred small functions, one within the other: the more of them are translated as one, the less there is to fetch.
  '--max-inlined-bytecode-size=600',
  '--max-inlined-bytecode-size-cumulative=1700',
  // What is old may grow by half before it is collected, not to its fourfold: little of it is garbage, and what is taken stays taken. What a
  // start makes is all kept: looking through it would only take time.
  '--heap-growing-percent=50',
  // What a call is made of stays known while no call runs: V8 forgets it after two collections, and everything translated with it, so that the
  // next two thousand calls take twice as long.
  '--retain-maps-for-n-gc=100',
  // For the same reason a pause of some seconds is none; memory is given back after it.
  '--gc-memory-reducer-start-delay-ms=20000',
  // Little of what is young is kept: to wake others up, and to wait for them, takes longer than to copy it alone.
  '--no-parallel-scavenge',
];

/** Linux tells here of the threads of a process. */
const THREADS = '/proc/self/task';
/** As `nice` counts. */
const STEP_BACK = 10;
const LAST = 19;

/** V8's helpers translate and collect beside the calls: where processors are few, whoever has a call to answer goes first. */
function letCallsGoFirst() {
  for (const id of threads()) {
    try {
      if (readFileSync(`${THREADS}/${id}/comm`, 'utf8') === 'V8Worker\n')
        setPriority(Number(id), Math.min(LAST, getPriority() + STEP_BACK));
    } catch {
      // It has ended, or it is forbidden: then it goes on as it was.
    }
  }
}

/** None on other systems. */
function threads() {
  try {
    return readdirSync(THREADS);
  } catch {
    return [];
  }
}

setTimeout(() => {
  for (const flag of ONCE_LOADED) setFlagsFromString(flag);
  letCallsGoFirst();
}, LOADED_MS).unref();

// What is young stays small while everything is loaded, which is all kept; room taken for it would not be given back.
keepSmall(ours);

// node:sqlite is experimental on Node 22 and says so at every start; every other warning stays.
const emitWarning = process.emitWarning.bind(process);
process.emitWarning = (warning, ...rest) => {
  const [options] = rest;
  const type = typeof options === 'object' ? options?.type : options;
  const text = typeof warning === 'string' ? warning : warning.message;
  if (type === 'ExperimentalWarning' && text.startsWith('SQLite')) return;
  emitWarning(warning, ...rest);
};

exports.start = (file) => {
  import(pathToFileURL(file).href).catch((error) => {
    console.error(error);
    process.exitCode = 1;
  });
};
