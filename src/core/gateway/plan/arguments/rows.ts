import type { Piece } from './pieces.ts';
import { isPlace } from './fit.ts';
import type { Property } from './properties.ts';
import { SCORES, candidate, cueBefore } from './reading.ts';
import type { Candidate, Reading } from './reading.ts';

/** What stands between the numbers of a row. */
const GAP =
  /^\s*(?:°\s*)?(?:[nsew]\b)?\s*(?:,|;|\/|\+|×|x|and|&|plus|minus|times|by|versus|vs\.?)?\s*(?:and\s+)?$/i;
const LATITUDE = /^lat(?:itud)?$/;
const LONGITUDE = /^(?:lon|lng|long|longitud)$/;
const ORDINALS = ['first', 'second', 'third', 'fourth', 'fifth', 'sixth', 'seventh', 'eighth', 'ninth'];
const MAX_ROW = 50;
const MAX_GAP = 16;

type Row = readonly Piece[];

/** Several numbers in a row: of a list, or of parameters that stand in a row by their names: `a` and `b`, latitude and longitude. */
export function candidatesOfRows(reading: Reading, properties: readonly Property[]): readonly Candidate[] {
  const rows = rowsIn(reading);
  if (rows.length === 0) return [];
  const numeric = properties.filter(({ type }) => type === 'number' || type === 'integer');
  const series = seriesIn(numeric.filter(({ list }) => list === undefined));
  const lists = numeric.filter(({ list }) => list !== undefined);
  const isOnly = rows.length === 1 && lists.length === 1;
  const found: Candidate[] = [];
  for (const row of rows) {
    for (const own of series) if (own.length === row.length) found.push(...inOrder(own, row, reading));
    for (const list of lists) found.push(...listed(list, row, { reading, isOnly }));
  }
  return found;
}

function rowsIn({ text, pieces, times }: Reading): readonly Row[] {
  const rows: Piece[][] = [];
  for (const piece of pieces) {
    if (piece.kind !== 'number' || times.some(({ start, end }) => start < piece.end && piece.start < end))
      continue;
    const row = rows.at(-1);
    const last = row?.at(-1);
    const isNext = last !== undefined && isGap(text.slice(last.end, piece.start));
    if (row !== undefined && row.length < MAX_ROW && isNext) row.push(piece);
    else rows.push([piece]);
  }
  return rows.filter(({ length }) => length > 1);
}

function isGap(between: string): boolean {
  return between.length <= MAX_GAP && GAP.test(between);
}

/** Parameters whose names say in which order they come. */
function seriesIn(numeric: readonly Property[]): readonly (readonly Property[])[] {
  const latitude = numeric.find(({ words }) => words.some((word) => LATITUDE.test(word)));
  const longitude = numeric.find(({ words }) => words.some((word) => LONGITUDE.test(word)));
  const counted = numeric
    .flatMap((property) => {
      const at = placeOf(property);
      return at === undefined ? [] : [{ property, at }];
    })
    .toSorted((a, b) => a.at - b.at);
  const [first] = counted;
  const isWhole = counted.every(({ at }, index) => at === (first?.at ?? 0) + index);
  return [
    ...(latitude && longitude ? [[latitude, longitude]] : []),
    ...(counted.length > 1 && isWhole ? [counted.map(({ property }) => property)] : []),
  ];
}

/** `a`, `number_b`, `second`, `value2`: which one of its kind it is. */
function placeOf({ path, words }: Property): number | undefined {
  const [, digit] = /[\p{L}_-](\d)$/u.exec(path.at(-1) ?? '') ?? [];
  if (digit !== undefined) return Number(digit);
  const ordinal = words.flatMap((word) => (ORDINALS.includes(word) ? [ORDINALS.indexOf(word)] : []))[0];
  if (ordinal !== undefined) return ordinal;
  const letter = words.find((word) => /^[a-z]$/.test(word));
  return letter === undefined ? undefined : letter.charCodeAt(0);
}

function inOrder(own: readonly Property[], row: Row, { text }: Reading): readonly Candidate[] {
  const found = own.map((property, at) => {
    const piece = row[at];
    if (piece === undefined) return [];
    const isNegative = /^\s*°?\s*[sw]\b/i.test(text.slice(piece.end)) && isPlace(property);
    const value = `${isNegative ? '-' : ''}${piece.value}`;
    return candidate(property, piece, { value, score: SCORES.likely });
  });
  // Whole, or not at all: one that does not fit says that they are meant for something else.
  return found.every(({ length }) => length === 1) ? found.flat() : [];
}

function listed(
  property: Property,
  row: Row,
  { reading, isOnly }: { readonly reading: Reading; readonly isOnly: boolean },
): readonly Candidate[] {
  const [first] = row;
  if (first === undefined) return [];
  const cue = cueBefore(property, reading, first.start);
  if (cue === 0 && !(isOnly && property.isRequired)) return [];
  const score = cue > 0 ? SCORES.cue + cue : SCORES.likely;
  return row.flatMap((piece) => candidate(property, piece, { value: piece.value, score }));
}
