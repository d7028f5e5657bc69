import type { Json, JsonObject } from '../kernel/json.ts';
import type { Offer } from '../ports/downstream.ts';
import { crossMentions } from './cross-mention.ts';
import type { CrossMentions } from './cross-mention.ts';
import { fold, has, hasAny, readSentence, toSentences } from './intents.ts';
import type { Finding, Sentence } from './intents.ts';
import { MAX_TEXT, scanText, unique } from './scan.ts';
import { judge } from './verdict.ts';
import type { Place } from './verdict.ts';

/** Everything of one item that a model may see. */
interface Item {
  readonly key: string;
  readonly name: string;
  readonly texts: readonly { readonly text: string; readonly place: Place }[];
}

interface Scanned extends Item {
  readonly findings: readonly Finding[];
  readonly sentences: readonly Sentence[];
}

const MAX_STRINGS = 4000;
const MAX_DEPTH = 64;
/** Members of a schema whose names are names of parameters, not words of JSON Schema. */
const NAMED = new Set(['properties', 'patternProperties', '$defs', 'definitions', 'dependentSchemas']);
/** Members of a schema that hold what may be passed. */
const VALUES = new Set(['enum', 'default', 'const', 'examples', 'example']);
const SPOKEN = new Set(['description', 'title']);
const PROSE = /\s|[^\u0021-\u007e]|[<>{}[\]|%&\\]|\.\w|\/\w|[A-Za-z0-9+/]{24}/;

/** Hard findings by item (`tool:NAME`, `prompt:NAME`, `resource:URI`, templates included, `instructions:`): such an item is held until a person approves it. */
export function scanOffer(
  server: { readonly name: string },
  offer: Offer,
  others: readonly string[],
): ReadonlyMap<string, readonly string[]> {
  const hard = new Map<string, readonly string[]>();
  for (const [key, findings] of scanOfferTexts(server, offer, others)) {
    const whats = findings.filter(({ severity }) => severity === 'hard').map(({ what }) => what);
    if (whats.length > 0) hard.set(key, whats);
  }
  return hard;
}

/**
 * All findings by item, soft ones included: every string that a model may see of each item, then all items read one after the other, as
 * they are listed and by name, because a payload may be cut into parts that say nothing alone.
 */
export function scanOfferTexts(
  server: { readonly name: string },
  offer: Offer,
  others: readonly string[],
): ReadonlyMap<string, readonly Finding[]> {
  const items = toItems(offer);
  const own = ownNames(server.name, offer);
  const cross = crossMentions(
    others.filter((each) => each !== server.name),
    own,
  );
  const scanned = items.map((item) => scanItem(item, cross));
  const found = new Map(scanned.map(({ key, findings }) => [key, findings]));
  // Each kind is listed by itself. Only tools are many enough, and near enough to each other, for what is held by itself to go on in others.
  for (const kind of ['tool:', 'prompt:', 'resource:']) {
    const shown = scanned.filter((each) => each.key.startsWith(kind) && (kind === 'tool:' || !isHard(each)));
    for (const order of [shown, shown.toSorted((a, b) => (a.name < b.name ? -1 : 1))]) {
      for (const { keys, finding } of splitPayloads(order, cross)) {
        for (const key of keys) found.set(key, unique([...(found.get(key) ?? []), finding]));
      }
    }
  }
  for (const [key, findings] of found) if (findings.length === 0) found.delete(key);
  return found;
}

function scanItem(item: Item, cross: CrossMentions): Scanned {
  const findings: Finding[] = [];
  const sentences: Sentence[] = [];
  if (item.texts.length >= MAX_STRINGS) {
    findings.push({
      severity: 'hard',
      what: `It holds more than ${MAX_STRINGS} strings, more than can be read.`,
    });
  }
  if (item.texts.some(({ text }) => text.length > MAX_TEXT)) {
    findings.push({
      severity: 'hard',
      what: `One of its texts is longer than ${MAX_TEXT} characters, more than can be read.`,
    });
  }
  for (const { text, place } of item.texts) {
    const scan = scanText(text, { place, isDefinition: true });
    findings.push(...scan.findings);
    sentences.push(...scan.sentences);
  }
  for (const sentence of sentences) {
    const finding = cross.find(sentence);
    if (finding) findings.push(finding);
  }
  const prose = sentences.length > 1 ? judge(sentences, 'text') : [];
  return { ...item, sentences, findings: unique([...findings, ...prose]) };
}

function toItems(offer: Offer): readonly Item[] {
  const item = (kind: string, name: string, value: Json): Item => ({
    key: `${kind}:${name}`,
    name,
    texts: textsOf(value),
  });
  const items = [
    ...offer.tools.map((tool) => item('tool', tool.name, tool as Json)),
    ...offer.prompts.map((prompt) => item('prompt', textOf(prompt['name']), prompt)),
    ...offer.resources.map((resource) => item('resource', textOf(resource['uri']), resource)),
    ...offer.resourceTemplates.map((template) => item('resource', textOf(template['uriTemplate']), template)),
  ];
  const { name, title } = offer.serverInfo;
  return [
    ...items,
    { key: 'instructions:', name: '', texts: textsOf([offer.instructions ?? '', name, title ?? '']) },
  ];
}

function textOf(value: Json | undefined): string {
  return typeof value === 'string' ? value : '';
}

interface Open {
  readonly value: Json;
  readonly place: Place;
  readonly depth: number;
  /** Its keys are names that somebody chose. */
  readonly isNamed: boolean;
  /** Its text is read even if it is a single word. */
  readonly isSpoken: boolean;
}

/** Every string and every key, at whatever place of the definition, without recursion. */
function textsOf(value: Json): Item['texts'] {
  const texts: { text: string; place: Place }[] = [];
  const open: Open[] = [{ value, place: 'text', depth: 0, isNamed: false, isSpoken: true }];
  for (let each = open.pop(); each !== undefined && texts.length < MAX_STRINGS; each = open.pop()) {
    const { value: current, place, depth } = each;
    if (typeof current === 'string') {
      if (each.isSpoken || PROSE.test(current)) texts.push({ text: current, place });
    } else if (current !== null && typeof current === 'object' && depth <= MAX_DEPTH) {
      if (!Array.isArray(current)) {
        texts.push(...Object.keys(current).flatMap((key) => (PROSE.test(key) ? [{ text: key, place }] : [])));
      }
      open.push(...membersOf(each).toReversed());
    }
  }
  return texts;
}

function membersOf({ value, place, depth, isNamed, isSpoken }: Open): readonly Open[] {
  if (Array.isArray(value)) {
    return value.map((member: Json) => ({
      value: member,
      place,
      depth: depth + 1,
      isNamed: false,
      isSpoken,
    }));
  }
  return Object.entries(value as JsonObject).map(([key, member]) => ({
    value: member,
    place: isNamed ? 'parameter' : VALUES.has(key) && place !== 'text' ? 'value' : place,
    depth: depth + 1,
    isNamed: (!isNamed && NAMED.has(key)) || (key === 'arguments' && depth === 0),
    isSpoken: SPOKEN.has(key),
  }));
}

function ownNames(server: string, offer: Offer): ReadonlySet<string> {
  const names = new Set([fold(server)]);
  for (const tool of offer.tools) {
    names.add(fold(tool.name));
    names.add(fold(`${server}__${tool.name}`));
    collectKeys(tool.inputSchema, names);
    if (tool.outputSchema) collectKeys(tool.outputSchema, names);
  }
  for (const prompt of offer.prompts) names.add(fold(textOf(prompt['name'])));
  return names;
}

function collectKeys(value: Json, names: Set<string>): void {
  const open: Json[] = [value];
  for (let each = open.pop(); each !== undefined && names.size < 20_000; each = open.pop()) {
    if (Array.isArray(each)) open.push(...(each as Json[]));
    else if (each !== null && typeof each === 'object') {
      for (const [key, member] of Object.entries(each)) {
        names.add(fold(key));
        open.push(member);
      }
    }
  }
}

interface Split {
  readonly keys: readonly string[];
  readonly finding: Finding;
}

const PART =
  /[([{]?\b(?:(?:part|step|fragment|piece|chunk|segment|line|section|teil|clause|note)\s{0,2}[:#]?\s{0,2})?(?:\d{1,2}|one|two|three|four|five|[a-d]|i{1,3})\s{0,2}(?:\/|of|von)\s{0,2}(?:\d{1,2}|three|four|five|two)\b[)\]}]?\s{0,2}[:.-]?|\b(?:part|fragment|piece|chunk|segment|clause) (?:\d{1,2}|one|two|three|four|five|[a-d])\b\s{0,2}[):.-]?|\.{3}|\u2026/g;
const CODED = /(?=[A-Za-z+/]{0,20}\d)(?=[A-Z0-9+/]{0,20}[a-z])[A-Za-z0-9+/]{12,}={0,2}/;
const ALL_CODED = new RegExp(CODED.source, 'g');
const SAID_IN_PARTS = 'Read together with its neighbours, it carries instructions to the model: ';
const REACH = 3;

/** What neighbours say together, and the last of them perhaps alone. */
function* splitPayloads(items: readonly Scanned[], cross: CrossMentions): Generator<Split> {
  for (let at = 0; at + 1 < items.length; at++) {
    for (let count = 2; count <= REACH && at + count <= items.length; count++) {
      const group = items
        .slice(at, at + count)
        .filter((each, index, all) => isPart(each) || endsLoosely(all[index - 1]));
      if (group.length < 2 || group.every(isHard)) continue;
      const what = together(group, cross);
      if (what === undefined) continue;
      yield {
        keys: contributors(group, cross).flatMap((each) => (isHard(each) ? [] : each.key)),
        finding: { severity: 'hard', what: SAID_IN_PARTS + what },
      };
    }
  }
}

/** Those that look like a part of something, and those without whom it would not be said. */
function contributors(group: readonly Scanned[], cross: CrossMentions): readonly Scanned[] {
  let needed = group;
  for (const each of group) {
    const others = needed.filter((other) => other !== each);
    if (!isPart(each) && together(others, cross) !== undefined) needed = others;
  }
  return needed;
}

function isHard({ findings }: Scanned): boolean {
  return findings.some(({ severity }) => severity === 'hard');
}

function isPart(item: Scanned): boolean {
  return item.sentences.some(isOdd) || hasLooseEnd(item) || item.texts.some(({ text }) => CODED.test(text));
}

function together(group: readonly Scanned[], cross: CrossMentions): string | undefined {
  const joined = group.map(looseText).join(' ').replaceAll(PART, ' ');
  const run = toSentences(joined).map(readSentence);
  const strongest = judge(run.filter(isOdd), 'text').find(({ severity }) => severity === 'hard');
  if (strongest) return strongest.what;
  for (const sentence of run) {
    const finding = cross.find(sentence);
    if (finding?.severity === 'hard') return finding.what;
  }
  const encoded = group
    .flatMap(({ texts }) => texts.flatMap(({ text }) => text.match(ALL_CODED) ?? []))
    .join('');
  if (encoded.length < 24) return undefined;
  return scanText(encoded).findings.find(({ severity }) => severity === 'hard')?.what;
}

/** Sentences that have no place in the description of a tool of their own. */
function isOdd({ signals }: Sentence): boolean {
  return (
    hasAny(
      signals,
      'file',
      'conceal',
      'secrecy',
      'order',
      'override',
      'conversation',
      'persona',
      'marker',
      'redirect',
      'cover',
      'danger',
      'address',
    ) || has(signals, 'credential', 'take')
  );
}

function hasLooseEnd(item: Scanned): boolean {
  return endsLoosely(item) || item.sentences.some(({ text }) => text.search(PART) >= 0);
}

function endsLoosely(item: Scanned | undefined): boolean {
  return item !== undefined && !/[.!?)\]"'`\u3002]$/.test(item.sentences.at(-1)?.text ?? '.');
}

/** The sentences that may be a part of something. */
function looseText({ sentences }: Scanned): string {
  const last = sentences.length - 1;
  return sentences
    .filter((each, at) => isOdd(each) || at === last || each.text.search(PART) >= 0)
    .map(({ text }) => text)
    .join(' ');
}
