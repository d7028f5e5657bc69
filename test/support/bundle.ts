import { bundleInto } from '../../scripts/bundle.mjs';
import { PROGRAMS } from './programs.ts';

/** Where the programs that tests start stand: bundled, since most of what a process of ours costs is starting. */
export async function setup(): Promise<void> {
  await bundleInto('.test-build');
  // Each by itself: what two share would stand in a file of neither, and theirs would not know that it is the one that was started.
  for (const name of PROGRAMS)
    await bundleInto(`.test-build/support/${name}`, { [name]: `test/support/${name}.ts` });
}
