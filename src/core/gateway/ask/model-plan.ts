import { TuttiError } from '../../kernel/errors.ts';
import type { Json, JsonObject } from '../../kernel/json.ts';
import { checkJson, isJsonObject } from '../../kernel/json.ts';
import { cleanText, visibleJson } from '../../policy/clean.ts';
import { REDACTED } from '../../policy/secrets.ts';
import type { CatalogEntry } from '../catalog.ts';
import { checkPlan } from '../plan/check.ts';
import type { Plan, PlannedCall } from '../plan/plan.ts';
import { MAX_MODEL_CALLS } from './model-prompts.ts';
import { saidIn, shareSaid } from './said.ts';
import type { Said } from './said.ts';
import type { Shortlist } from './shortlist.ts';
import { bare } from './wishes.ts';

const MAX_INTENT = 300;
const MAX_WHOLE = 1_500;
const MAX_PIECES = 8;
/** From this share of its words on a piece is what a call is for. */
const COVERED = 0.5;

/** A plan that a model wrote, as far as it can stand. */
export interface ModelPlan {
  readonly calls: readonly PlannedCall[];
  /** Pieces of the question that no call is for. */
  readonly leftOut: readonly string[];
  /** What it filled in by itself: sentences. */
  readonly assumed: readonly string[];
}

/**
 * Reads what a model answered as a plan: held to the same check as any plan that is sent, its tools to the shortlist, and its values to what was
 * said. What it made up is told, and given to nothing but reads.
 *
 * @throws TuttiError `model/invalid-answer` for what is no plan.
 */
export function parseModelPlan(
  value: JsonObject,
  about: {
    readonly text: string;
    readonly shortlist: Shortlist;
    /** What words alone found in the question, called or not. */
    readonly pieces: readonly string[];
  },
): ModelPlan {
  const { text, shortlist, pieces } = about;
  const said = saidIn(text);
  const raw = callsIn(value);
  const calls = raw.map((call, at) => toCall(call, at, { text, said, shortlist }));
  check({ calls, structure: 'mixed' }, shortlist);
  const grounded = calls.map((call) => groundedCall(call, said, shortlist));
  const intents = calls.map(({ intent }) => intent);
  const own = textsIn(value['left_out']).filter((piece) => piece !== '' && said.hasAllOf(piece));
  const leftOut = [...new Set([...pieces, ...own.slice(0, MAX_PIECES)].map((piece) => bare(piece.trim())))];
  return {
    calls: grounded.map(({ call }) => call),
    leftOut: leftOut.filter((piece) => shareSaid(piece, intents) < COVERED),
    assumed: grounded.flatMap((each) => each.assumed),
  };
}

function callsIn(value: JsonObject): readonly JsonObject[] {
  checkJson(value, 'The plan');
  const calls = isJsonObject(value) ? value['calls'] : undefined;
  if (!Array.isArray(calls) || calls.length > MAX_MODEL_CALLS) throw unusable('its calls are no short list');
  return calls.map((call: Json) => {
    if (isJsonObject(call)) return call;
    throw unusable('a call of it is no object');
  });
}

interface Reading {
  readonly text: string;
  readonly said: Said;
  readonly shortlist: Shortlist;
}

function toCall(call: JsonObject, at: number, { text, said, shortlist }: Reading): PlannedCall {
  const { id, tool } = call;
  const entry = typeof tool === 'string' ? shortlist.find(tool) : undefined;
  if (entry === undefined) throw unusable(`its call ${at + 1} is of none of the tools that were offered`);
  return {
    id: typeof id === 'string' ? id : 'abcdefgh'.charAt(at),
    server: entry.server.name,
    tool: entry.name,
    intent: intentOf(call, text, said),
    dependsOn: textsIn(call['depends_on']),
    ...givenIn(call),
  };
}

/** Arguments are read out of it: words that nobody said would become values. */
function intentOf({ intent }: JsonObject, text: string, said: Said): string {
  const own = typeof intent === 'string' && intent.length <= MAX_INTENT ? intent.trim() : '';
  if (own !== '' && said.hasAllOf(own)) return cleanText(own, MAX_INTENT);
  const words = own.split(/\s+/);
  const kept = words.filter((word) => said.hasAllOf(word));
  return kept.length >= words.length * COVERED && own !== ''
    ? cleanText(kept.join(' '), MAX_INTENT)
    : cleanText(text, MAX_WHOLE);
}

function givenIn({
  arguments: given,
  bind,
  for_each: forEach,
}: JsonObject): Pick<PlannedCall, 'arguments' | 'bind' | 'forEach'> {
  return {
    ...(isAny(given) && { arguments: given }),
    ...(isAny(bind) && { bind: textsOf(bind) }),
    ...(typeof forEach === 'string' && forEach !== '' && { forEach }),
  };
}

function isAny(value: Json | undefined): value is JsonObject {
  return value !== undefined && isJsonObject(value) && Object.keys(value).length > 0;
}

function check(plan: Plan, shortlist: Shortlist): void {
  const [fault] =
    plan.calls.length === 0
      ? []
      : checkPlan(plan, {
          find: (name) => {
            const entry = shortlist.find(name);
            return entry && { server: entry.server.name };
          },
          names: () => shortlist.entries.map(({ name }) => name),
        });
  if (fault !== undefined) throw unusable(cleanText(fault.message, MAX_INTENT).replace(/\.$/, ''));
}

/** Values that stand in the question, and fit; others for reads alone. */
function groundedCall(
  call: PlannedCall,
  said: Said,
  shortlist: Shortlist,
): { readonly call: PlannedCall; readonly assumed: readonly string[] } {
  const entry = shortlist.find(call.tool ?? '');
  if (entry === undefined || call.arguments === undefined) return { call, assumed: [] };
  const given = fitting(call.arguments, entry);
  const invented = Object.keys(given).filter((name) => !said.holds(given[name] ?? null));
  const isRead = entry.risk === 'read';
  const kept = isRead ? given : without(given, invented);
  const { arguments: _given, ...rest } = call;
  const told = Object.fromEntries(invented.map((name) => [name, given[name] ?? null]));
  const what = isRead ? 'Assumed by the model' : 'Not taken from the model';
  const shown = cleanText(visibleJson(JSON.stringify(told)), MAX_INTENT);
  const sentence = `${what} for ${entry.name}, since the question does not say it: ${shown}.`;
  return {
    call: Object.keys(kept).length > 0 ? { ...rest, arguments: kept } : rest,
    assumed: invented.length > 0 ? [sentence] : [],
  };
}

/** Only what the tool takes, and as it takes it: the rest is read out of the words, or asked for. */
function fitting(given: JsonObject, entry: CatalogEntry): JsonObject {
  const { properties } = entry.tool.inputSchema;
  const known = isJsonObject(properties) ? properties : {};
  const own = Object.fromEntries(
    Object.entries(given).filter(
      ([name, value]) => Object.hasOwn(known, name) && !JSON.stringify(value).includes(REDACTED),
    ),
  );
  const wrong = entry.checkArguments(own).map(({ path }) => nameAt(path));
  return without(own, wrong);
}

function without(given: JsonObject, names: readonly string[]): JsonObject {
  return Object.fromEntries(Object.entries(given).filter(([name]) => !names.includes(name)));
}

function nameAt(pointer: string): string {
  const [, name = ''] = pointer.split('/', 2);
  return name.replaceAll('~1', '/').replaceAll('~0', '~');
}

function textsIn(value: Json | undefined): readonly string[] {
  if (!Array.isArray(value)) return [];
  return (value as readonly Json[]).filter((each): each is string => typeof each === 'string');
}

function textsOf(bind: JsonObject): Readonly<Record<string, string>> {
  return Object.fromEntries(
    Object.entries(bind).map(([pointer, reference]) => [
      pointer,
      typeof reference === 'string' ? reference : JSON.stringify(reference),
    ]),
  );
}

function unusable(why: string): TuttiError {
  return new TuttiError('model/invalid-answer', `Its plan cannot be used: ${why}.`);
}
