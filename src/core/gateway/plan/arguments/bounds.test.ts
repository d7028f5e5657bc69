import { Ajv2020 } from 'ajv/dist/2020.js';
import addFormats from 'ajv-formats';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { JsonObject } from '../../../kernel/json.ts';
import { fillArguments } from './fill.ts';

const now = 1_794_960_000_000;
const name = fc.constantFrom(
  'query',
  'limit',
  'since',
  'until',
  'path',
  'urls',
  'state',
  'title',
  'channel',
  'owner',
  'repo',
  'issue_number',
  'draft',
  'names',
  'date',
  'to',
  'message',
  'max_price',
  '__proto__',
  'constructor',
  'toString',
  'a b',
  '',
);
const scalar = fc.oneof(
  fc.record({ type: fc.constantFrom('string', 'number', 'integer', 'boolean') }),
  fc.record({ type: fc.constant('string'), maxLength: fc.nat({ max: 12 }), minLength: fc.nat({ max: 4 }) }),
  fc.record({
    type: fc.constant('string'),
    format: fc.constantFrom('date', 'date-time', 'uri', 'email', 'uuid', 'ipv4'),
  }),
  fc.record({
    type: fc.constantFrom('integer', 'number'),
    minimum: fc.integer({ min: -5, max: 5 }),
    maximum: fc.integer({ min: 5, max: 100 }),
  }),
  fc.record({
    enum: fc.uniqueArray(fc.constantFrom('open', 'closed', 'in_progress', 'bug'), { minLength: 1 }),
  }),
  fc.record({ const: fc.constantFrom('x', 1, true) }),
);
const property = fc.oneof(
  scalar,
  fc.record(
    { type: fc.constant('array'), items: scalar, maxItems: fc.nat({ max: 3 }) },
    { requiredKeys: ['type'] },
  ),
  fc.record({
    type: fc.constant('object'),
    properties: fc.dictionary(name, scalar),
    required: fc.uniqueArray(name, { maxLength: 2 }),
  }),
);
const schema = fc.record({
  type: fc.constant('object'),
  properties: fc.dictionary(name, property),
  required: fc.uniqueArray(name),
});
const word = fc.constantFrom(
  'open',
  'closed',
  'bug',
  'in progress',
  'limit',
  '10',
  '-3.5',
  '#123',
  'PR 7',
  'octo/hello',
  'src/a.ts',
  'https://x.example/a',
  'ann@example.com',
  '"some text"',
  'since',
  'last 7 days',
  '2026-10-05',
  'from',
  'to',
  '#general',
  'title:',
  'about',
  'Paris',
  'named',
  'draft',
  'and',
  ',',
  'message',
  'state=closed',
  '5 GB',
);
const query = fc.oneof(
  fc.array(word, { maxLength: 14 }).map((words) => words.join(' ')),
  fc.string({ maxLength: 60 }),
);

describe('whatever the text and the schema', () => {
  it('the values fit, and what is required is there or named', () => {
    const ajv = new Ajv2020({ strict: false, ownProperties: true });
    addFormats.default(ajv);
    fc.assert(
      fc.property(query, schema, (text, given) => {
        const { arguments: found, missing } = fillArguments(text, given as unknown as JsonObject, { now });
        const validate = ajv.compile({
          ...given,
          required: given.required.filter((each) => !missing.includes(each)),
        });
        expect({ found, fits: validate(found) }).toEqual({ found, fits: true });
        expect(Object.keys(found).every((each) => Object.hasOwn(given.properties, each))).toBe(true);
        expect(Object.getPrototypeOf(found)).toBe(Object.prototype);
      }),
      { numRuns: 100 },
    );
  });

  it('nothing is thrown, even at what is no schema', () => {
    fc.assert(
      fc.property(
        query,
        fc.dictionary(
          fc.constantFrom('type', 'properties', 'required', '$ref', 'anyOf', '$defs'),
          fc.jsonValue(),
        ),
        (text, given) => {
          fillArguments(text, given as JsonObject, { now });
          fillArguments(
            text,
            { properties: { a: given as JsonObject, b: { items: given as JsonObject, type: 'array' } } },
            { now },
          );
        },
      ),
    );
  });

  it('the same gives the same', () => {
    fc.assert(
      fc.property(query, schema, (text, given) => {
        const once = fillArguments(text, given as unknown as JsonObject, { now });
        expect(fillArguments(text, given as unknown as JsonObject, { now })).toEqual(once);
      }),
      { numRuns: 30 },
    );
  });

  it('reads the first 8,000 characters', () => {
    const given: JsonObject = { properties: { limit: { type: 'integer' } } };
    expect(fillArguments(`${'x'.repeat(7900)} limit 10`, given, { now }).arguments).toEqual({ limit: 10 });
    expect(fillArguments(`${'x'.repeat(8000)} limit 10`, given, { now }).arguments).toEqual({});
  });

  it.each([
    'a',
    '1',
    '"',
    "'",
    "'a",
    '/',
    'a/',
    './',
    '#1 ',
    'a@',
    'a.',
    '2026-',
    'from A to ',
    'since ',
    'a: ',
    'A ',
    ' ',
    'https://',
    '\\',
    '-',
    'Jan ',
    'one ',
    'named A ',
    'labels a, ',
    '1,',
    'saying a ',
    '1, and ',
    `1${' '.repeat(900)}z `,
    'at 9 ',
    'the folder ',
    'PR 1 and ',
    'https://a.example/b/c/pull/',
  ])('is done with %j over and over', (part) => {
    const properties = Object.fromEntries(
      Array.from({ length: 60 }, (_, at) => [
        `labels_${at}`,
        at % 3 === 0
          ? { type: 'array', items: { type: 'string' } }
          : { type: at % 3 === 1 ? 'string' : 'integer' },
      ]),
    );
    const text = part.repeat(Math.ceil(8000 / part.length));
    expect(
      fillArguments(
        text,
        {
          properties: {
            ...properties,
            since: { type: 'string', format: 'date' },
            a: { type: 'string' },
            path: { type: 'string' },
            latitude: { type: 'number' },
            longitude: { type: 'number' },
            labels: { type: 'array', items: { type: 'string' } },
          },
        },
        { now },
      ).missing,
    ).toEqual([]);
  });
});
