// The program that serves the custom tools of one folder over stdio: `node tool-host.js DIR`. The gateway starts it like any other server.
import { join } from 'node:path';
import { ajvSchemas } from './adapters/schema/ajv.ts';
import { speak } from './adapters/tool-host/speech.ts';
import { openToolbox } from './adapters/tool-host/toolbox.ts';
import { VERSION } from './config/package-root.ts';

const ending = import.meta.filename.slice(import.meta.filename.lastIndexOf('.'));
const [dir = '.'] = process.argv.slice(2);

// Whoever started us left: there is nobody to answer.
process.stdout.on('error', () => process.exit(0));
await speak({
  input: process.stdin,
  output: process.stdout,
  version: VERSION,
  toolbox: openToolbox({
    dir,
    program: join(import.meta.dirname, 'adapters', 'tool-host', `worker${ending}`),
    schemas: ajvSchemas(),
    log: (message) => void process.stderr.write(`${message}\n`),
  }),
});
process.exit(0);
