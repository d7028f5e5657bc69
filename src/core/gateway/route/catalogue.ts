import { GramPostings } from './gram-postings.ts';
import { TermCounter } from './term-vector.ts';
import type { TermVector } from './term-vector.ts';
import { Places, changesOf } from './places.ts';
import type { Changes } from './places.ts';
import { Postings } from './postings.ts';
import type { ExampleReading, Reader, Reading } from './reading.ts';
import type { RouteDocument } from './route.ts';
import { FIELDS, SERVER_FIELDS } from './tuning.ts';
import type { Tuning } from './tuning.ts';

/** Of an empty name, so that one common word alone does not fill it. */
const NAME_FLOOR = 2;
const PLAIN = { fields: [{ weight: 1, length: 0.5, usual: 8 }], saturation: 1.5 };
const HELD_OR_NOT = { fields: [{ weight: 1, length: 0, usual: 1 }], saturation: 0 };
/** So many free numbers are kept, or as many as are taken, before all is laid out afresh. */
const SPARE_PLACES = 1_000;

/** What one server's documents hold together; kept while they stay the same. */
interface ServerReading {
  readonly server: string;
  readonly readings: readonly Reading[];
  readonly vector: TermVector;
}

interface Numbered {
  readonly tools: Places<Reading>;
  readonly servers: Places<ServerReading>;
  readonly examples: Places<ExampleReading>;
}

/** All documents at one time, by what they hold. Never changes. A tool, a server and an example keep their numbers for as long as they are there. */
export interface Catalogue {
  readonly numbered: Numbered;
  readonly tools: Postings;
  readonly names: Postings;
  /** What a whole name is worth, by tool. */
  readonly nameWorth: Float64Array;
  readonly grams: GramPostings;
  readonly servers: Postings;
  /** By tool. */
  readonly serverOf: Uint32Array;
  readonly examples: Postings;
  readonly exampleGrams: GramPostings;
  /** The tool of each example. */
  readonly exampleOf: Uint32Array;
}

/** Of no documents. */
export function emptyCatalogue({ fields, serverFields, saturation }: Tuning): Catalogue {
  const none = new Float64Array(0);
  return {
    numbered: { tools: new Places(), servers: new Places(), examples: new Places() },
    tools: new Postings({ fields: FIELDS.map((field) => fields[field]), saturation }),
    names: new Postings(HELD_OR_NOT),
    nameWorth: none,
    grams: new GramPostings(),
    servers: new Postings({ fields: SERVER_FIELDS.map((field) => serverFields[field]), saturation }),
    serverOf: new Uint32Array(0),
    examples: new Postings(PLAIN),
    exampleGrams: new GramPostings(),
    exampleOf: new Uint32Array(0),
  };
}

/** Of these documents: what came is laid into the one before and what went left out of it, and the rest is copied as it lies. */
export function changedCatalogue(
  before: Catalogue,
  documents: readonly RouteDocument[],
  reader: Reader,
): Catalogue {
  const tools = before.numbered.tools.changed(documents.map((document) => reader.read(document)));
  const all = tools.places.all;
  const members = membersOf(all);
  const servers = before.numbered.servers.changed(serversOf(members, all, before.numbered.servers));
  const examples = before.numbered.examples.changed(
    all
      .filter((reading) => (reading?.examples.length ?? 0) > 0)
      .flatMap((reading) => reading?.examples ?? []),
  );
  const terms = reader.vocabulary.size;
  const held = <Text extends { readonly vector: TermVector }>(postings: Postings, changes: Changes<Text>) =>
    postings.changed(
      changesOf(changes, ({ vector }) => vector),
      terms,
    );
  const names = before.names.changed(
    changesOf(tools.changes, ({ name }) => name),
    terms,
  );
  const exampleOf = new Uint32Array(examples.places.all.length);
  const nameWorth = new Float64Array(all.length);
  all.forEach((reading, tool) => {
    nameWorth[tool] = worthOf(reading?.name, names);
    for (const example of reading?.examples ?? []) exampleOf[examples.places.find(example)] = tool;
  });
  const serverOf = new Uint32Array(all.length);
  servers.places.all.forEach((reading, server) => {
    for (const tool of members.get(reading?.server ?? '') ?? []) serverOf[tool] = server;
  });
  return {
    numbered: { tools: tools.places, servers: servers.places, examples: examples.places },
    tools: held(before.tools, tools.changes),
    names,
    nameWorth,
    grams: before.grams.changed(tools),
    servers: held(before.servers, servers.changes),
    serverOf,
    examples: held(before.examples, examples.changes),
    exampleGrams: before.exampleGrams.changed(examples),
    exampleOf,
  };
}

/** Whether so little is left of what there was that it is better read afresh. */
export function isWorn({ numbered }: Catalogue): boolean {
  return Object.values(numbered).some(
    ({ all, size }: Places<object>) => all.length - size > Math.max(size, SPARE_PLACES),
  );
}

function worthOf(name: TermVector | undefined, names: Postings): number {
  let worth = NAME_FLOOR;
  if (name !== undefined)
    for (let at = 0; at < name.terms.length; at += 1) worth += names.rarity(name.terms[at] ?? -1);
  return worth;
}

/** By server, the numbers of its tools. */
function membersOf(tools: readonly (Reading | undefined)[]): ReadonlyMap<string, readonly number[]> {
  const members = new Map<string, number[]>();
  tools.forEach((reading, tool) => {
    if (reading === undefined) return;
    const list = members.get(reading.document.server);
    if (list === undefined) members.set(reading.document.server, [tool]);
    else list.push(tool);
  });
  return members;
}

function serversOf(
  members: ReadonlyMap<string, readonly number[]>,
  tools: readonly (Reading | undefined)[],
  before: Places<ServerReading>,
): readonly ServerReading[] {
  const known = new Map(before.all.flatMap((each) => (each === undefined ? [] : [[each.server, each]])));
  return Array.from(members, ([server, numbers]) => {
    const same = known.get(server);
    if (
      same?.readings.length === numbers.length &&
      numbers.every((tool, at) => tools[tool] === same.readings[at])
    )
      return same;
    const readings = numbers.flatMap((tool) => tools[tool] ?? []);
    return { server, readings, vector: mergedOf(readings) };
  });
}

const OWN = ['server', 'about'].map((field) => FIELDS.indexOf(field as (typeof FIELDS)[number]));
const PARAMETERS = FIELDS.indexOf('parameters');
const TOOLS = SERVER_FIELDS.indexOf('tools');

/** A server is what it says of itself, once, and what its tools say, each word once a tool. Parameters say little of it. */
function mergedOf(readings: readonly Reading[]): TermVector {
  const counter = new TermCounter(SERVER_FIELDS.length);
  // The same one whatever the order they came in.
  const speaker = readings.reduce((a, b) => (b.document.name < a.document.name ? b : a));
  for (const reading of readings) {
    const { terms, fields, counts, lengths } = reading.vector;
    for (let row = 0; row < terms.length; row += 1) {
      const field = fields[row] ?? 0;
      const own = OWN.indexOf(field);
      if (field === PARAMETERS || (own >= 0 && reading !== speaker)) continue;
      counter.add(terms[row] ?? 0, own >= 0 ? own : TOOLS, own >= 0 ? counts[row] : 1);
    }
    lengths.forEach((length, field) => {
      const own = OWN.indexOf(field);
      if (field !== PARAMETERS && (own < 0 || reading === speaker))
        counter.lengthen(own >= 0 ? own : TOOLS, length);
    });
  }
  return counter.done();
}
