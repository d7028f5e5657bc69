import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';

const NOBODY = { uid: 65_534, gid: 65_534 };

/**
 * As whom a child process meets permissions: as ourselves, or as nobody where we are root, who may do everything. `undefined` where
 * nobody cannot run this Node or read these sources: then such a test has nothing to say.
 */
export const unprivileged: { readonly uid?: number; readonly gid?: number } | undefined =
  process.getuid?.() === 0 ? (nobodyCanRun() ? NOBODY : undefined) : {};

function nobodyCanRun(): boolean {
  const script = 'require("node:fs").readFileSync(process.argv[1])';
  const { status } = spawnSync(process.execPath, ['-e', script, fileURLToPath(import.meta.url)], NOBODY);
  return status === 0;
}
