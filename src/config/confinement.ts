import { realpathSync } from 'node:fs';
import { dirname, isAbsolute, join, relative, resolve, sep } from 'node:path';
import type { EnvironmentSettings } from './environment.ts';
import { referencePaths } from './expansion.ts';
import { faultAt } from './fault.ts';
import { HELD } from './held.ts';
import type { ConfigFile } from './schema.ts';
import { isLoopback } from './safe-bind.ts';
import type { ConfigFault, Source } from './source.ts';

const TRUST = 'tutti trust';
const TAKES = 'takes a variable of your environment to where it chooses';

/** What a file found by walking up may not do unless the user names it. */
export function confinementFaults(file: ConfigFile, env: EnvironmentSettings, base: string): ConfigFault[] {
  const { http, workflows } = file;
  const outside = (path: string | undefined) => path !== undefined && leaves(base, path);
  const wide: readonly (readonly [path: string, what: string, holds: boolean])[] = [
    [
      'workflows.dir',
      'leads out of the folder of the configuration',
      env.workflowsDir === undefined && outside(workflows.dir),
    ],
    ['agents.dir', 'leads out of the folder of the configuration', outside(file.agents.dir)],
    ['agents.sharedKnowledge', 'opens what is known to everybody who is let in', file.agents.sharedKnowledge],
    ['model', 'has what runs report sent to an address that the file chooses', file.model !== undefined],
    ['http.host', 'listens beyond this machine', !isLoopback(http.host)],
    ['http.allowedHosts', 'admits further hosts', http.allowedHosts.length > 0],
    ['http.allowedOrigins', 'admits web pages', http.allowedOrigins.length > 0],
    ['http.auth.oauth', 'asks an address of its choice', http.auth?.oauth !== undefined],
  ];
  return wide
    .filter(([, , holds]) => holds)
    .map(([path, what]) => ({ path, message: refusal(what), remedy: TRUST }));
}

/** What of the environment such a file would have in texts that are shown, logged or made into folders. Of what is held nothing is used. */
export function referenceFaults(source: Source): ConfigFault[] {
  return referencePaths(source.value)
    .filter(([key]) => !HELD.some((held) => held === key))
    .map((path) => Object.assign(faultAt(path, source, refusal(TAKES)), { remedy: TRUST }));
}

function refusal(what: string): string {
  return `refused until you trust the file, because it ${what}. Tutti found the file by itself, so somebody else may have written it. Read it, then run \`${TRUST}\` in its folder, or name it with --config`;
}

/** Whether `path`, symbolic links followed, lies outside `base`. */
function leaves(base: string, path: string): boolean {
  const way = relative(realpathSync(base), realParent(resolve(base, path)));
  return way === '..' || way.startsWith(`..${sep}`) || isAbsolute(way);
}

/** The real path of something that need not exist yet. */
function realParent(path: string): string {
  try {
    return realpathSync(path);
  } catch {
    const parent = dirname(path);
    return parent === path ? path : join(realParent(parent), path.slice(parent.length).replace(/^[\\/]/, ''));
  }
}
