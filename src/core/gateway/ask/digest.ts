import { fairShares } from '../../kernel/shares.ts';
import type { Plan, PlannedCall } from '../plan/plan.ts';
import type { CallEnd } from './ask.ts';
import type { Piece } from './rendering.ts';
import { named, oneLine, piecesOf, quoted } from './rendering.ts';

const MAX_BYTES = 65_536;
/** For what failed, and as much for what was not made. */
const MAX_TROUBLE_BYTES = 6_144;
const MAX_TITLE = 160;
const MAX_SENTENCE = 600;
/** Answers that are shown; those after them are counted. */
const MAX_SHOWN = 96;
/** Sources that one note names. */
const MAX_NAMED = 4;
const STORED = /^tutti:\/\/result\/[\w-]{1,64}$/;

export interface SynthesisInput {
  readonly query: string;
  readonly plan: Plan;
  readonly ends: readonly CallEnd[];
}

type Done = Extract<CallEnd, { kind: 'done' }>;
type NotDone = Exclude<CallEnd, { kind: 'done' }>;

interface Told {
  readonly end: Done;
  /** What nobody said before. */
  readonly pieces: readonly Piece[];
  /** Who says some of it as well. */
  readonly also: readonly string[];
  /** Who said before what is left out. */
  readonly saidBy: readonly string[];
}

type ShareOf = (one: Told) => number;

/** What every source said, in the order of the plan, what failed, and what was not made: Markdown of 64 KiB at most. */
export function digestOf({ plan, ends }: SynthesisInput): string {
  const done = ends.filter((end) => end.kind === 'done');
  const trouble = troubleOf(plan, ends);
  for (let count = MAX_SHOWN; ; count = Math.floor(count / 2)) {
    const told = withoutRepeats(done.slice(0, count));
    const assemble = (shareOf: ShareOf): string =>
      [
        ...plan.calls.map((call) => sectionOf(call, told, shareOf)),
        done.length === 0 ? nothingText(ends) : '',
        told.length < done.length ? `${done.length - told.length} more answers are not shown.` : '',
        trouble,
      ]
        .filter((part) => part !== '')
        .join('\n\n');
    const left = MAX_BYTES - byteLength(assemble(() => 0));
    if (left < MAX_BYTES / 4 && count > 0) continue;
    const shares = fairShares(
      told.map(({ pieces }) => pieces.reduce((sum, piece, at) => sum + quotedBytes(piece, at), 0)),
      left,
    );
    return assemble((one) => shares[told.indexOf(one)] ?? 0);
  }
}

function sectionOf(call: PlannedCall, told: readonly Told[], shareOf: ShareOf): string {
  const mine = told.filter(({ end }) => end.call === call.id);
  if (mine.length === 0) return '';
  const bodies = mine.map((one) => `${headOf(one.end)}\n\n${bodyOf(one, shareOf(one))}`);
  return [`### ${titleOf(call)}`, ...bodies].join('\n\n');
}

function headOf({ source, item }: Done): string {
  const which = item === undefined ? '' : `, for item ${item + 1}`;
  return `From ${whoOf(source)}${which}:`;
}

function whoOf({ server, tool }: { readonly server: string; readonly tool?: string | undefined }): string {
  return tool === undefined ? named(server) : `${named(tool)} of ${named(server)}`;
}

/** What was asked, as far as it can stand in a heading. */
function titleOf(call: PlannedCall): string {
  return oneLine(call.intent, MAX_TITLE).replaceAll(/[#`*_[\]<>|\\]/g, String.raw`\$&`) || named(call.id);
}

/** What it said, quoted; below, in our words, what is not said here and why. */
function bodyOf({ end, pieces, also, saidBy }: Told, share: number): string {
  const { text, isCut } = fitting(pieces, share);
  const notes = [
    pieces.length === 0 && saidBy.length === 0 && '(an empty answer)',
    also.length > 0 && `Some of it came from ${also.join(', ')} as well.`,
    saidBy.length > 0 &&
      `${pieces.length === 0 ? 'All of it' : 'The rest'} is what ${saidBy.join(', ')} said above.`,
    isCut && 'Not all of it is shown here.',
    end.uri !== undefined && STORED.test(end.uri) && `This is its beginning; the whole of it: ${end.uri}`,
  ].filter((note) => note !== false);
  return [text === '' ? '' : quoted(text), notes.join(' ')].filter((part) => part !== '').join('\n\n');
}

/** As many pieces as fit; of the first that does not, its beginning. */
function fitting(
  pieces: readonly Piece[],
  share: number,
): { readonly text: string; readonly isCut: boolean } {
  let text = '';
  let size = 0;
  for (const [at, piece] of pieces.entries()) {
    const next = `${gapOf(piece, at)}${piece.text}`;
    const bytes = quotedBytes(piece, at);
    if (size + bytes > share) return { text: `${text}${beginningOf(next, share - size)}…`, isCut: true };
    text += next;
    size += bytes;
  }
  return { text, isCut: false };
}

function gapOf({ tight }: Piece, at: number): string {
  if (at === 0) return '';
  return tight ? '\n' : '\n\n';
}

/** What a piece adds to a quotation. */
function quotedBytes(piece: Piece, at: number): number {
  const gap = gapOf(piece, at);
  // Before a gap stands a line that has its sign already.
  return byteLength(quoted(`${gap}${piece.text}`)) - (gap === '' ? 0 : 1);
}

/** With a sign before each line, and one after it that says that it was cut. */
function beginningOf(text: string, bytes: number): string {
  let used = 3;
  let at = 0;
  for (const character of text) {
    used += byteLength(character) + (character === '\n' ? 2 : 0);
    if (used > bytes) break;
    at += character.length;
  }
  return text.slice(0, at);
}

/** Says what several sources say once, where it stands first. */
function withoutRepeats(done: readonly Done[]): readonly Told[] {
  const all = done.map((end) => ({ end, pieces: piecesOf(end), who: whoOf(end.source) }));
  const sayers = new Map<string, Set<string>>();
  for (const { pieces, who } of all)
    for (const { key } of pieces)
      if (key !== undefined) sayers.set(key, (sayers.get(key) ?? new Set()).add(who));
  const said = new Set<string>();
  return all.map(({ end, pieces, who }): Told => {
    const kept: Piece[] = [];
    const also = new Set<string>();
    const saidBy = new Set<string>();
    for (const piece of pieces) {
      const others = [...(sayers.get(piece.key ?? '') ?? [])];
      if (said.has(piece.key ?? '')) {
        saidBy.add(others[0] ?? who);
        continue;
      }
      kept.push(piece);
      if (piece.key !== undefined) said.add(piece.key);
      for (const other of others) if (other !== who) also.add(other);
    }
    return {
      end,
      pieces: kept,
      also: [...also].slice(0, MAX_NAMED),
      saidBy: [...saidBy].slice(0, MAX_NAMED),
    };
  });
}

/** What failed and what was not made, as Markdown; empty where all went well. */
export function troubleOf(plan: Plan, ends: readonly CallEnd[]): string {
  const intents = new Map(plan.calls.map((call) => [call.id, oneLine(call.intent, MAX_TITLE)]));
  const part = (title: string, isMeant: (end: NotDone) => boolean): string => {
    const lines: string[] = [];
    for (const end of ends) {
      if (end.kind === 'done' || !isMeant(end)) continue;
      const item = end.item === undefined ? '' : `, item ${end.item + 1}`;
      const who = end.kind === 'failed' ? whoOf(end) : named(end.server);
      const why = oneLine(end.kind === 'failed' ? end.error : end.because, MAX_SENTENCE);
      lines.push(quoted(`- ${who} (${intents.get(end.call) ?? end.call}${item}): ${why}`));
    }
    return lines.length === 0 ? '' : `### ${title}\n\n${bounded(lines, MAX_TROUBLE_BYTES)}`;
  };
  return [
    part('What failed', ({ kind }) => kind === 'failed'),
    part('What was not done', (end) => end.kind === 'skipped' && end.isEmpty !== true),
    part('What there was nothing to do for', (end) => end.kind === 'skipped' && end.isEmpty === true),
  ]
    .filter((each) => each !== '')
    .join('\n\n');
}

/** Nobody may take this for an answer; why follows below. */
function nothingText(ends: readonly CallEnd[]): string {
  if (ends.length === 0) return 'Nothing was answered.';
  const failed = ends.filter(({ kind }) => kind === 'failed').length;
  const parts = [
    failed > 0 && `${failed} ${failed === 1 ? 'call' : 'calls'} failed`,
    failed < ends.length && `${ends.length - failed} ${ends.length - failed === 1 ? 'was' : 'were'} not made`,
  ].filter((part) => part !== false);
  return `Nothing was answered: ${parts.join(', ')}. This is no answer to the question; the reasons:`;
}

function bounded(lines: readonly string[], maxBytes: number): string {
  let size = 0;
  const end = lines.findIndex((line) => {
    size += byteLength(line) + 1;
    return size > maxBytes;
  });
  if (end === -1) return lines.join('\n');
  const kept = lines.slice(0, Math.max(end, 1));
  return [...kept, `> - and ${lines.length - kept.length} more`].join('\n');
}

/** In UTF-8. */
export function byteLength(text: string): number {
  let bytes = 0;
  for (let at = 0; at < text.length; at++) {
    const unit = text.charCodeAt(at);
    // Each half of a pair counts two of its four bytes; a lone one becomes three.
    bytes += unit < 0x80 ? 1 : unit < 0x800 ? 2 : isPaired(text, at, unit) ? 2 : 3;
  }
  return bytes;
}

function isPaired(text: string, at: number, unit: number): boolean {
  if (unit < 0xd800 || unit > 0xdfff) return false;
  const isHigh = unit < 0xdc00;
  const other = text.charCodeAt(isHigh ? at + 1 : at - 1);
  return isHigh ? other >= 0xdc00 && other <= 0xdfff : other >= 0xd800 && other <= 0xdbff;
}
