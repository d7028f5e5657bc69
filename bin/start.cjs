'use strict';
// Loaded once the Node at hand is known to be new enough: here newer syntax is safe.
const { enableCompileCache } = require('node:module');
const { pathToFileURL } = require('node:url');

// The second start of a machine need not compile again.
enableCompileCache();

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
