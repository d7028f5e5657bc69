import type { Fault } from '../../kernel/fault.ts';
import { toFault } from './faults.ts';
import type { FaultCode, Place } from './faults.ts';
import { resolvePath } from './paths.ts';
import type { Source } from './source.ts';

const MAX_DEPTH = 10;
const MAX_INCLUDES = 1_000;
/** Of a page. Reading Markdown stops everything else for as long as it takes. */
const MAX_LENGTH = 262_144;

/** A file with its includes put in, and where each of its lines comes from. */
export interface Expanded {
  readonly text: string;
  readonly faults: readonly Fault[];
  /** Whether it stayed within its bounds. */
  readonly complete: boolean;
  origin(line: number): Place;
}

/** A run of lines that come from one file. */
interface Run {
  /** The line of the whole at which it begins. */
  readonly line: number;
  readonly file: string;
  readonly fileLine: number;
}

interface Work {
  readonly root: string;
  readonly source: Source;
  readonly parts: string[];
  readonly runs: Run[];
  readonly faults: Fault[];
  line: number;
  atLineStart: boolean;
  length: number;
  includes: number;
  full: boolean;
}

interface Visit {
  readonly file: string;
  readonly text: string;
  /** The files being included, outermost first, this one last. */
  readonly chain: readonly string[];
}

/**
 * Puts the text of `{{file:path}}` in its place, wherever it stands, in code too. Paths are relative to the including file.
 * One line end at the end of an included file is dropped, so that an include may stand inside a line.
 */
export async function expandIncludes(file: string, text: string, source: Source): Promise<Expanded> {
  const work: Work = {
    root: file,
    source,
    parts: [],
    runs: [],
    faults: [],
    line: 1,
    atLineStart: true,
    length: 0,
    includes: 0,
    full: false,
  };
  await expand({ file, text, chain: [file] }, work);
  return {
    text: work.parts.join(''),
    faults: work.faults,
    complete: !work.full,
    origin: (line) => originOf(work.runs, line),
  };
}

async function expand(visit: Visit, work: Work): Promise<void> {
  const { file, text } = visit;
  let done = 0;
  let line = 1;
  for (const match of text.matchAll(/\{\{([^{}\n]*)\}\}/g)) {
    const inner = (match[1] ?? '').trim();
    if (!inner.startsWith('file:')) continue;
    const before = text.slice(done, match.index);
    emit(before, { file, line }, work);
    line += countLines(before);
    done = match.index + match[0].length;
    const place = { file, line };
    const included = await include(inner.slice('file:'.length).trim(), place, { visit, work });
    if (work.full) return;
    if (!included) emit(match[0], place, work);
  }
  emit(text.slice(done), { file, line }, work);
}

/** Whether the include was replaced; where it could not be, it is left as written. */
async function include(
  reference: string,
  place: Place,
  { visit, work }: { visit: Visit; work: Work },
): Promise<boolean> {
  const fail = (code: FaultCode, message: string, fix: string): false => {
    work.faults.push(toFault(code, place, { message, fix }));
    return false;
  };
  work.includes += 1;
  if (work.includes > MAX_INCLUDES) {
    return overflow(work, place, `${work.root} has more than ${MAX_INCLUDES} includes.`);
  }
  const path = resolvePath(place.file, reference);
  if (path === undefined) {
    return fail(
      'include/outside',
      `The include "${reference}" does not name a file inside the folder of the definition.`,
      'Write a path relative to this file, with forward slashes, that stays in the folder.',
    );
  }
  const chain = [...visit.chain, path];
  if (visit.chain.includes(path)) {
    const circle = chain.slice(chain.indexOf(path)).join(' -> ');
    return fail(
      'include/circular',
      `The include of ${path} goes in a circle: ${circle}.`,
      'Take one of these includes out.',
    );
  }
  if (visit.chain.length > MAX_DEPTH) {
    return fail(
      'include/too-deep',
      `Includes are nested more than ${MAX_DEPTH} deep: ${chain.join(' -> ')}.`,
      'Include the file further up.',
    );
  }
  const found = await work.source.text(path);
  if ('unreadable' in found) {
    return fail(
      'include/missing',
      `The included file ${path} cannot be read: ${found.unreadable}`,
      `Create ${path}, or correct the path; it is relative to ${place.file}.`,
    );
  }
  await expand({ file: path, text: found.text.replace(/\n$/, ''), chain }, work);
  return true;
}

function emit(text: string, place: Place, work: Work): void {
  if (work.full) return;
  if (work.length + text.length > MAX_LENGTH) {
    overflow(
      work,
      place,
      `${work.root} is larger than expected: at most ${MAX_LENGTH} characters with its includes.`,
    );
    return;
  }
  const lines = countLines(text);
  if (work.atLineStart) work.runs.push({ line: work.line, file: place.file, fileLine: place.line });
  else if (lines > 0) work.runs.push({ line: work.line + 1, file: place.file, fileLine: place.line + 1 });
  if (text === '') return;
  work.parts.push(text);
  work.length += text.length;
  work.line += lines;
  work.atLineStart = text.endsWith('\n');
}

function overflow(work: Work, place: Place, message: string): false {
  work.full = true;
  work.faults.push(
    toFault('include/too-large', place, { message, fix: 'Split it into several files, or include less.' }),
  );
  return false;
}

function countLines(text: string): number {
  let count = 0;
  for (let at = text.indexOf('\n'); at !== -1; at = text.indexOf('\n', at + 1)) count += 1;
  return count;
}

/** The last run that begins at or before the line; of several on one line, the one whose text the line begins with. */
function originOf(runs: readonly Run[], line: number): Place {
  let low = 0;
  let high = runs.length - 1;
  while (low < high) {
    const middle = Math.ceil((low + high) / 2);
    if ((runs[middle]?.line ?? 1) <= line) low = middle;
    else high = middle - 1;
  }
  const run = runs[low];
  return run ? { file: run.file, line: run.fileLine + (line - run.line) } : { file: 'index.md', line: 1 };
}
