import { GramPostings } from './gram-postings.ts';
import { Tally } from './holdings.ts';
import type { Holdings } from './holdings.ts';
import { Postings } from './postings.ts';
import type { Reader, Reading } from './reading.ts';
import type { RouteDocument } from './route.ts';
import { FIELDS, SERVER_FIELDS } from './tuning.ts';
import type { Tuning } from './tuning.ts';

/** Of an empty name, so that one common word alone does not fill it. */
const NAME_FLOOR = 2;
const PLAIN = { fields: [{ weight: 1, length: 0.5 }], saturation: 1.5 };
const HELD_OR_NOT = { fields: [{ weight: 1, length: 0 }], saturation: 0 };

/** What one server's documents hold together; kept while they stay the same. */
export interface ServerReading {
  readonly readings: readonly Reading[];
  readonly holdings: Holdings;
}

/** All documents at one time, by what they hold. Never changes. */
export class Catalogue {
  readonly readings: readonly Reading[];
  readonly tools: Postings;
  readonly names: Postings;
  /** What a whole name is worth, by tool. */
  readonly nameWorth: Float64Array;
  readonly grams: GramPostings;
  readonly serverNames: readonly string[];
  readonly servers: Postings;
  /** By tool. */
  readonly serverOf: Uint32Array;
  readonly serverReadings: ReadonlyMap<string, ServerReading>;
  readonly examples: Postings;
  readonly exampleGrams: GramPostings | undefined;
  /** The tool of each example. */
  readonly exampleOf: Uint32Array;

  constructor(
    documents: readonly RouteDocument[],
    reader: Reader,
    how: { readonly tuning: Tuning; readonly before?: Catalogue | undefined },
  ) {
    const { tuning, before } = how;
    this.readings = documents.map((document) => reader.read(document));
    const terms = reader.vocabulary.size;
    this.tools = new Postings(
      this.readings.map(({ holdings }) => holdings),
      terms,
      {
        fields: FIELDS.map((field) => tuning.fields[field]),
        saturation: tuning.saturation,
      },
    );
    const names = this.readings.map(({ name }) => name);
    this.names = new Postings(names, terms, HELD_OR_NOT);
    // By size, since a sum depends on its order, and the numbers of terms on what was read before.
    this.nameWorth = Float64Array.from(names, (name) =>
      Array.from(name.terms, (term) => this.names.rarity(term))
        .toSorted((a, b) => a - b)
        .reduce((sum, rarity) => sum + rarity, NAME_FLOOR),
    );
    this.grams = new GramPostings(this.readings.map(({ grams }) => grams));
    this.serverReadings = serversOf(this.readings, before?.serverReadings);
    this.serverNames = [...this.serverReadings.keys()];
    const numbers = new Map(this.serverNames.map((name, at) => [name, at]));
    this.serverOf = Uint32Array.from(documents, ({ server }) => numbers.get(server) ?? 0);
    this.servers = new Postings(
      [...this.serverReadings.values()].map(({ holdings }) => holdings),
      terms,
      {
        fields: SERVER_FIELDS.map((field) => tuning.serverFields[field]),
        saturation: tuning.saturation,
      },
    );
    const examples = this.readings.flatMap((reading) => reading.examples);
    this.examples = new Postings(
      examples.map(({ holdings }) => holdings),
      terms,
      PLAIN,
    );
    this.exampleGrams =
      examples.length === 0 ? undefined : new GramPostings(examples.map(({ grams }) => grams));
    this.exampleOf = Uint32Array.from(this.readings.flatMap((reading, at) => reading.examples.map(() => at)));
  }
}

function serversOf(
  readings: readonly Reading[],
  before: ReadonlyMap<string, ServerReading> | undefined,
): ReadonlyMap<string, ServerReading> {
  const byServer = new Map<string, Reading[]>();
  for (const reading of readings) {
    const list = byServer.get(reading.document.server);
    if (list === undefined) byServer.set(reading.document.server, [reading]);
    else list.push(reading);
  }
  return new Map(
    [...byServer].map(([server, list]) => {
      const known = before?.get(server);
      const isSame =
        known?.readings.length === list.length && list.every((each, at) => each === known.readings[at]);
      return [server, isSame ? known : { readings: list, holdings: mergedOf(list) }];
    }),
  );
}

const OWN = ['server', 'about'].map((field) => FIELDS.indexOf(field as (typeof FIELDS)[number]));
const PARAMETERS = FIELDS.indexOf('parameters');
const TOOLS = SERVER_FIELDS.indexOf('tools');

/** A server is what it says of itself, once, and what its tools say, each word once a tool. Parameters say little of it. */
function mergedOf(readings: readonly Reading[]): Holdings {
  const tally = new Tally(SERVER_FIELDS.length);
  readings.forEach(({ holdings: { terms, fields, counts, lengths } }, at) => {
    for (let row = 0; row < terms.length; row += 1) {
      const field = fields[row] ?? 0;
      const own = OWN.indexOf(field);
      if (field === PARAMETERS || (own >= 0 && at > 0)) continue;
      tally.add(terms[row] ?? 0, own >= 0 ? own : TOOLS, own >= 0 ? counts[row] : 1);
    }
    lengths.forEach((length, field) => {
      const own = OWN.indexOf(field);
      if (field !== PARAMETERS && (own < 0 || at === 0)) tally.lengthen(own >= 0 ? own : TOOLS, length);
    });
  });
  return tally.done();
}
