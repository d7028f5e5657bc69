import { canonicalJson } from '../../kernel/json.ts';
import { visibleJson } from '../../policy/clean.ts';
import type { PlannedCall } from '../plan/plan.ts';
import { parseReference, referencesIn } from '../plan/references.ts';
import type { AskContext } from './context.ts';
import type { Draft } from './draft.ts';

const PLACES_SHOWN = 300;
/** How a reference to another call begins. */
const HEAD = /^\$(?:calls\.)?\w+/;
/** Where what is gone over stands among the places that a call takes something for: no pointer begins so. */
const EACH = 'for each';

type Seen = Pick<AskContext, 'tools'>;

/**
 * Calls of a model's plan that are shown before they are made, though they only read: words alone led to no such call, and it passes on to one
 * server what another one answered, or reads what is sensitive.
 */
export function beyondWords(draft: Draft, seen: Seen): readonly PlannedCall[] {
  const { plan, led, chosen } = draft;
  if (led === undefined) return [];
  const isLed = sameness(plan.calls, led);
  const isChosen = ({ intent, tool }: PlannedCall) =>
    chosen.some((each) => each.query === intent && each.tool === tool);
  return plan.calls.filter(
    (call) =>
      !isLed(call) && (passesOn(call, plan.calls, seen) || (isSensitive(call, seen) && !isChosen(call))),
  );
}

/** What a model has one call take from another, and what it reads by itself that is sensitive: sentences. */
export function toldOfModel(draft: Draft, seen: Seen): readonly string[] {
  const { plan, led } = draft;
  if (led === undefined) return [];
  const sensitive = beyondWords(draft, seen).filter((call) => isSensitive(call, seen));
  return [
    ...sensitive.map(
      ({ tool = '' }) => `A model planned ${tool}, which is sensitive: words alone do not lead to it.`,
    ),
    ...plan.calls.flatMap((call) => takingOf(call, plan.calls)),
  ];
}

function takingOf(call: PlannedCall, calls: readonly PlannedCall[]): readonly string[] {
  if (referencesIn(call).length === 0) return [];
  const places = placesOf(call).map(([place, reference]) => `${place} ${reference}`);
  const shown = visibleJson(places.join(', ')).slice(0, PLACES_SHOWN);
  const froms = sourcesOf(call, calls).map(({ id, tool = '' }) => `$${id} is what ${tool} answers`);
  return [`By the plan of a model, ${call.tool ?? ''} takes ${shown}; ${froms.join(', ')}.`];
}

function passesOn(call: PlannedCall, calls: readonly PlannedCall[], seen: Seen): boolean {
  return sourcesOf(call, calls).some((from) => from.server !== call.server || isSensitive(from, seen));
}

function sourcesOf(call: PlannedCall, calls: readonly PlannedCall[]): readonly PlannedCall[] {
  return referencesIn(call).flatMap((id) => calls.find((each) => each.id === id) ?? []);
}

function isSensitive({ tool = '' }: PlannedCall, { tools }: Seen): boolean {
  return tools.find(tool)?.settings.sensitive === true;
}

function placesOf({ bind = {}, forEach }: PlannedCall): readonly (readonly [string, string])[] {
  return [...(forEach === undefined ? [] : [[EACH, forEach] as const]), ...Object.entries(bind)];
}

/** Whether words led to the very call: its tool, its values, and whatever it takes, from calls of which the same holds. */
function sameness(
  calls: readonly PlannedCall[],
  led: readonly PlannedCall[],
): (call: PlannedCall) => boolean {
  const known = new Map<string, boolean>();
  const sameById = (one: string | undefined, other: string | undefined): boolean => {
    const mine = calls.find(({ id }) => id === one);
    const theirs = led.find(({ id }) => id === other);
    // Neither: both take of the item at hand.
    if (mine === undefined || theirs === undefined) return one === undefined && other === undefined;
    return isSame(mine, theirs);
  };
  const isSame = (call: PlannedCall, words: PlannedCall): boolean => {
    const key = `${call.id} ${words.id}`;
    const before = known.get(key);
    if (before !== undefined) return before;
    const theirs = new Map(placesOf(words));
    const same =
      valuesOf(call) === valuesOf(words) &&
      placesOf(call).length === theirs.size &&
      placesOf(call).every(([place, reference]) => {
        const other = theirs.get(place);
        return (
          other !== undefined &&
          reference.replace(HEAD, '') === other.replace(HEAD, '') &&
          sameById(parseReference(reference).call, parseReference(other).call)
        );
      });
    known.set(key, same);
    return same;
  };
  return (call) => call.tool !== undefined && led.some((words) => isSame(call, words));
}

function valuesOf({ tool = '', arguments: given = {} }: PlannedCall): string {
  return canonicalJson({ tool, given });
}
