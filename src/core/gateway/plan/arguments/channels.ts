import { isLast, isName, namesAt } from './names.ts';
import type { Named } from './names.ts';
import type { Property } from './properties.ts';
import { SCORES, candidate, isFree } from './reading.ts';
import type { Candidate, Reading } from './reading.ts';
import { stems } from './words.ts';

const CHANNELS = stems('channel room');
const LEAD = /^(?:in|into|to)$/i;
/** Said with `in` and `to`, and no name of a channel. */
const NO_CHANNEL = stems(
  'markdown html json english german french spanish detail total short general order parallel private public reply response everyone everybody anyone people message thread',
);

/** Whether a tool must be told a channel: then "in lunch" says which, without the word for it. */
export function isChannel(property: Property): boolean {
  const { words, isRequired, list } = property;
  const isPlain = isRequired && list === undefined && isFree(property);
  return isPlain && words.length <= 2 && words.at(-1) !== 'id' && words.some((word) => CHANNELS.has(word));
}

/** "Post it in lunch": where nothing says more plainly which channel is meant. */
export function candidatesOfChannels(
  reading: Reading,
  properties: readonly Property[],
  addressed: readonly { readonly start: number; readonly end: number }[],
): readonly Candidate[] {
  const [channel, ...others] = properties.filter((each) => isChannel(each));
  if (channel === undefined || others.length > 0) return [];
  return reading.words.flatMap((word, at) => {
    const name = LEAD.test(word.text) && !reading.isQuoted(word.start) ? nameAfter(reading, at) : undefined;
    if (name === undefined || addressed.some(({ start, end }) => start < name.end && name.start < end))
      return [];
    return candidate(channel, name, { value: name.value, score: SCORES.only });
  });
}

/** Of several, none is the one. */
function nameAfter(reading: Reading, at: number): Named | undefined {
  const word = reading.words[at + 1];
  if (word === undefined || !isName(word) || NO_CHANNEL.has(word.stem) || reading.isQuoted(word.start))
    return undefined;
  if (!isLast(reading, word.end) || namesAt(reading, at + 1).length > 0) return undefined;
  return { start: word.start, end: word.end, value: word.text };
}
