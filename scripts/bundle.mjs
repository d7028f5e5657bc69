// The code of the package with what it needs, in few files: hundreds of small ones would cost most of the time it takes to start.
import { fileURLToPath } from 'node:url';
import { rolldown } from 'rolldown';

const root = fileURLToPath(new URL('..', import.meta.url));

const PRODUCT = { index: 'src/index.ts', 'surfaces/cli/main': 'src/surfaces/cli/main.ts' };
/** Processes and threads of their own: what they shared with the others would have to be loaded in small pieces by all. */
const TOOL_HOST = { 'tool-host': 'src/tool-host.ts' };
const TOOL_WORKER = { 'adapters/tool-host/worker': 'src/adapters/tool-host/worker.ts' };

/** Writes the library and the command line, or other programs, into a folder; the command line wants it one level below the root. */
export async function bundleInto(folder, input) {
  for (const each of input ? [input] : [PRODUCT, TOOL_HOST, TOOL_WORKER]) await bundleOne(folder, each);
}

async function bundleOne(folder, input) {
  const bundle = await rolldown({
    cwd: root,
    input,
    platform: 'node',
    // Some packages put code that cannot be bundled under `main`.
    resolve: { mainFields: ['module', 'main'] },
    onLog: (level, log, next) => {
      if (level === 'warn') next('error', log);
    },
  });
  await bundle.write({
    dir: `${root}${folder}`,
    format: 'esm',
    entryFileNames: '[name].js',
    chunkFileNames: 'chunks/[name]-[hash].js',
    // Names stay, for stack traces; blanks and comments only take time and memory.
    minify: { compress: false, mangle: false, codegen: { removeWhitespace: true } },
    plugins: [{ name: 'one-byte', generateBundle: toOneByte }],
  });
  await bundle.close();
}

/** One letter beyond Latin-1 would double the memory that the text of its whole file takes; in strings and patterns, an escape means the same. */
function toOneByte(_, chunks) {
  for (const chunk of Object.values(chunks))
    chunk.code = chunk.code?.replace(
      /[^\0-\xff]/g,
      (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`,
    );
}
