'use strict';
// Loaded once the Node at hand is known to be new enough: here newer syntax is safe.
const { enableCompileCache } = require('node:module');
const { pathToFileURL } = require('node:url');
const { setFlagsFromString } = require('node:v8');

// The second start of a machine need not compile again.
enableCompileCache();

// A pattern is translated into machine code once it has proved to be used, not at its second use: there are hundreds.
setFlagsFromString('--regexp-tier-up-ticks=50');

// What is young after the start is young enough: room for more of it would be taken under load, and never given back.
setTimeout(() => setFlagsFromString('--semi-space-growth-factor=1'), 1_000).unref();

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
