// The code of the package with what it needs, in few files: hundreds of small ones would cost most of the time it takes to start.
import { fileURLToPath } from 'node:url';
import { rolldown } from 'rolldown';

const root = fileURLToPath(new URL('..', import.meta.url));

/** Writes the library and the command line into a folder one level below the root. */
export async function bundleInto(folder) {
  const bundle = await rolldown({
    cwd: root,
    input: { index: 'src/index.ts', 'surfaces/cli/main': 'src/surfaces/cli/main.ts' },
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
  });
  await bundle.close();
}
