'use strict';
// Loaded into a process by --require: at SIGUSR2 it collects, and writes how many bytes are left into the file BENCH_HEAP_REPORT.
const { renameSync, writeFileSync } = require('node:fs');

const report = process.env.BENCH_HEAP_REPORT;
process.on('SIGUSR2', () => {
  globalThis.gc();
  globalThis.gc();
  writeFileSync(`${report}.new`, String(process.memoryUsage().heapUsed));
  renameSync(`${report}.new`, report);
});
