import type { Json, JsonObject } from '../../kernel/json.ts';
import { isJsonObject } from '../../kernel/json.ts';
import type { CatalogEntry } from '../catalog.ts';
import { withAntecedent } from '../plan/antecedent.ts';
import { fillArguments } from '../plan/arguments/fill.ts';
import type { ReadingTime } from '../plan/arguments/zone.ts';
import type { Plan, PlannedCall } from '../plan/plan.ts';
import type { MissingArguments } from './ask.ts';
import { withoutHeaders } from '../schema-limits.ts';

export interface FillMeans extends ReadingTime {
  readonly find: (tool: string) => CatalogEntry | undefined;
}

/** The plan with everything in its arguments that the words state plainly; what somebody gave stays as it is. */
export function filled(plan: Plan, means: FillMeans): Plan {
  return {
    ...plan,
    calls: plan.calls.map((call) => filledCall(call, intentWithAntecedent(call, plan), means)),
  };
}

/** The words of a call, with what they lean on in those of the calls before. */
export function intentWithAntecedent({ id, intent }: PlannedCall, { calls }: Plan): string {
  const at = calls.findIndex((each) => each.id === id);
  return withAntecedent(
    intent,
    calls.slice(0, Math.max(at, 0)).map((each) => each.intent),
  );
}

function filledCall(call: PlannedCall, words: string, { find, now, offsetAt }: FillMeans): PlannedCall {
  const entry = call.tool === undefined ? undefined : find(call.tool);
  if (entry === undefined) return call;
  const lacking = lackingOf(call, entry);
  if (call.arguments !== undefined && lacking.length === 0) return call;
  const { arguments: stated } = fillArguments(words, entry.tool.inputSchema, {
    now,
    offsetAt,
    addressees: namesOf(entry),
  });
  const bound = boundNames(call);
  const wanted = call.arguments === undefined ? Object.keys(stated) : lacking;
  const added = wanted
    .filter((name) => Object.hasOwn(stated, name) && !bound.has(name))
    .map((name): [string, Json] => [name, stated[name] ?? null]);
  const guess = { ...Object.fromEntries(added), ...call.arguments };
  return { ...call, arguments: fitting(guess, added, entry) };
}

/** What a server goes by: its name, and the names in what is said of it. */
export function namesOf({ server: { name, description = '' } }: CatalogEntry): readonly string[] {
  return [name, ...(description.match(/(?<=[\p{L}\p{N},] )\p{Lu}[\p{L}\p{N}]+/gu) ?? [])];
}

/** Without what was read out of words and does not fit: that is asked for instead. */
function fitting(
  guess: JsonObject,
  added: readonly (readonly [string, Json])[],
  entry: CatalogEntry,
): JsonObject {
  const wrong = new Set(entry.checkArguments(guess).map(({ path }) => nameAt(path)));
  const dropped = new Set(added.map(([name]) => name).filter((name) => wrong.has(name)));
  return dropped.size === 0
    ? guess
    : Object.fromEntries(Object.entries(guess).filter(([name]) => !dropped.has(name)));
}

/** What each call cannot be made without, and nothing gives. */
export function missingIn(plan: Plan, find: FillMeans['find']): readonly MissingArguments[] {
  return plan.calls.flatMap((call): MissingArguments[] => {
    const entry = call.tool === undefined ? undefined : find(call.tool);
    const missing = entry === undefined ? [] : lackingOf(call, entry);
    return entry === undefined || missing.length === 0
      ? []
      : [{ call: call.id, schema: withoutHeaders(entry.tool.inputSchema), missing }];
  });
}

/** One way in which the arguments of a call do not fit the pinned schema. */
export interface CallMisfit {
  readonly call: string;
  readonly message: string;
}

/** Where arguments do not fit, apart from what is missing and from what is only known when other calls have answered. */
export function misfitsIn(plan: Plan, find: FillMeans['find']): readonly CallMisfit[] {
  return plan.calls.flatMap((call) => {
    const entry = call.tool === undefined ? undefined : find(call.tool);
    // The names of a group's parameters are its own, and what a reference stands for is seen on the path of the call.
    if (entry === undefined || entry.name !== call.tool || holdsResult(call.arguments)) return [];
    const later = Object.keys(call.bind ?? {});
    const isLater = (path: string) =>
      later.some((each) => path === each || path.startsWith(`${each}/`) || each.startsWith(`${path}/`));
    return entry
      .checkArguments(call.arguments ?? {})
      .filter(({ path }) => !isLater(path))
      .map(({ path, message }) => ({
        call: call.id,
        message: `${path === '' ? 'the whole' : path}: ${message}`,
      }));
  });
}

/** Names of required parameters that nothing gives. */
export function lackingOf(call: PlannedCall, entry: CatalogEntry): readonly string[] {
  const { required } = entry.tool.inputSchema;
  if (!Array.isArray(required)) return [];
  const theirs = new Map(
    Object.entries(entry.name === call.tool ? {} : (entry.settings.parameters ?? {})).map(([ours, their]) => [
      their,
      ours,
    ]),
  );
  const bound = boundNames(call);
  return (required as readonly Json[])
    .filter((name): name is string => typeof name === 'string')
    .map((name) => theirs.get(name) ?? name)
    .filter((name) => !bound.has(name) && !Object.hasOwn(call.arguments ?? {}, name));
}

function boundNames({ bind }: PlannedCall): ReadonlySet<string> {
  return new Set(Object.keys(bind ?? {}).map((pointer) => nameAt(pointer)));
}

/** The argument that a pointer leads into. */
function nameAt(pointer: string): string {
  const [, name = ''] = pointer.split('/', 2);
  return name.replaceAll('~1', '/').replaceAll('~0', '~');
}

function holdsResult(value: Json | undefined): boolean {
  return value !== undefined && JSON.stringify(value).includes('"$result"') && isJsonObject(value);
}
