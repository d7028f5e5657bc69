import type { Piece } from './pieces.ts';
import { isLast } from './names.ts';
import type { Property } from './properties.ts';
import { SCORES, candidate, cueAfter, cueBefore, overlap, wordBefore } from './reading.ts';
import type { Candidate, Reading } from './reading.ts';
import { stems } from './words.ts';

const LIMITS = stems('limit count top max maximum n k size per');
const LIMITED = stems('limit count top max maximum n k result size page per item first num number of');
const LOW = stems('min minimum lower least above over');
const HIGH = stems('max maximum upper most below under');
const PERCENTS = stems('percent percentage pct');

const AMOUNTS = stems('amount price cost total sum budget fee payment');
const MONEY =
  /^\s?(?:[$€£¥]|(?:usd|eur|gbp|chf|jpy|dollars?|euros?|pounds?|francs?|yen|cents?)(?![\p{L}\p{N}]))/iu;

/** Another number joined to one. */
const MORE = /^\s?(?:,|-|–|—|\s(?:and|or|to|through|until))\s?#?\d/i;

/** What the numbers of a text are of. */
export function candidatesOfNumbers(reading: Reading, properties: readonly Property[]): readonly Candidate[] {
  const numbers = reading.pieces.filter(({ kind }) => kind === 'number');
  const needed = properties.filter((property) => isNumeric(property) && property.isRequired);
  return numbers.flatMap((piece) =>
    properties.flatMap((property) => {
      if (!isNumeric(property)) return asText(property, piece, reading);
      if (piece.noun === '%' && !property.words.some((word) => PERCENTS.has(word))) return [];
      const isOnly =
        reading.isOneSentence && numbers.length === 1 && needed.length === 1 && needed[0] === property;
      const score = plainness(property, piece, reading) || (isOnly ? SCORES.only : 0);
      return score === 0 ? [] : candidate(property, piece, { value: piece.value, score });
    }),
  );
}

/** With its unit. */
function asText(property: Property, piece: Piece, reading: Reading): readonly Candidate[] {
  if (property.type !== 'string' || reading.times.some((time) => overlap(time, piece))) return [];
  const cue = isLast(reading, piece.end) ? cueBefore(property, reading, piece.start) : 0;
  const value = reading.text.slice(piece.start, piece.end);
  return cue > 0 ? candidate(property, piece, { value, score: SCORES.cue + cue }) : [];
}

function plainness(property: Property, piece: Piece, reading: Reading): number {
  const cue =
    isOneOfMany(piece, reading) && property.list === undefined
      ? 0
      : cueBefore(property, reading, piece.start);
  if (cue > 0) return SCORES.cue + cue;
  const after = cueAfter(property, reading, piece.end);
  if (after > 0) return SCORES.after + after;
  const isSaid =
    isLimit(property, piece, reading) ||
    isBound(property, piece, reading) ||
    isMoney(property, piece, reading);
  return isSaid ? SCORES.kind : isPlaced(property, piece, reading) ? SCORES.cue : 0;
}

/** "Pages 5 to 7", "orders 5 and 7": the first of several is not the one. */
function isOneOfMany({ start, end }: Piece, reading: Reading): boolean {
  const noun = wordBefore(reading, start);
  return /[^us]s$/.test(noun) && MORE.test(reading.text.slice(end, end + 12));
}

function isNumeric({ type }: Property): boolean {
  return type === 'integer' || type === 'number';
}

/** "The top 10", "the first 5 results". */
function isLimit({ words }: Property, piece: Piece, reading: Reading): boolean {
  if (!words.every((word) => LIMITED.has(word)) || !words.some((word) => LIMITS.has(word))) return false;
  if (/^(?:min|sec|hour|day|week|month|year)/i.test(reading.text.slice(piece.end).trimStart())) return false;
  return (
    /^(?:top|first|last|latest|most|limit|newest|recent)$/.test(wordBefore(reading, piece.start)) ||
    /\bup to $/i.test(before(piece, reading))
  );
}

/** "Over 5", "at most 10", where there is but one such bound. */
function isBound({ words }: Property, piece: Piece, reading: Reading): boolean {
  const lead = before(piece, reading);
  if (words.some((word) => LOW.has(word)))
    return /(?:\bat least|\bover|\babove|more than|greater than|\bfrom|\bbetween|\bminimum(?: of)?) \$?$/i.test(
      lead,
    );
  if (!words.some((word) => HIGH.has(word))) return false;
  return /(?:\bat most|\bunder|\bbelow|less than|fewer than|\bup to|\bbetween -?[\d.,]+ and|\bfrom -?[\d.,]+ to|\bmaximum(?: of)?) \$?$/i.test(
    lead,
  );
}

/** "€12.50", "12.5 francs". */
function isMoney({ words }: Property, piece: Piece, reading: Reading): boolean {
  if (!words.some((word) => AMOUNTS.has(word))) return false;
  return (
    /[$€£¥]\s?$/.test(before(piece, reading)) || MONEY.test(reading.text.slice(piece.end, piece.end + 12))
  );
}

/** "lat 52.5" for a latitude. */
function isPlaced({ words }: Property, piece: Piece, reading: Reading): boolean {
  const said = wordBefore(reading, piece.start);
  return words.some(
    (word) =>
      (word.startsWith('latitud') && said === 'lat') ||
      (word.startsWith('longitud') && /^(?:lon|lng|long)$/.test(said)),
  );
}

function before({ start }: Piece, { text }: Reading): string {
  return text.slice(Math.max(0, start - 40), start);
}
