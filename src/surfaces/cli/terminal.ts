import picocolors from 'picocolors';
import { visibleJson } from '../../core/policy/clean.ts';

type Colors = ReturnType<typeof picocolors.createColors>;

/** Where a command writes: answers to stdout, progress to stderr. */
export interface Terminal {
  /** Whether answers are JSON for programs. */
  readonly json: boolean;
  /** Columns that a line may take. */
  readonly width: number;
  /** Whether somebody can be asked. */
  readonly interactive: boolean;
  readonly colors: Colors;
  /** One answer: as JSON, or as the text that `toText` makes of it. */
  answer(value: unknown, toText: () => string): void;
  /** A line of an answer, text only. */
  line(text?: string): void;
  /** A line about the work, on stderr. */
  note(text: string): void;
}

const NARROW = 100;
const LEAST = 40;

export function createTerminal(json: boolean): Terminal {
  const { stdin, stdout, stderr, env } = process;
  const colors = picocolors.createColors(wantsColor(env, stdout.isTTY));
  return {
    json,
    width: Math.max(LEAST, stdout.isTTY ? stdout.columns : Number(env['COLUMNS']) || NARROW),
    interactive: stdin.isTTY && stdout.isTTY && !json,
    colors,
    answer: (value, toText) =>
      void stdout.write(`${json ? visibleJson(JSON.stringify(value, null, 2)) : toText()}\n`),
    line: (text = '') => void stdout.write(`${text}\n`),
    note: (text) => void stderr.write(`${text}\n`),
  };
}

/** Decided here alone: left open, the library would colour whatever runs under CI. */
function wantsColor(env: NodeJS.ProcessEnv, isTerminal: boolean | undefined): boolean {
  if (env['NO_COLOR']) return false;
  if (env['FORCE_COLOR']) return env['FORCE_COLOR'] !== '0';
  return isTerminal === true && env['TERM'] !== 'dumb';
}
