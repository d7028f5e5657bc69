import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { MAX_CLAUSES, MAX_READ, splitClauses } from './clauses.ts';
import { maskQuoted } from './mask.ts';
import { reserveIn } from './reserve.ts';
import { structureByWords } from './structure.ts';

const texts = (query: string) => splitClauses(query).map(({ text }) => text);

describe('splitClauses', () => {
  it.each([
    ['list the files', ['list the files']],
    ['book a flight and reserve a room', ['book a flight', 'and reserve a room']],
    ['book a flight, reserve a room, then tell Bob', ['book a flight', 'reserve a room', 'then tell Bob']],
    ['What is the time? Please read a.txt.', ['What is the time?', 'Please read a.txt.']],
    ['find Dr. No in version 1.5 of it', ['find Dr. No in version 1.5 of it']],
    ['read the news while cooking dinner', ['read the news while cooking dinner']],
    ['compare the tests before deploying the site', ['compare the tests', 'before deploying the site']],
    ['show the log after restarting the server', ['after restarting the server', 'show the log']],
    ['First, stop it.\nThen delete it', ['First, stop it.', 'Then delete it']],
  ])('cuts %j', (query, expected) => {
    expect(texts(query)).toEqual(expected);
  });

  it.each([
    'search for "salt and find pepper, then leave"',
    "post 'Done. And send it!' to the team",
    'open the file (copy it, then close it) again',
  ])('leaves quoted text whole: %j', (query) => {
    expect(splitClauses(query)).toHaveLength(1);
  });

  it('reads a question that somebody pasted with its quotes', () => {
    expect(texts('"book a flight and reserve a room"')).toHaveLength(2);
  });

  it('knows an apostrophe from a quote', () => {
    expect(maskQuoted("Bob's and Ann's files")).toBe("Bob's and Ann's files");
    expect(maskQuoted(`say 'it's late' now`)).toBe('say qqqqqqqqqqq now');
  });

  it.each([
    ['read it, then close it', [false, true]],
    ['read it. After that, close it', [false, true]],
    ['read it. Once it is read, close the file', [false, true]],
    ['read it and, based on the results, close the file', [false, true]],
    ['read it and close it', [false, false]],
    ['read it. Also close the file', [false, false]],
  ])('hears explicit order in %j', (query, expected) => {
    expect(splitClauses(query).map(({ isAfter }) => isAfter)).toEqual(expected);
  });

  it.each([
    ['translate it into French', 'object'],
    ['send them to Bob', 'result'],
    ['use the results to write a report', 'result'],
    ['find the discussion about it', 'about'],
    ['find the discussion', 'none'],
  ])('hears in %j what it leans on', (query, tie) => {
    expect(splitClauses(query)[0]?.tie).toBe(tie);
  });

  it.each([
    ['for each open ticket send a reminder', ['open ticket', 'for each open ticket send a reminder']],
    ['send a reminder for every open ticket', ['open ticket', 'send a reminder for every open ticket']],
    [
      'for each open pull request look up its ticket',
      ['open pull request', 'for each open pull request look up its ticket'],
    ],
    ['for each of them send a reminder', ['for each of them send a reminder']],
    ['send a reminder every day', ['send a reminder every day']],
    ['set an alarm for every weekday', ['set an alarm for every weekday']],
  ])('finds in %j what something is done for each of', (query, expected) => {
    expect(texts(query)).toEqual(expected);
  });

  it.each([
    '.',
    '?)',
    '"',
    '; ',
    ',',
    ', and ',
    'if ',
    'first ',
    'before you ',
    ', do not ',
    '(',
    ' compare ',
    ' with ',
    ' + ',
    ' its ',
  ])('comes to an end with %j over and over', (piece) => {
    const query = `list the files${piece.repeat(MAX_READ / piece.length)}x`;
    expect(splitClauses(query).length).toBeGreaterThan(0);
    expect(reserveIn(query) ?? '').toHaveLength(Math.min(reserveIn(query)?.length ?? 0, 160));
  });

  it('reads so much and no more', () => {
    const long = `${'read a file. '.repeat(80_000)} delete it`;
    expect(splitClauses(long)).toHaveLength(MAX_CLAUSES);
    expect(splitClauses(`${' '.repeat(MAX_READ)}delete it`)).toEqual([]);
  });

  it('says only what stands in the query, whatever that is', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme', maxLength: 400 }), (query) => {
        const clauses = splitClauses(query);
        expect(maskQuoted(query)).toHaveLength(query.length);
        expect(clauses.length).toBeLessThanOrEqual(MAX_CLAUSES);
        for (const { text } of clauses) expect(query).toContain(text);
      }),
    );
  });
});

describe('structureByWords', () => {
  it.each([
    ['translate this text', 'single'],
    ['I need a flight. Please book it for me.', 'single'],
    ['read the report and tell me the results', 'single'],
    ['book a flight and order a taxi', 'parallel'],
    ['book a flight. Also, order a taxi.', 'parallel'],
    ['book a flight, then order a taxi', 'sequential'],
    ['crop the photo and print it', 'sequential'],
    ['book a flight and order a taxi, then call Bob', 'mixed'],
    ['', 'single'],
  ])('judges %j', (query, structure) => {
    expect(structureByWords(splitClauses(query))).toBe(structure);
  });
});
