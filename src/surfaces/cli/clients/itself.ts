import type { Entry } from './client.ts';

const OWN = 'tutti';
/** Programs that run another one, which their arguments name. */
const RUNNERS = new Set(['npx', 'bunx', 'pnpx', 'npm', 'pnpm', 'yarn', 'bun', 'deno', 'node', 'nodejs']);
const SUBCOMMANDS = new Set(['exec', 'x', 'dlx', 'run', 'node']);
/** Options whose value is the next argument. */
const VALUED = new Set([
  '-p',
  '--package',
  '-r',
  '--require',
  '--import',
  '--loader',
  '--env-file',
  '-C',
  '--cwd',
]);
const SHELLS = new Set(['sh', 'bash', 'zsh', 'dash']);

/** Whether an entry starts Tutti, however: behind itself it would go round in circles. */
export function startsTutti({ command, args }: Entry): boolean {
  if (typeof command !== 'string') return false;
  return isTutti([command, ...(Array.isArray(args) ? args.map(String) : [])]);
}

function isTutti([command = '', ...args]: readonly string[]): boolean {
  const program = programOf(command);
  if (isOwn(command)) return true;
  if (RUNNERS.has(program)) return isOwn(ranBy(args));
  if (program === 'cmd') return isTutti(args.slice(args.findIndex((arg) => /^\/c$/i.test(arg)) + 1));
  if (program === 'env') return isTutti(args.slice(args.findIndex((arg) => !/^-|=/.test(arg))));
  if (!SHELLS.has(program)) return false;
  const line = args[args.findIndex((arg) => /^-\w*c$/.test(arg)) + 1] ?? '';
  return (
    line !== command &&
    isTutti(
      line
        .trim()
        .replace(/^exec /, '')
        .split(/\s+/),
    )
  );
}

/** The first argument that is neither an option nor the value of one. */
function ranBy(args: readonly string[]): string {
  const found = args.find(
    (arg, at) =>
      !arg.startsWith('-') && !VALUED.has(args[at - 1] ?? '') && !(at === 0 && SUBCOMMANDS.has(arg)),
  );
  return found ?? '';
}

/** A program, a package with or without version, or a file of ours. */
function isOwn(word: string): boolean {
  const bare = word.replace(/^(?:npm|node):/, '').replace(/(?<=[^/])@[^/@]*$/, '');
  return programOf(bare) === OWN || /[\\/]tutti[\\/](?:bin|dist)[\\/]/.test(word);
}

function programOf(path: string): string {
  return (path.split(/[\\/]/).at(-1) ?? '').toLowerCase().replace(/\.(?:exe|cmd|bat|ps1|[cm]?[jt]s)$/, '');
}
