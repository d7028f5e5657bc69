'use strict';
// Loaded into a process by --require: at SIGUSR2 it writes, into the file BENCH_STALL_REPORT, the longest time its event loop stood still
// since the last time: as the clock has it, and as its thread worked meanwhile. On a busy machine only the latter is its own doing.
const { renameSync, writeFileSync } = require('node:fs');

const report = process.env.BENCH_STALL_REPORT;
const workedMs = () => {
  const { user, system } = process.threadCpuUsage();
  return (user + system) / 1_000;
};
let worst = { stoodMs: 0, workedMs: 0 };
let last = { at: performance.now(), worked: workedMs() };
setInterval(() => {
  const now = { at: performance.now(), worked: workedMs() };
  worst.stoodMs = Math.max(worst.stoodMs, now.at - last.at);
  worst.workedMs = Math.max(worst.workedMs, now.worked - last.worked);
  last = now;
}, 1).unref();
process.on('SIGUSR2', () => {
  writeFileSync(`${report}.new`, JSON.stringify(worst));
  renameSync(`${report}.new`, report);
  worst = { stoodMs: 0, workedMs: 0 };
});
