import type { Json } from '../../kernel/json.ts';
import { isJsonObject } from '../../kernel/json.ts';
import { wordsOfName, wordsOfProse } from '../../policy/words.ts';
import type { CatalogEntry } from '../catalog.ts';
import { fillArguments } from '../plan/arguments/fill.ts';
import { eitherIn } from '../plan/arguments/enumerated.ts';
import { isPlaced, placesIn } from '../plan/arguments/places.ts';
import { propertiesOf } from '../plan/arguments/properties.ts';
import { unreadIn } from '../plan/arguments/unread.ts';
import { filtersIn } from '../plan/filters.ts';
import type { Filter } from '../plan/filters.ts';
import { maskQuotes } from '../plan/mask.ts';
import { needsOf } from '../plan/order.ts';
import type { Plan, PlannedCall } from '../plan/plan.ts';
import type { AskContext } from './context.ts';
import { readingTimeOf } from './context.ts';
import type { Draft } from './draft.ts';
import { intentWithAntecedent, namesOf } from './filling.ts';
import { quoted } from './request.ts';

/** Says nothing of what is filtered by. */
const FLUFF: ReadonlySet<string> = new Set(
  `a an the of in on at by to for from with than that which who is are was were be been has have had do does did not no any all and or it its my our
  labeled labelled tagged named called titled containing contain contains mentioning mention mentions match matches having whose without except
  excluding other apart aside`.split(/\s+/),
);
const SEVERAL = /^(?:list|search|find|query|filter|get_all|browse)/i;
const NOW = /^(?:today|now|this \p{L}+|current \p{L}+)$/iu;

/** What of a question a draft leaves out, as sentences: what no call is made for, and what the calls do not take into account. */
export function unansweredBy(
  { plan, unanswered }: Pick<Draft, 'plan' | 'unanswered'>,
  context: AskContext,
): readonly string[] {
  return [...new Set([...unanswered, ...leftOutOf(plan, context)])];
}

/**
 * What narrows down a question and no argument holds, as sentences. Only of arguments that were read out of words: who gave them himself knows what
 * he asks for.
 */
function leftOutOf(plan: Plan, context: AskContext): readonly string[] {
  const { input } = context;
  const sent = input.plan !== undefined && 'calls' in input.plan ? input.plan.calls : [];
  const told = plan.calls.flatMap((call) => {
    const entry = call.tool === undefined ? undefined : context.tools.find(call.tool);
    const isGiven = sent.some((each) => each.id === call.id && each.arguments !== undefined);
    // Without arguments, nothing was read out of its words yet.
    if (entry === undefined || call.arguments === undefined || isGiven) return [];
    const open = [...eitherOf(call, entry, { plan, context }), ...unreadOf(call, context)];
    const lost = lostOf(call, entry, { plan, context }).filter(
      (each) => !open.some((sentence) => sentence.includes(each)),
    );
    return lost.length === 0
      ? open
      : [...open, `Not taken into account by ${entry.name}: ${lost.map((each) => quoted(each)).join(', ')}.`];
  });
  return told;
}

interface About {
  readonly plan: Plan;
  readonly context: AskContext;
}

/** Of alternatives, a change takes none; what reads is asked for all of them. */
function eitherOf(call: PlannedCall, entry: CatalogEntry, { plan, context }: About): readonly string[] {
  const options = { ...readingTimeOf(context), addressees: namesOf(entry) };
  const isRead = entry.risk === 'read';
  const text = isRead ? (plan.query ?? call.intent) : intentWithAntecedent(call, plan);
  const either = eitherIn(text, entry.tool.inputSchema, options);
  if (either === undefined) return [];
  if (!isRead) return [`Which one is meant is not said, so none was taken: ${quoted(either)}.`];
  const isSpread = plan.calls.filter(({ tool }) => tool === call.tool).length > 1;
  return isSpread ? [`Which one is meant is not said, so all were read: ${quoted(either)}.`] : [];
}

/** What looks like a value, and can be none. */
function unreadOf({ intent, arguments: given = {} }: PlannedCall, context: AskContext): readonly string[] {
  const values = valuesIn(given).map((value) => value.toLowerCase());
  const unread = unreadIn(intent, readingTimeOf(context)).filter(
    (each) => !values.some((value) => value.includes(each.toLowerCase())),
  );
  return unread.length === 0 ? [] : [`Could not read: ${unread.map((each) => quoted(each)).join(', ')}.`];
}

function lostOf(call: PlannedCall, entry: CatalogEntry, { plan, context }: About): readonly string[] {
  const text = intentWithAntecedent(call, plan);
  const here = readingTimeOf(context);
  const { spans } = fillArguments(text, entry.tool.inputSchema, { ...here, addressees: namesOf(entry) });
  const given = call.arguments ?? {};
  const taken = spans.filter(({ name }) => Object.hasOwn(given, name));
  // What the calls it builds on have held need not be held again.
  const needs = needsOf(call);
  const held = [
    given,
    ...plan.calls.flatMap((each) => (needs.includes(each.id) ? (each.arguments ?? []) : [])),
  ];
  const values = held.flatMap((each) => valuesIn(each)).map((value) => value.toLowerCase());
  const isTaken = (filter: Filter) =>
    taken.some(({ start, end }) => start < filter.end && filter.start < end) ||
    isSaid(text, filter, { values, entry });
  // Where something is looked for is one of the things that its tool could be told.
  const places = propertiesOf(entry.tool.inputSchema).some(
    (each) => isPlaced(each) && !Object.hasOwn(given, each.path[0] ?? ''),
  )
    ? placesIn(maskQuotes(text)).map(({ start, end }) => ({ start, end, isNegated: false }))
    : [];
  const filters = [...filtersIn(text, here), ...places].toSorted((a, b) => a.start - b.start);
  const lost = filters.filter(
    (filter) => call.intent.includes(text.slice(filter.start, filter.end)) && !isTaken(filter),
  );
  return joined(lost).map(({ start, end }) => text.slice(start, end).trim());
}

interface Said {
  readonly values: readonly string[];
  readonly entry: CatalogEntry;
}

/** Whether it stands in an argument as it is, or is what the tool is there for. */
function isSaid(text: string, { start, end, isNegated }: Filter, { values, entry }: Said): boolean {
  const own = text.slice(start, end).toLowerCase();
  if (values.some((value) => value.includes(own.replace(/^["'“`]|["'”`]$/g, '')))) return true;
  if (isNegated) return false;
  const isMany = SEVERAL.test(entry.tool.name);
  if (!isMany && NOW.test(own)) return true;
  const about = aboutOf(entry);
  const words = own.match(/[\p{L}\p{N}_#@./-]+/gu) ?? [];
  return words
    .filter((word) => !FLUFF.has(word))
    .every((word) => values.some((value) => value.includes(word)) || about.has(word));
}

/** What a tool says of itself, without what it says of its parameters. */
function aboutOf({
  tool: { name, title = '', description = '' },
  server,
}: CatalogEntry): ReadonlySet<string> {
  const words = [
    ...wordsOfName(name),
    ...wordsOfProse(`${title} ${description.slice(0, 4_000)} ${server.name}`),
  ];
  return new Set(words);
}

function valuesIn(value: Json): readonly string[] {
  if (Array.isArray(value)) return value.flatMap((each: Json) => valuesIn(each));
  if (isJsonObject(value)) return Object.values(value).flatMap((each) => valuesIn(each));
  return [typeof value === 'string' ? value : JSON.stringify(value)];
}

/** Those that overlap as one. */
function joined(filters: readonly Filter[]): readonly Filter[] {
  const all: Filter[] = [];
  for (const each of filters) {
    const last = all.at(-1);
    if (last !== undefined && each.start < last.end)
      all[all.length - 1] = { ...last, end: Math.max(last.end, each.end) };
    else all.push(each);
  }
  return all;
}
