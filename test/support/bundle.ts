import { bundleInto } from '../../scripts/bundle.mjs';

const FOLDER = '.test-build';

/** Where the command line stands for tests: bundled, since most of what a process of ours costs is starting. */
export async function setup(): Promise<void> {
  await bundleInto(FOLDER);
}
