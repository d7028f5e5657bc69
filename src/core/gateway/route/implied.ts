import { isDestination } from './spans.ts';
import type { Span } from './spans.ts';

/** What a file is, by the ending of its name. */
const KINDS = `
excel spreadsheet: xls xlsx
word document: doc docx
powerpoint presentation: ppt pptx
text: txt
markdown: md
image: gif jpeg jpg png svg webp
audio: flac mp3 ogg wav
video: avi mkv mov mp4
archive: zip
database: db sql sqlite
javascript code: js
python code: py
typescript code: ts
`;

const WORDS_BY_ENDING: ReadonlyMap<string, readonly string[]> = new Map(
  KINDS.trim()
    .split('\n')
    .flatMap((line) => {
      const [words = '', endings = ''] = line.split(': ');
      return endings.split(' ').map((ending) => [ending, words.split(' ')] as const);
    }),
);
const ENDING = /\.([a-z0-9]{2,6})[.,;:!?)'"]{0,4}$/i;

/** What somebody who writes an address or a path means by it; where something is to be put there, that it is written. */
export function impliedBy(text: string, span: Span): readonly string[] {
  const address = text.slice(span.from, span.to);
  if (address.includes('@')) return ['email'];
  if (address.includes('://') || /^www\./i.test(address)) return ['url'];
  const kind = WORDS_BY_ENDING.get(ENDING.exec(address)?.[1]?.toLowerCase() ?? '') ?? [];
  return [...(isDestination(text, span) ? ['write'] : []), 'file', ...kind];
}
