import { toPlain } from './wire.ts';

/** What ends a life is said shortly before, though rarely last: a trace of calls may follow. */
const NEAR_THE_END = 50;
const COMPLAINT = /error|cannot|failed|not found|exception/i;
/** What Node writes below an error. */
const BELOW = /^(?:Node\.js v\d|at )/;
/** npm says what is wrong after some fields, and goes on with advice. */
const NPM = /^npm (?:error|ERR!) /;
const NPM_BEGINS = /^npm (?:error|ERR!) code\b/;
const NPM_FIELD = /^npm (?:error|ERR!) (?:code|errno|syscall|path|dest|file)\b/;

/** The line of a program's stderr that tells best why it ended, and where the others are. */
export function lastWords(lines: readonly string[], server: string): string {
  const near = lines.slice(-NEAR_THE_END);
  const words = saidByNpm(near) ?? near.findLast(isComplaint) ?? near.at(-1);
  if (words === undefined) return '';
  return ` Its last words: ${toPlain(words)} (all of them: \`tutti servers logs ${toPlain(server)}\`)`;
}

function isComplaint(line: string): boolean {
  return COMPLAINT.test(line) && !BELOW.test(line);
}

function saidByNpm(lines: readonly string[]): string | undefined {
  const begin = lines.findLastIndex((line) => NPM_BEGINS.test(line));
  if (begin === -1) return undefined;
  return lines.slice(begin).find((line) => NPM.test(line) && !NPM_FIELD.test(line));
}
