import { forgeParts } from './forge.ts';
import type { Piece } from './pieces.ts';
import { lookOf } from './pieces.ts';
import type { Property } from './properties.ts';
import { SCORES, candidate, cueAfter, cueBefore, isFree, wordBefore, wordsBefore } from './reading.ts';
import type { Candidate, Reading } from './reading.ts';
import { stemOf, stems } from './words.ts';

/** Names of parameters that take what looks so. */
const NAMES: Readonly<Partial<Record<Piece['kind'], ReadonlySet<string>>>> = {
  url: stems('url uri link href website webpage endpoint'),
  email: stems('email mail recipient to cc bcc attendee invitee participant sender'),
  uuid: stems('id uuid guid'),
  path: stems('path file filename filepath directory dir folder source destination src dest cwd'),
  channel: stems('channel room conversation chat'),
  mention: stems(
    'user username assignee author reviewer owner login member handle mention recipient to creator person',
  ),
  repository: stems('repo repository project'),
  stamp: stems('ts timestamp'),
};
const FORMATS: Readonly<Partial<Record<Piece['kind'], string>>> = {
  url: 'uri',
  email: 'email',
  uuid: 'uuid',
};
const TICKETS = stems(
  'number no id iid key ref or issue bug pull request pr mr merge ticket story task discussion case incident',
);
const TICKET_GENERIC = stems('number no id iid key ref or');
const PULLS = stems('pull request pr mr merge');
const SOURCES = stems('source src from old');
const TARGETS = stems('destination dest target to new');
const REPOSITORY_CUES = /^(?:in|of|on|for|from|to|at|repo|repository|project|github|gitlab)$/;
const INTO = /^(?:to|into|as)$/;
const QUERIES = stems('query q search keyword term pattern phrase');
const SAYINGS = stems('message text body content comment');
const SAYING = /^(?:saying|says|say|reading|post|send|write)$/;
const SEARCHING = /^(?:search|find|grep|query|look|up|for|about|matching|containing)$/;

/** What the looks of the parts of a text make of them. */
export function candidatesByKind(reading: Reading, properties: readonly Property[]): readonly Candidate[] {
  return reading.pieces.flatMap((piece) => {
    switch (piece.kind) {
      case 'ticket':
        return properties.flatMap((property) => ticket(property, piece));
      case 'repository':
        return repository(piece, properties, reading);
      case 'quoted':
        return properties.flatMap((property) => quoted(property, piece, { reading, properties }));
      case 'number':
      case 'time':
        return [];
      default:
        return [
          ...properties.filter((each) => isFree(each)).flatMap((each) => looking(each, piece, reading)),
          ...(piece.kind === 'url' ? forge(piece, properties) : []),
        ];
    }
  });
}

function looking(property: Property, piece: Piece, reading: Reading): readonly Candidate[] {
  const { format, words } = property;
  const value = writtenFor(property, piece);
  if (value === undefined) return [];
  const cue = chainedCue(property, reading, piece);
  const byFormat = format !== undefined && format === FORMATS[piece.kind];
  const role = direction(words, piece, reading);
  const byName = format === undefined && (cue > 0 || role > 0 || takes(property, piece.kind));
  if ((!byFormat && !byName) || role < 0) return [];
  if (cue > 0) return candidate(property, piece, { value, score: SCORES.cue + cue });
  const score = role > 0 ? SCORES.cue : SCORES.kind + (byFormat ? 1 : 0);
  return candidate(property, piece, { value, score });
}

/** The name of a channel is no id of one; it keeps its mark where that is how such names are described. */
function writtenFor({ words, description }: Property, { kind, value }: Piece): string | undefined {
  if (kind !== 'channel') return value;
  if (description.includes('#')) return `#${value}`;
  return words.at(-1) === 'id' ? undefined : value;
}

/** Whether a parameter takes what looks so, by its name. */
function takes({ words, description }: Property, kind: Piece['kind']): boolean {
  if (kind === 'uuid') return /^(?:id|uuid|guid)$/.test(words.at(-1) ?? '');
  const fitting = words.filter((word) => NAMES[kind]?.has(word));
  if (kind === 'stamp' && /\btime ?stamp\b/.test(description)) return true;
  if (kind !== 'path' || !fitting.every((word) => SOURCES.has(word) || TARGETS.has(word)))
    return fitting.length > 0;
  return fitting.length > 0 && /file|path|folder|director/.test(description);
}

/** Above 0 where `from` stands before a source, or `to` before a destination, or before what comes after it; below 0 where it is the other way about. */
function direction(
  words: readonly string[],
  { kind, start, end }: Pick<Piece, 'kind' | 'start' | 'end'>,
  reading: Reading,
): number {
  if (kind !== 'path') return 0;
  const isSource = words.some((word) => SOURCES.has(word));
  const isTarget = words.some((word) => TARGETS.has(word));
  if (isSource === isTarget) return 0;
  const before = wordBefore(reading, start);
  const isFrom = before === 'from' || (!INTO.test(before) && isMoved(end, reading));
  if (!isFrom && !INTO.test(before)) return 0;
  return isFrom === isSource ? 1 : -1;
}

/** "Move a.txt to b.txt": a path with another one behind it that says whereto. */
function isMoved(end: number, { pieces, text }: Reading): boolean {
  const next = pieces.find((piece) => piece.start >= end);
  if (next === undefined) return false;
  return (
    (next.kind === 'quoted' || next.kind === 'path') &&
    /^\s{1,3}(?:to|into|as)\s{1,3}$/i.test(text.slice(end, next.start))
  );
}

function ticket(property: Property, piece: Piece): readonly Candidate[] {
  const { words, values, format, type } = property;
  if (values !== undefined || format !== undefined || type === 'boolean') return [];
  if (words.length === 0 || !words.every((word) => TICKETS.has(word))) return [];
  const own = words.filter((word) => !TICKET_GENERIC.has(word));
  const { noun, value } = piece;
  if (noun === undefined || own.length === 0)
    return candidate(property, piece, { value, score: SCORES.kind + (own.length > 0 ? 1 : 0) });
  if (!isAlike(own, noun)) return [];
  return candidate(property, piece, { value, score: SCORES.cue + own.length / words.length });
}

/** Whether the words of a name mean what a text calls a ticket. */
function isAlike(own: readonly string[], noun: string): boolean {
  if (/^[pm]/.test(noun)) return own.every((word) => PULLS.has(word));
  const isIssue = /^(?:issue|bug|ticket)/.test(noun);
  return own.some((word) => noun.startsWith(word) || (isIssue && /^(?:issu|bug|ticket)/.test(word)));
}

function repository(piece: Piece, properties: readonly Property[], reading: Reading): readonly Candidate[] {
  const isAlone = reading.pieces.filter(({ kind }) => kind === 'repository').length === 1;
  const hasCue = REPOSITORY_CUES.test(wordBefore(reading, piece.start));
  if (!hasCue && !isAlone) return [];
  const score = hasCue ? SCORES.cue : SCORES.kind;
  return inParts(piece, properties, score);
}

/** `owner/name`, for one parameter or for two. */
function inParts(piece: Piece, properties: readonly Property[], score: number): readonly Candidate[] {
  const slash = piece.value.lastIndexOf('/');
  const halves = ownerAndName(properties);
  if (halves === undefined) {
    return properties
      .filter((property) => isFree(property) && property.words.some((word) => NAMES.repository?.has(word)))
      .flatMap((property) => candidate(property, piece, { value: piece.value, score }));
  }
  const middle = piece.start + slash;
  return [
    ...candidate(
      halves.owner,
      { start: piece.start, end: middle },
      { value: piece.value.slice(0, slash), score },
    ),
    ...candidate(
      halves.name,
      { start: middle, end: piece.end },
      { value: piece.value.slice(slash + 1), score },
    ),
  ];
}

function ownerAndName(
  properties: readonly Property[],
): { readonly owner: Property; readonly name: Property } | undefined {
  const owner = properties.find(
    ({ words }) =>
      words.every((word) => /^(?:own|owner|org|organization|repo|namespac)$/.test(word)) &&
      words.some((word) => /^(?:owner|org)/.test(word)),
  );
  const name = properties.find(({ words }) =>
    /^(?:repo|repository)( name)?$/.test(words.join(' ').replace('repositori', 'repository')),
  );
  return owner && name && isFree(owner) && isFree(name) ? { owner, name } : undefined;
}

/** The address of a repository, pull request or issue names their parts. */
function forge(piece: Piece, properties: readonly Property[]): readonly Candidate[] {
  const { owner, name, what, number } = forgeParts(piece.value);
  if (owner === undefined || name === undefined) return [];
  const at = piece.start + piece.value.indexOf(`/${owner}/`) + 1;
  const full = { ...piece, start: at, end: at + owner.length + 1 + name.length, value: `${owner}/${name}` };
  return [
    ...inParts(full, properties, SCORES.kind),
    ...(number === undefined
      ? []
      : properties.flatMap((property) =>
          ticket(property, {
            kind: 'ticket',
            start: piece.start + piece.value.indexOf(`/${number}`) + 1,
            end: piece.end,
            value: number,
            noun: what ?? '',
          }),
        )),
  ];
}

interface Around {
  readonly reading: Reading;
  readonly properties: readonly Property[];
}

function quoted(property: Property, piece: Piece, { reading, properties }: Around): readonly Candidate[] {
  const cue = chainedCue(property, reading, piece);
  const after = cue > 0 ? 0 : cueAfter(property, reading, piece.end);
  if (cue > 0 || after > 0)
    return candidate(property, piece, {
      value: piece.value,
      score: cue > 0 ? SCORES.cue + cue : SCORES.after + after,
    });
  if (!isFree(property)) return [];
  return unnamed(property, piece, { reading, properties });
}

/** A quotation without the name of what it is. */
function unnamed(property: Property, piece: Piece, { reading, properties }: Around): readonly Candidate[] {
  const look = lookOf(piece.value);
  const role = direction(property.words, { ...piece, kind: 'path' }, reading);
  if (look === 'path' && role < 0) return [];
  if (role > 0)
    return candidate(property, piece, {
      value: piece.value,
      score: look === 'path' ? SCORES.cue : SCORES.kind,
    });
  const whole = property.words.length === 1 ? 1 : 0;
  if (look !== undefined && takes(property, look))
    return candidate(property, piece, { value: piece.value, score: SCORES.kind });
  if (isAsked(property, wordsBefore(reading, piece.start), properties))
    return candidate(property, piece, { value: piece.value, score: SCORES.kind + whole });
  return [];
}

/** Whether the word before a quotation says what it is. */
function isAsked(
  { words }: Property,
  [before, noun]: readonly [string, string],
  properties: readonly Property[],
): boolean {
  const last = words.at(-1) ?? '';
  if (/^(?:named|called|titled)$/.test(before)) {
    const isNamed = properties.some((each) => isFree(each) && each.words.at(-1) === 'nam');
    const wanted = before !== 'titled' && isNamed ? 'nam' : 'titl';
    return last === wanted && (words.length === 1 || words.includes(stemOf(noun)));
  }
  if (SAYING.test(before)) return words.some((word) => SAYINGS.has(word));
  return SEARCHING.test(before) && words.some((word) => QUERIES.has(word));
}

/** The name before a value, or before the first of several in a row. */
function chainedCue(property: Property, reading: Reading, piece: Piece): number {
  let first = piece;
  if (property.list !== undefined) {
    for (let at = reading.pieces.indexOf(piece) - 1; at >= 0; at--) {
      const before = reading.pieces[at];
      if (before?.kind !== piece.kind) break;
      if (!/^\s*(?:,|and|or|,\s*and)\s*$/.test(reading.text.slice(before.end, first.start))) break;
      first = before;
    }
  }
  return cueBefore(property, reading, first.start);
}
