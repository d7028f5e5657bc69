// The program that serves the custom tools of one folder over stdio: `node tool-host.js DIR CONNECT_MS`. The gateway starts it like any other server.
import { join } from 'node:path';
import { ajvSchemas } from './adapters/schema/ajv.ts';
import { LIST_CHANGED, speak } from './adapters/tool-host/speech.ts';
import { watchedToolbox } from './adapters/tool-host/watched-toolbox.ts';
import { VERSION } from './config/package-root.ts';

const ending = import.meta.filename.slice(import.meta.filename.lastIndexOf('.'));
const [dir = '.', connectMs = '10000'] = process.argv.slice(2);
/** Of the time that whoever connects waits for, after what starting takes. */
const LOADING = 0.7;
const LOADING_ONE = 0.2;
const { stdin: input, stdout: output, stderr } = process;

// Whoever started us left: there is nobody to answer.
output.on('error', () => process.exit(0));
const toolbox = watchedToolbox(
  {
    dir,
    loadingMs: Number(connectMs) * LOADING,
    loadMs: Number(connectMs) * LOADING_ONE,
    program: join(import.meta.dirname, 'adapters', 'tool-host', `worker${ending}`),
    schemas: ajvSchemas(),
    log: (message) => void stderr.write(`${message}\n`),
  },
  () => void output.write(LIST_CHANGED),
);
await speak({ input, output, version: VERSION, toolbox });
process.exit(0);
