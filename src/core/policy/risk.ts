import type { Json } from '../kernel/json.ts';
import type { Risk } from '../kernel/approval.ts';
import type { ToolDefinition } from '../ports/downstream.ts';
import { inPlainVerbs } from './phrases.ts';
import { actingStems, allStems, wordsOfName, wordsOfProse } from './words.ts';

/** What the operator says of a server and of a tool, as far as risks are concerned. */
interface Standing {
  /** Its annotations are believed. */
  readonly trusted: boolean;
  readonly cache: { readonly mode: 'auto' | 'off' };
}

interface Word {
  readonly risk?: Risk;
  readonly cache?: boolean;
  readonly egress?: boolean;
  readonly sensitive?: boolean;
}

/** What is gone afterwards, or cannot be taken back. */
const DESTRUCTIVE = verbs(
  `delete remove drop destroy erase purge wipe truncate kill terminate merge overwrite uninstall revoke reset
  unlink rm rmdir discard deprovision shutdown prune evict expire cancel revert rollback transfer pay refund
  withdraw execute exec deactivate nuke shred decommission obliterate expunge`,
);
/** The same, in names alone: descriptions speak of the charge and the ban as often, and say otherwise what is done. */
const DESTRUCTIVE_IN_NAMES = verbs('charge ban');
/** No forms of these verbs, though they look like some. */
const LOOKALIKES = verbs('banner banners browser browsers charger chargers charging');
/** What changes something, or leaves the house. */
const MUTATING = verbs(
  `create update write send post put patch add insert upload append edit modify set rename move copy publish
  submit push commit approve reject assign invite reply comment deploy install enable disable start stop
  restart run schedule save store import sync register subscribe unsubscribe archive close open lock unlock grant
  upsert replace increment toggle trigger fork star follow share notify email message tweet dispatch apply make
  mkdir touch book order buy purchase sign attach detach mark clear configure provision launch invoke call upgrade`,
);
const READING = verbs(
  `get list search read find fetch query lookup look show describe view count check status browse inspect preview
  retrieve compare diff stat head tail ls cat grep explain summarize analyze calculate compute convert validate
  verify echo ping help info tree glob scan download load translate measure monitor peek exists
  has is history logs version whoami`,
);
/** Those that are no nouns, for names that begin with their object: `vault_key_get`, but not `execute_query`. */
const READING_LAST = verbs(`get list show read find count describe fetch search lookup`);
/** Verbs that also stand as nouns in descriptions: there they prove nothing. */
const NOUNS = verbs(
  `set open close order call store post message email sign mark run start stop lock share star fork commit log
  format reset merge patch copy move import comment book register schedule tail head make drop add put save approve
  transfer cancel expire push apply launch execute exec call invoke trigger upgrade
  deploy install import charge ban`,
);
const SENDING = verbs(
  `send post email message tweet publish upload share notify submit reply forward push dispatch invite comment`,
);
const CHANGING = new Set([...DESTRUCTIVE, ...DESTRUCTIVE_IN_NAMES, ...MUTATING]);
const CONJUNCTIONS = verbs('and or then');
/** A word at the beginning of a sentence, or after what brings in another verb. */
const SENTENCE_START = /(?:^|[.;:!\n]\s*)([a-z]+)/g;
const CLAUSE_START = /(?:^|[.;:!\n]\s*|\b(?:will|can|may|and|or|then|to|also|permanently)\s+)([a-z]+)/g;

const RANK: Readonly<Record<Risk, number>> = { read: 0, unknown: 1, write: 2, destructive: 3 };

/**
 * What a call of this tool can do at worst. The operator's word counts first. A stranger's annotations can only make it worse, so that
 * nobody talks himself into being harmless.
 */
export function classifyRisk(tool: ToolDefinition, server: Pick<Standing, 'trusted'>, settings: Word): Risk {
  if (settings.risk !== undefined) return settings.risk;
  const told = toldRisk(tool.annotations);
  const seen = seenRisk(tool);
  if (told === undefined) return seen;
  if (RANK[told] > RANK[seen]) return told;
  // Believed, but not against the tool's own words: `cleanup` that "deletes" is no reader whatever it says.
  return server.trusted && seen !== 'destructive' ? told : seen;
}

/**
 * Whether somebody who is believed says that it only reads: the operator, or annotations of a server he trusts. Words of a stranger may be
 * good for a look; nothing that may have been sent is sent again on their account.
 */
export function isVouchedRead(
  tool: ToolDefinition,
  server: Pick<Standing, 'trusted'>,
  settings: Word,
): boolean {
  if (settings.risk !== undefined) return settings.risk === 'read';
  if (!server.trusted || toldRisk(tool.annotations) !== 'read') return false;
  return classifyRisk(tool, server, settings) === 'read';
}

/** Whether an answer may be given again without asking the server. */
export function isCacheable(
  tool: ToolDefinition,
  server: Standing,
  about: { readonly settings: Word; readonly risk: Risk },
): boolean {
  const { settings, risk } = about;
  if (server.cache.mode === 'off' || settings.cache === false || risk !== 'read') return false;
  if (verbsOfName(tool.name).some((verb) => CHANGING.has(verb))) return false;
  if (settings.cache === true) return true;
  const hints = tool.annotations;
  return server.trusted && hints?.['readOnlyHint'] === true && hints['idempotentHint'] === true;
}

/** Whether whoever says it wants something to be otherwise afterwards. */
export function isVerbOfChange(word: string): boolean {
  return CHANGING.has(word);
}

/** Whether whoever says it wants to know something, and nothing to be otherwise. */
export function isVerbOfReading(word: string): boolean {
  return READING.has(word);
}

/** Whether a call can carry something out of the house. */
export function isEgress(tool: ToolDefinition, settings: Word, risk: Risk): boolean {
  if (settings.egress !== undefined) return settings.egress;
  if (tool.annotations?.['openWorldHint'] === true && risk !== 'read') return true;
  return verbsOfName(tool.name).some((verb) => SENDING.has(verb));
}

/** Whether what it returns is to be kept in the house. */
export function isSensitive(settings: Word): boolean {
  return settings.sensitive === true;
}

function toldRisk(annotations: Readonly<Record<string, Json>> | undefined): Risk | undefined {
  if (annotations === undefined) return undefined;
  const { readOnlyHint, destructiveHint } = annotations;
  if (readOnlyHint === true) return destructiveHint === true ? 'destructive' : 'read';
  if (destructiveHint === true) return 'destructive';
  return readOnlyHint === false || destructiveHint === false ? 'write' : undefined;
}

function seenRisk(tool: ToolDefinition): Risk {
  const named = [...verbsOfName(tool.name), ...verbsOfName(tool.title ?? '')];
  const said = verbsOfProse(tool.description ?? '', isReading(plainWordsOf(tool.name)));
  const all = [...named, ...said];
  if (named.some((verb) => DESTRUCTIVE_IN_NAMES.has(verb))) return 'destructive';
  if (all.some((verb) => DESTRUCTIVE.has(verb))) return 'destructive';
  if (all.some((verb) => MUTATING.has(verb))) return 'write';
  return all.some((verb) => READING.has(verb)) ? 'read' : 'unknown';
}

/** A `log` that ends a name is what is read. */
function plainWordsOf(name: string): readonly string[] {
  const words = wordsOfProse(inPlainVerbs(wordsOfName(name).join(' '), 'name')).filter(
    (word) => !LOOKALIKES.has(word),
  );
  return words.at(-1) === 'log' ? [...words.slice(0, -1), 'logs'] : words;
}

/** `get_order` and `order_get` read; `get_or_create` need not. */
function isReading(words: readonly string[]): boolean {
  const [first = ''] = words;
  const isVerbLast =
    READING_LAST.has(words.at(-1) ?? '') &&
    // Nobody is told to `posts`: there it is a noun.
    (first.endsWith('s') || !allStems(first).some((verb) => CHANGING.has(verb)));
  return (READING.has(first) || isVerbLast) && !words.some((word) => CONJUNCTIONS.has(word));
}

/**
 * What the words of a name may mean as verbs. `get_order` reads an order and `list_deleted_items` deletes none: beside a verb that reads, what
 * can be a noun is one.
 */
function verbsOfName(name: string): readonly string[] {
  const words = plainWordsOf(name);
  if (!isReading(words)) return words.flatMap((word) => allStems(word));
  const rest = words.flatMap((word) => actingStems(word));
  return rest.filter((word) => READING.has(word) || !NOUNS.has(word));
}

/**
 * Verbs where a description says what the tool does: at the beginning of a sentence or clause, and whatever destroys and is no noun. Where the
 * name says already that it reads, clauses tell what its results are good for.
 */
function verbsOfProse(description: string, isReader: boolean): readonly string[] {
  const text = inPlainVerbs(description.slice(0, 4000).toLowerCase(), 'prose');
  const leading = verbsAfter(text, isReader ? SENTENCE_START : CLAUSE_START);
  const further = isReader
    ? verbsAfter(text, CLAUSE_START)
    : wordsOfProse(text).flatMap((word) => actingStems(word));
  return [...leading, ...further.filter((word) => DESTRUCTIVE.has(word) && !NOUNS.has(word))];
}

function verbsAfter(text: string, start: RegExp): readonly string[] {
  return Array.from(text.matchAll(start), ([, word]) => actingStems(word ?? '')).flat();
}

function verbs(text: string): ReadonlySet<string> {
  return new Set(text.split(/\s+/));
}
