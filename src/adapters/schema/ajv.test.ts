import { describe, expect, it } from 'vitest';
import { TuttiError } from '../../core/kernel/errors.ts';
import type { Json, JsonObject } from '../../core/kernel/json.ts';
import { ajvSchemas } from './ajv.ts';

const schemas = ajvSchemas();
const check = (schema: JsonObject, value: Json) => schemas.compile(schema)(value);
const fits = (schema: JsonObject, value: Json) => check(schema, value).length === 0;
const messages = (schema: JsonObject, value: Json) =>
  check(schema, value).map(({ path, message }) => `${path}: ${message}`);
const list = <T>(length: number, make: (index: number) => T) =>
  Array.from({ length }, (_, index) => make(index));
const TOO_COSTLY = [': expected a value that can be checked in bounded time, found one that cannot'];

/** Each level refers twice to the next. */
const ladder = (levels: number): JsonObject => ({
  $ref: '#/$defs/l0',
  $defs: Object.fromEntries(
    list(levels + 1, (level) => {
      const next = { $ref: `#/$defs/l${level + 1}` };
      return [`l${level}`, level === levels ? { type: 'string' } : { anyOf: [next, next] }];
    }),
  ),
});

describe('what it says', () => {
  it('names several misfits by JSON pointer, in our words', () => {
    const schema: JsonObject = {
      type: 'object',
      properties: {
        name: { type: 'string', minLength: 2, maxLength: 5 },
        age: { type: 'integer', minimum: 0 },
        kind: { enum: ['a', 'b'] },
        tags: { type: 'array', items: { type: ['string', 'null'] }, maxItems: 1 },
        'a/b~c': { const: 1 },
      },
      required: ['name', 'id'],
      additionalProperties: false,
    };
    expect(fits(schema, { name: 'Ada', id: 1 })).toBe(false);
    expect(
      messages(schema, {
        name: 'x',
        age: 1.5,
        kind: 'c',
        tags: ['ok', 7],
        'a/b~c': 2,
        extra: true,
      }).toSorted(),
    ).toEqual([
      '/age: expected integer, found number 1.5',
      '/a~1b~0c: expected 1, found number 2',
      '/kind: expected one of "a", "b", found string "c"',
      '/name: expected at least 2 characters, found string "x"',
      '/tags/1: expected string or null, found number 7',
      '/tags: expected at most 1 items, found 2',
      ': expected no property "extra", found one',
      ': expected the property "id", found none',
    ]);
  });

  it('names alternatives once', () => {
    const schema = { anyOf: [{ type: 'string' }, { type: 'null' }] };
    expect(messages(schema, 5)).toEqual([': expected string or null, found number 5']);
    const objects = { oneOf: [{ required: ['a'] }, { required: ['b'] }] };
    expect(messages(objects, { a: 1, b: 2 })).toEqual([
      ': expected exactly one of the alternatives to fit, found that several do',
    ]);
    expect(messages(objects, {})).toContain(
      ': expected exactly one of 2 alternatives to fit, found an object',
    );
  });

  it('names at most ten, and shows no more than the beginning of a text', () => {
    const schema = { items: { type: 'number' } };
    expect(
      check(
        schema,
        list(500, () => 'x'),
      ),
    ).toHaveLength(10);
    for (const { message } of check({ const: 1 }, 'x'.repeat(100_000)))
      expect(message.length).toBeLessThan(200);
  });

  it('has words for every keyword', () => {
    const cases: readonly (readonly [JsonObject, Json])[] = [
      [{ maximum: 1 }, 2],
      [{ exclusiveMinimum: 1 }, 1],
      [{ exclusiveMaximum: 1 }, 1],
      [{ multipleOf: 2 }, 3],
      [{ pattern: '^a' }, 'b'],
      [{ format: 'date' }, 'today'],
      [{ minItems: 1 }, []],
      [{ uniqueItems: true }, [1, 1]],
      [{ contains: { type: 'number' } }, ['x']],
      [{ prefixItems: [true], items: false }, [1, 2]],
      [{ unevaluatedItems: false }, [1]],
      [{ minProperties: 1 }, {}],
      [{ maxProperties: 0 }, { a: 1 }],
      [{ propertyNames: { maxLength: 1 } }, { long: 1 }],
      [{ dependentRequired: { a: ['b'] } }, { a: 1 }],
      [{ unevaluatedProperties: false }, { a: 1 }],
      [{ not: {} }, 1],
      [{ properties: { a: false } }, { a: 1 }],
      [JSON.parse('{"if":{"type":"number"},"then":{"minimum":5}}') as JsonObject, 1],
    ];
    for (const [schema, value] of cases) {
      const found = messages(schema, value);
      expect({ schema, found: found.length > 0 }).toEqual({ schema, found: true });
      for (const message of found) expect(message).toMatch(/: expected .+, found .+/);
      for (const message of found) expect(message).not.toContain('undefined');
    }
  });
});

describe('dialects', () => {
  it('is 2020-12, unless the schema is of draft-07', () => {
    const tuple = { items: [{ type: 'string' }], additionalItems: false };
    const draft07 = { $schema: 'http://json-schema.org/draft-07/schema#', ...tuple };
    for (const schema of [draft07, tuple]) {
      expect(fits(schema, ['a'])).toBe(true);
      expect(fits(schema, [1])).toBe(false);
      expect(fits(schema, ['a', 'b'])).toBe(false);
    }
    const modern = { prefixItems: [{ type: 'string' }], items: false };
    expect(fits(modern, ['a', 'b'])).toBe(false);
    const named = { $schema: 'https://json-schema.org/draft/2020-12/schema', ...modern };
    expect(fits(named, ['a', 'b'])).toBe(false);
  });

  it('lets unknown keywords and formats pass, and knows the usual ones', () => {
    expect(fits({ 'x-order': 3, widget: { type: 5 }, format: 'color' }, 'red')).toBe(true);
    const samples = {
      date: '2026-01-02',
      email: 'a@b.cd',
      uri: 'http://a/b',
      uuid: '0'.repeat(8) + '-0000-0000-0000-' + '0'.repeat(12),
      ipv4: '1.2.3.4',
    };
    for (const [format, text] of Object.entries(samples)) {
      expect({ format, fits: fits({ format }, text) }).toEqual({ format, fits: true });
      expect({ format, fits: fits({ format }, 'no such thing') }).toEqual({ format, fits: false });
    }
  });

  it('takes $data for a plain member', () => {
    expect(() => schemas.compile({ properties: { a: { maximum: { $data: '1/b' } } } })).toThrow(TuttiError);
  });

  it('follows references by pointer, by anchor and by $id, and circles that end', () => {
    const tree: JsonObject = {
      $id: 'https://example.test/tree',
      type: 'object',
      properties: { value: { $ref: '#num' }, next: { $ref: '#' }, other: { $ref: 'leaf' } },
      required: ['value'],
      $defs: {
        n: { $anchor: 'num', type: 'number' },
        l: {
          $id: 'leaf',
          type: 'object',
          properties: { s: { $ref: '#/$defs/t' } },
          $defs: { t: { type: 'string' } },
        },
      },
    };
    expect(fits(tree, { value: 1, next: { value: 2, next: { value: 3 } }, other: { s: 'x' } })).toBe(true);
    expect(messages(tree, { value: 1, next: { value: 2, next: {} } })).toEqual([
      '/next/next: expected the property "value", found none',
    ]);
    expect(fits(tree, { value: 1, other: { s: 1 } })).toBe(false);
  });

  it('counts and checks what a reference finds under an unknown keyword', () => {
    const schema = { $ref: '#/components/a', components: { a: { type: 'string' } } };
    expect(fits(schema, 'x')).toBe(true);
    expect(fits(schema, 1)).toBe(false);
  });
});

describe('patterns', () => {
  it('match as in RE2, in linear time', () => {
    expect(fits({ pattern: '^(a+)+$' }, 'aaa')).toBe(true);
    expect(fits({ pattern: '^(a+)+$' }, `${'a'.repeat(100_000)}!`)).toBe(false);
    expect(
      fits({ patternProperties: { '^(x+x+)+y': { type: 'number' } } }, { [`${'x'.repeat(10_000)}z`]: 'a' }),
    ).toBe(true);
    expect(fits({ pattern: '^\\p{Lu}\\d{3}$' }, 'É123')).toBe(true);
    expect(fits({ pattern: '^[A-Za-z0-9+/=]+$' }, `${'A'.repeat(1_000_000)}!`)).toBe(false);
  });

  it('are told apart', () => {
    const schema = { properties: { a: { pattern: '^a' }, b: { pattern: '^b' }, c: { pattern: '^a' } } };
    expect(fits(schema, { a: 'a', b: 'b', c: 'a' })).toBe(true);
    expect(messages(schema, { a: 'b', b: 'a', c: 'b' })).toHaveLength(3);
  });

  it('are tried on long texts too, where that is cheap', () => {
    expect(fits({ pattern: '^/safe/[a-z]{1,200}$' }, `/etc/passwd${'/.'.repeat(1500)}`)).toBe(false);
    expect(fits({ pattern: '^[a-z]{1,100}$' }, 'A'.repeat(3000))).toBe(false);
    expect(fits({ pattern: '[a-z]{1,200}$' }, 'a'.repeat(100_000))).toBe(true);
    const image = (kind: string) => ({ pattern: `^data:image/${kind};base64,[A-Za-z0-9+/]+={0,2}$` });
    for (const [kind, length] of [
      ['png', 1_000_000],
      ['(png|jpeg)', 200_000],
    ] as const) {
      const text = `data:image/png;base64,${'A'.repeat(length)}`;
      expect(fits(image(kind), `${text}==`)).toBe(true);
      expect(fits(image(kind), `${text}!`)).toBe(false);
    }
  });

  it('that a text is too costly for do not fit, wherever they stand, unless that is asked for', () => {
    const costly = { pattern: '[ab]*a[ab]{400}c$' };
    // Letters by a generator of random numbers: the pattern comes to a state it does not know with nearly each of them.
    let seed = 1;
    const letters = list(19_999, () => ((seed = (seed * 48_271) % 2_147_483_647) & 64 ? 'a' : 'b'));
    const text = `${letters.join('')}c`;
    const found = {
      path: '',
      message:
        'expected a text that can be checked against the pattern "[ab]*a[ab]{400}c$" in bounded time, ' +
        'found one of 20000 characters that cannot; send a shorter one',
      unsure: true,
    };
    for (const schema of [costly, { not: costly }, { anyOf: [costly, true] }])
      expect(check(schema, text)).toEqual([found]);
    expect(schemas.compile(costly, { whenCostly: 'pass' })(text)).toEqual([]);
    expect(check(costly, 'b')).toHaveLength(1);
    expect(fits(costly, `a${'b'.repeat(400)}c`)).toBe(true);
  });

  it('that RE2 does not know say nothing', () => {
    expect(fits({ pattern: '^(?!x)', minLength: 1 }, 'x')).toBe(true);
    expect(fits({ pattern: '^(?!x)', minLength: 1 }, '')).toBe(false);
    const schema = {
      properties: { a: true },
      patternProperties: { '(?=b)b': { type: 'string' } },
      additionalProperties: false,
    };
    expect(fits(schema, { b: 1 })).toBe(true);
  });

  it('that say nothing are named with their property', () => {
    const schema: JsonObject = {
      properties: {
        path: { $ref: '#/$defs/path' },
        list: { items: { pattern: '(a)\\1' } },
        name: { pattern: '^a' },
      },
      patternProperties: { '(?!b)': { type: 'string' } },
      $defs: { path: { pattern: '^(?!x)' } },
    };
    expect(schemas.unchecked(schema)).toEqual([
      { property: '', pattern: '(?!b)' },
      { property: 'list', pattern: '(a)\\1' },
      { property: 'path', pattern: '^(?!x)' },
    ]);
    expect(schemas.unchecked({ pattern: '^x' })).toEqual([]);
  });

  it('are not compiled without end', () => {
    const schema = { allOf: list(900, (index) => ({ pattern: `(?:a[ab]{${index + 50}}){1}` })) };
    expect(fits(schema, 1)).toBe(true);
  });
});

describe('equal items', () => {
  it('are equal whatever the order of their members', () => {
    const unique = { uniqueItems: true };
    for (const items of [
      [
        { a: 1, b: [2] },
        { b: [2], a: 1 },
      ],
      ['', ''],
      [null, null],
      [[], []],
      [0, -0],
    ])
      expect({ items, fits: fits(unique, items) }).toEqual({ items, fits: false });
    for (const items of [
      ['1', 1],
      ['true', true],
      ['null', null],
      [[], {}],
      [{ a: 1 }, { a: '1' }],
      [['a', 'b'], ['a,b']],
      [{ a: { b: 1 } }, { 'a.b': 1 }],
      [{ 'a"1': 1 }, { a: '1' }],
    ])
      expect({ items, fits: fits(unique, items) }).toEqual({ items, fits: true });
    expect(fits({ uniqueItems: false }, [1, 1])).toBe(true);
  });

  it('are found among twenty thousand objects', () => {
    const items = list(20_000, (id) => ({ id, name: `item ${id}`, tags: [id, 'x'] }));
    expect(fits({ uniqueItems: true }, items)).toBe(true);
    expect(messages({ uniqueItems: true }, [...items, { tags: [7, 'x'], name: 'item 7', id: 7 }])).toEqual([
      ': expected items that all differ, found two that are equal',
    ]);
  });
});

describe('hostile schemas', () => {
  const rejected = (schema: JsonObject, found: RegExp) => {
    expect(() => schemas.compile(schema)).toThrow(TuttiError);
    expect(() => schemas.compile(schema)).toThrow(found);
    try {
      schemas.compile(schema);
    } catch (error) {
      expect(error).toMatchObject({ code: 'schema/unusable' });
    }
  };
  const nested = (levels: number) =>
    list(levels, () => null).reduce<JsonObject>((inner) => ({ not: inner }), { type: 'string' });

  it('are rejected when they are too large, too deep or too many', () => {
    rejected({ description: 'x'.repeat(65_536) }, /65\d\d\d bytes/);
    rejected(nested(40), /too deep/);
    rejected(nested(100_000), /too deep/);
    rejected({ anyOf: list(2000, (index) => ({ const: index })) }, /more than 1000 subschemas/);
    rejected(ladder(22), /more than 10000 subschemas when its references are followed/);
  });

  it('are rejected when they are none', () => {
    const unusable: readonly JsonObject[] = [
      { type: 'strin' },
      { minLength: '5' },
      { properties: { a: 5 } },
      { properties: [] },
      { required: 'a' },
      { anyOf: {} },
      { items: 'x' },
      { enum: 'a' },
    ];
    for (const schema of unusable) rejected(schema, /expected|Expected/);
  });

  it('are rejected when they refer to what is not in them', () => {
    const refs = [
      'https://evil.test/schema.json',
      'file:///etc/passwd',
      '//evil.test/x',
      'other.json#/a',
      '#/$defs/none',
      '#none',
      '#/%E0%A4%A',
      'http://json-schema.org/draft-07/schema#',
      '#/__proto__',
      '#/constructor',
    ];
    for (const $ref of refs) {
      rejected({ $ref }, /nothing is fetched/);
      rejected({ properties: { a: { anyOf: [{ $dynamicRef: $ref }] } } }, /nothing is fetched/);
    }
  });

  it('cannot reach a prototype', () => {
    const schema = JSON.parse(
      '{"type":"object","properties":{"__proto__":{"type":"string"},"constructor":{"type":"string"},"a":{"$ref":"#/$defs/__proto__"}},"$defs":{"__proto__":{"type":"number"}},"additionalProperties":false}',
    ) as JsonObject;
    expect(fits(schema, {})).toBe(true);
    expect(fits(schema, { a: 1 })).toBe(true);
    expect(fits(schema, { a: 'x' })).toBe(false);
    expect(fits(schema, { constructor: 1 })).toBe(false);
    expect(fits({ required: ['toString'] }, {})).toBe(false);
    expect(fits({ required: ['__proto__'] }, {})).toBe(false);
    const named = JSON.parse(
      '{"$id":"__proto__","$anchor":"__proto__","default":{"__proto__":{"polluted":1}}}',
    ) as JsonObject;
    expect(() => schemas.compile(named)).toThrow(TuttiError);
    expect(({} as Record<string, unknown>)['polluted']).toBeUndefined();
    expect(({} as Record<string, unknown>)['$cost']).toBeUndefined();
  });

  it('cannot write code', () => {
    const evil = "'];globalThis.hacked=1;//`${globalThis.hacked=1}";
    const schema: JsonObject = {
      properties: { [evil]: { const: evil, pattern: evil } },
      required: [evil],
      $defs: { [evil]: { $anchor: 'x', enum: [evil] } },
      patternProperties: { [evil]: { format: evil } },
    };
    check(schema, { [evil]: evil });
    expect('hacked' in globalThis).toBe(false);
  });

  it('are left as they were', () => {
    const schema: JsonObject = { type: 'object', properties: { a: { pattern: '(?=a)' } } };
    const before = JSON.stringify(schema);
    check(schema, { a: 'x' });
    expect(JSON.stringify(schema)).toBe(before);
  });
});

describe('values that would take for ever', () => {
  it('are called too costly', () => {
    const many = list(200_000, () => 'y');
    const cases: readonly (readonly [JsonObject, Json])[] = [
      [{ items: { enum: list(8000, (index) => `v${index}`) } }, list(200_000, () => 'v7999')],
      [{ items: { not: { anyOf: list(900, () => ({ type: 'number' })) } } }, many],
      [{ allOf: list(300, () => ({ not: { contains: { type: 'number' } } })) }, many],
      [{ allOf: list(900, (index) => ({ minLength: index })) }, 'x'.repeat(1_000_000)],
      [{ items: { not: ladder(11) as Json }, $defs: ladder(11)['$defs'] as Json }, list(10_000, () => 1)],
      [{ $ref: '#/$defs/a', $defs: { a: { $ref: '#/$defs/a' } } }, 1],
      [{ allOf: list(900, () => ({ uniqueItems: true })) }, list(50_000, (index) => index)],
    ];
    for (const [schema, value] of cases) expect(messages(schema, value)).toEqual(TOO_COSTLY);
  });

  it('leave the next check unharmed', () => {
    const costly = schemas.compile({ $ref: '#' });
    const cheap = schemas.compile({ type: 'string' });
    expect(costly(1)).toHaveLength(1);
    expect(cheap('x')).toEqual([]);
    expect(cheap(1)).toEqual([{ path: '', message: 'expected string, found number 1' }]);
  });

  it('do not include large ones of a simple schema', () => {
    expect(
      fits(
        { type: 'array', items: { type: 'integer', minimum: 0 } },
        list(400_000, (index) => index),
      ),
    ).toBe(true);
    const rows = list(10_000, (id) => ({ id, name: `row ${id}`, at: '2026-01-02T03:04:05Z' }));
    const row: JsonObject = {
      type: 'object',
      properties: {
        id: { type: 'integer' },
        name: { type: 'string', maxLength: 100 },
        at: { type: 'string', format: 'date-time' },
      },
      required: ['id', 'name'],
      additionalProperties: false,
    };
    expect(fits({ type: 'array', items: row }, rows)).toBe(true);
    expect(check({ type: 'array', items: row }, [...rows, { id: 'x' }])).not.toEqual([]);
  });
});
