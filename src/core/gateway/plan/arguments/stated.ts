import type { Property } from './properties.ts';
import { SCORES, candidate } from './reading.ts';
import type { Candidate, Reading } from './reading.ts';
import { allows } from './fit.ts';
import { nameWords, stems } from './words.ts';

const MARK =
  /(?<![\p{L}\p{N}_/.-])(?:--)?(\p{L}[\p{L}\p{N}_-]{0,63}(?: \p{L}[\p{L}\p{N}_-]{0,63}){0,2})(?:\s?=(?!=)\s?|:(?!\/\/|\d)\s?)/gu;
/** With all the signs between them: half a number is another one. */
const FIGURES = /^[+-]?\d+(?:[.,'’]\d+)+(?=[\s,;.!?)]|$)/;
/** Parameters whose text may hold commas. */
const PROSE = stems('body text message description content comment summary note prompt question');
const YES = /^(?:true|yes|on)$/i;
const NO = /^(?:false|no|off)$/i;

interface Mark {
  readonly property: Property;
  readonly start: number;
  readonly end: number;
  readonly isEqual: boolean;
}

/** "title: Fix it, priority: high", "limit=10". */
export function statedCandidates(reading: Reading, properties: readonly Property[]): readonly Candidate[] {
  const marks = marksIn(reading, properties);
  return marks.flatMap((mark, at) => {
    const limit = marks[at + 1]?.start ?? reading.text.length;
    const quoted = reading.pieces.find((piece) => piece.kind === 'quoted' && piece.start === mark.end);
    if (quoted) return read(mark.property, { start: mark.start, end: quoted.end }, quoted.value);
    const value = valueAfter(mark, reading.text.slice(mark.end, limit), at + 1 < marks.length);
    return read(mark.property, { start: mark.start, end: mark.end + value.length }, value);
  });
}

function marksIn({ text, isQuoted }: Reading, properties: readonly Property[]): readonly Mark[] {
  return Array.from(text.matchAll(MARK), ({ 0: whole, 1: name = '', index }): readonly Mark[] => {
    if (isQuoted(index)) return [];
    const words = name.split(' ');
    for (let skipped = 0; skipped < words.length; skipped++) {
      const said = words.slice(skipped).join(' ');
      const property = properties.find((each) => each.words.join(' ') === nameWords(said).join(' '));
      if (property === undefined) continue;
      const start = index + whole.indexOf(said);
      return [{ property, start, end: index + whole.length, isEqual: whole.includes('=') }];
    }
    return [];
  }).flat();
}

function valueAfter({ property, isEqual }: Mark, rest: string, hasNext: boolean): string {
  const [line = ''] = rest.split(/[;\n]/, 1);
  const isText = property.type === 'string' && property.values === undefined;
  if (isEqual || !isText) return firstOf(line, property);
  const isProse = property.words.some((word) => PROSE.has(word)) || property.list !== undefined;
  const whole = isProse ? line : (line.split(',', 1)[0] ?? '');
  return hasNext ? whole.replace(/[,.]?\s*(?:\b(?:and|with))?\s*$/i, '') : whole.trimEnd();
}

function firstOf(line: string, { list }: Property): string {
  const figures = list === undefined ? FIGURES.exec(line)?.[0] : undefined;
  return figures ?? (/^[^\s,]*/.exec(line)?.[0] ?? '').replace(/[.!?]$/, '');
}

function read(
  property: Property,
  span: { readonly start: number; readonly end: number },
  text: string,
): readonly Candidate[] {
  const value = text.trim();
  if (value === '') return [];
  if (property.list !== undefined) {
    return value
      .split(/\s*,\s*(?:and\s+)?|\s+and\s+/)
      .slice(0, 50)
      .flatMap((each) => candidate(property, span, { value: each, score: SCORES.stated }));
  }
  if (property.type === 'boolean') {
    const flag = YES.test(value) ? true : NO.test(value) ? false : undefined;
    return flag === undefined || !allows(property.schema, flag)
      ? []
      : [{ property, ...span, value: flag, score: SCORES.stated }];
  }
  const known = property.values?.find((each) => String(each).toLowerCase() === value.toLowerCase());
  return candidate(property, span, {
    value: known === undefined ? value : String(known),
    score: SCORES.stated,
  });
}
