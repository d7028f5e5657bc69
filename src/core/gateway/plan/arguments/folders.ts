import { isLast } from './names.ts';
import type { Property } from './properties.ts';
import { SCORES, candidate, isFree, overlap } from './reading.ts';
import type { Candidate, Reading } from './reading.ts';
import { stems } from './words.ts';
import type { Word } from './words.ts';

const FOLDER = /^(?:folder|directory|dir|subfolder|subdirectory)$/i;
const FILE = /^file$/i;
const NAMING = /^(?:named|called)$/i;
const DETERMINER = /^(?:the|my|our|this|that)$/i;
const LOOKS_NAMED = /[\d_.-]|^\p{Lu}/u;
const FOLDERS = stems('folder directory dir');
const PLACES = stems('path filepath folder directory dir file filename cwd');
/** What is said of files and folders, and is none of their names. */
const NO_NAME = stems(
  `the a an this that these those my our your their his her its all any some each every new same current latest last next first old other whole entire
  root home parent working shared empty main source target destination output input allowed following right wrong specific given certain single
  multiple two it them is are was and or in on at for from of to with by into under about which where whose who when if as using
  content contents size sizes info information name names path type tree structure system listing list metadata date details permissions
  text config configuration log media image large small biggest largest smallest temporary called named local remote only also please now`,
);

/** "The folder reports", "the reports folder", "the file LICENSE": names that look like nothing else. */
export function candidatesOfFolders(reading: Reading, properties: readonly Property[]): readonly Candidate[] {
  const taking = properties.filter(
    (property) =>
      isFree(property) && property.format === undefined && property.words.some((word) => PLACES.has(word)),
  );
  if (taking.length === 0) return [];
  return reading.words.flatMap((word, at) => {
    const isFolder = FOLDER.test(word.text);
    if ((!isFolder && !FILE.test(word.text)) || reading.isQuoted(word.start)) return [];
    const name = nameAfter(reading, at) ?? (isFolder ? nameBefore(reading, at) : undefined);
    // What looks like a path already is read as one.
    if (name === undefined || reading.pieces.some((each) => each.kind !== 'quoted' && overlap(each, name)))
      return [];
    return taking
      .filter(({ words }) => isFolder || !words.some((each) => FOLDERS.has(each)))
      .flatMap((property) => candidate(property, name, { value: name.text, score: SCORES.likely }));
  });
}

interface Named {
  readonly start: number;
  readonly end: number;
  readonly text: string;
}

/** "The folder reports", "a folder named reports", "the folder "my reports"". */
function nameAfter(reading: Reading, at: number): Named | undefined {
  const { words } = reading;
  const isNamed = NAMING.test(textAt(reading, at + 1));
  const [lead, name] = isNamed ? words.slice(at + 1, at + 3) : words.slice(at, at + 2);
  if (lead === undefined || name === undefined) return undefined;
  const quoted = quotedAt(reading, lead.end, name.start);
  if (quoted !== undefined) return quoted;
  // "List folder contents" names none.
  const isMeant = isNamed || DETERMINER.test(textAt(reading, at - 1)) || LOOKS_NAMED.test(name.text);
  return isMeant && isNameBehind(reading, lead, name) ? name : undefined;
}

function textAt({ words }: Reading, at: number): string {
  return words[at]?.text ?? '';
}

function isNameBehind(reading: Reading, lead: Word, name: Word): boolean {
  return stand(reading, lead, name) && isName(name) && isLast(reading, name.end);
}

function quotedAt({ pieces }: Reading, from: number, to: number): Named | undefined {
  const found = pieces.find(({ kind, start }) => kind === 'quoted' && from <= start && start < to);
  return found && { start: found.start, end: found.end, text: found.value };
}

function nameBefore(reading: Reading, at: number): Named | undefined {
  const [noun, name, lead] = [reading.words[at], reading.words[at - 1], reading.words[at - 2]];
  if (noun === undefined || name === undefined || lead === undefined || !isLast(reading, noun.end))
    return undefined;
  return DETERMINER.test(lead.text) && stand(reading, name, noun) && isName(name) ? name : undefined;
}

function isName({ text, stem }: Word): boolean {
  return !NO_NAME.has(stem) && !NO_NAME.has(text.toLowerCase()) && /^[\p{L}\p{N}_.-]{2,128}$/u.test(text);
}

function stand({ text }: Reading, a: Word, b: Word): boolean {
  return /^\s{1,3}$/.test(text.slice(a.end, b.start));
}
