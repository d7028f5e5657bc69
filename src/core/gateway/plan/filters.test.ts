import { describe, expect, it } from 'vitest';
import { filtersIn } from './filters.ts';
import { conditionsIn } from './reserve.ts';

const NOW = { now: Date.UTC(2026, 0, 15), offsetAt: () => 0 };
const partsOf = (text: string) => filtersIn(text, NOW).map(({ start, end }) => text.slice(start, end));

describe('what narrows a question down', () => {
  const CASES: readonly (readonly [text: string, ...parts: readonly string[]])[] = [
    ['list open pull requests by ada older than a week', 'open', 'by ada', 'older than a week'],
    ['list channels with more than 20 members', 'more than 20 members'],
    ['books by Ursula Vernon and pens', 'by Ursula Vernon'],
    ['list the members of lunch sorted by name', 'sorted by name'],
    ['list tickets assigned to jonas', 'assigned to jonas'],
    ['the 5 newest pull requests', '5 newest'],
    ['list pull requests labelled "stale, old" of ada', 'labelled "stale, old" of ada', '"stale, old"'],
    ['list pull requests that are not merged', 'that are not merged', 'not merged'],
    ['list channels except lunch', 'except lunch'],
    ['list channels without topic', 'without topic'],
    ['show the diff of #123 since monday', '#123', 'since monday'],
    ['list 3 tasks', '3 tasks'],
    ['list the open and closed tasks', 'open and closed'],
    ['list rows between 5 and 8', 'between 5 and 8'],
    ['get the rows 10–20 of it', '10–20'],
    ['every other day post it', 'every other day'],
    ['report it weekly', 'weekly'],
    ['post it as maya', 'as maya'],
    ['close it twice', 'twice'],
    ['list messages from maya', 'from maya'],
    ['post it as soon as possible', ''],
    ['mark it as closed', ''],
    ['fly from Oslo to Rome', ''],
    ['close tasks 3 and 4', ''],
    ['open the file notes', ''],
    ['list the channels', ''],
    ['extend it by another week', ''],
    ['I am done with #119 by ada. List the channels.', ''],
    ['is it open or not yet?', ''],
  ];
  it.each(CASES)('is found: %s', (text, ...parts) => {
    expect(new Set(partsOf(text))).toEqual(new Set(parts.filter((part) => part !== '')));
  });

  it('is found in time, whatever a text repeats', () => {
    for (const piece of [
      'by ',
      'older than ',
      'that are ',
      'not ',
      'labelled "',
      'open x ',
      'sorted by a ',
      'from a ',
      'as b ',
      'between 5 and ',
      'list 3 x ',
      'every day ',
    ])
      expect(partsOf(piece.repeat(2_000)).length).toBeLessThan(30);
  });
});

describe('a condition', () => {
  const CASES: readonly (readonly [text: string, ...conditions: readonly string[]])[] = [
    ['if #123 is open, list its comments', 'if #123 is open'],
    ['list its comments only if #123 is open', 'only if #123 is open'],
    ['list the comments unless it is merged. Thanks', 'unless it is merged'],
    ['when #123 is merged, list its comments', 'when #123 is merged'],
    ['once the build is green, list the commits', 'once the build is green'],
    ['list the commits in case the build is red', 'in case the build is red'],
    ['if possible, list the channels'],
    ['check if #123 is open'],
    ['let me know if #123 is open'],
    ['when is low tide, and where?'],
    ['read the logs, and once you have them, list the alerts'],
    ['search for "if it rains"'],
  ];
  it.each(CASES)('is what something is only wanted under: %s', (text, ...conditions) => {
    expect(conditionsIn(text)).toEqual(conditions);
  });
});
