import type { Route, RouteDocument, Routing } from '../route/route.ts';
import { MAX_READ, restOf, splitClauses } from './clauses.ts';
import type { Clause } from './clauses.ts';
import { HEARD, findingIn } from './finding.ts';
import { ground } from './grounding.ts';
import type { Grounded } from './grounding.ts';
import { placesOf } from './places.ts';
import type { Place } from './places.ts';
import type { PlannedCall } from './plan.ts';
import type { Planned, Planning } from './planning.ts';
import { isTurned, reserveIn } from './reserve.ts';
import { structureByWords, structureOfPlaces } from './structure.ts';
import { spreadThings } from './things.ts';
import { handsOver } from './ties.ts';

/** From words to calls, without a model: clauses that lead to tools of their own, in the order that the words give them. */
export function createPlanner(routing: Routing): Planning {
  return {
    plan(query, options = {}): Planned {
      const text = query.slice(0, MAX_READ);
      const all = splitClauses(text);
      const clauses = all.filter(({ isForbidden, isAlternative }) => !isForbidden && !isAlternative);
      const unwanted = all.filter(({ isForbidden }) => isForbidden);
      const forbidden = unwanted.filter(({ isPassedOver }) => !isPassedOver).map((each) => each.text);
      const passedOver = unwanted.filter(({ isPassedOver }) => isPassedOver).map((each) => each.text);
      const alternatives = alternativesIn(all);
      // What is forbidden, or meant for another case, says nothing for a tool.
      const asked = clauses.length === all.length ? text : clauses.map((each) => each.text).join(' ');
      const route = routing.route(asked, { ...options, limit: HEARD });
      const whole = { call: '', query: asked, route };
      const best = route.candidates[0];
      if (best === undefined || best.score <= 0 || asked === '')
        return {
          plan: { query: text, calls: [], structure: structureByWords(clauses) },
          routes: [whole],
          ...toldOf({ forbidden, passedOver, alternatives, unplanned: [] }),
        };
      const look = { routing, whole: route, query: asked, ...options };
      const finding = findingIn([], look);
      const { found, loose } = ground(
        spreadThings(clauses, (clause, wording) => finding.find(clause, wording)),
        look,
      );
      const unplanned = [...loose.map((each) => each.text), restOf(text, all)];
      const told = toldOf({ forbidden, passedOver, alternatives, unplanned });
      const places = placesOf(found);
      const isOpen = reserveIn(text) !== undefined || leavesOut({ clauses, found, places }, text);
      if (found.length <= 1) {
        const one = onlyOne({ found, loose, whole, best });
        const { server, name } = one.best.document;
        const call = { id: 'a', server, tool: name, intent: one.intent.trim(), dependsOn: [] };
        return {
          plan: { query: text, calls: [isOpen ? open(call) : call], structure: 'single' },
          routes: [whole, { call: 'a', query: one.query, route: one.route }],
          ...told,
        };
      }
      const calls = found.map((one, index) => toCall(one, places[index], index));
      return {
        plan: {
          query: text,
          calls: isOpen ? calls.map((call) => open(call)) : calls,
          structure: structureOfPlaces(places),
        },
        routes: [
          whole,
          ...found.map((one, index) => ({ call: idOf(index), query: one.query, route: one.route })),
        ],
        ...told,
      };
    },
  };
}

/** Each whole: what follows an alternative in its sentence belongs to it. */
function alternativesIn(all: readonly Clause[]): readonly string[] {
  const told = new Map<number, string[]>();
  for (const { isAlternative, isForbidden, sentence, text } of all)
    if (isAlternative && !isForbidden) told.set(sentence, [...(told.get(sentence) ?? []), text]);
  return [...told.values()].map((texts) => texts.join(' '));
}

/** A single call goes by the whole query; where a piece of that leads nowhere, by the rest, if the rest is plain. */
function onlyOne({ found: [found], loose, whole, best }: Only): OneCall {
  if (found === undefined || loose.length === 0) return { ...whole, best, intent: whole.query };
  const intent = intentOf(found);
  const isPlain = found.route.decision === 'route';
  return isPlain
    ? { query: found.query, route: found.route, best: found, intent }
    : { ...whole, best, intent };
}

interface OneCall {
  readonly query: string;
  readonly route: Route;
  readonly best: { readonly document: RouteDocument };
  readonly intent: string;
}

interface Only {
  readonly found: readonly Grounded[];
  readonly loose: readonly Clause[];
  readonly whole: { readonly query: string; readonly route: Route };
  readonly best: { readonly document: RouteDocument };
}

interface Told {
  readonly forbidden: readonly string[];
  readonly passedOver: readonly string[];
  readonly alternatives: readonly string[];
  readonly unplanned: readonly string[];
}

function toldOf({ forbidden, passedOver, alternatives, unplanned }: Told): Partial<Told> {
  const bare = unplanned.map((piece) => piece.replace(/^(?:(?:and|but|also|plus|then)[\s,]+)+/i, ''));
  const left = bare.filter((piece) => piece !== '');
  return {
    ...(forbidden.length > 0 && { forbidden }),
    ...(passedOver.length > 0 && { passedOver }),
    ...(alternatives.length > 0 && { alternatives }),
    ...(left.length > 0 && { unplanned: left }),
  };
}

interface Parts {
  readonly clauses: readonly Clause[];
  readonly found: readonly Grounded[];
  readonly places: readonly Place[];
}

function isBegin({ text }: Clause, [first]: readonly Clause[]): boolean {
  return first !== undefined && text.startsWith(first.text);
}

/** Something that is put in order by words is no call of its own: what it was may matter to the rest. */
function leavesOut({ clauses, found, places }: Parts, text: string): boolean {
  if (found.length <= 1 && isTurned(text)) return true;
  // What was joined to a clause stands behind it.
  const isOwn = ({ text: own }: Clause) => found.some(({ clause }) => clause.text.startsWith(own));
  const followsNothing = found.some(
    ({ clause }, at) => clause.isAfter && places[at]?.after.length === 0 && !isBegin(clause, clauses),
  );
  if (followsNothing) return true;
  return clauses.some(
    (each) => each.isAfter && each.form !== 'collection' && !handsOver(each.masked) && !isOwn(each),
  );
}

function open(call: PlannedCall): PlannedCall {
  return { ...call, uncertainOrder: true };
}

function toCall(found: Grounded, place: Place | undefined, index: number): PlannedCall {
  return {
    id: idOf(index),
    server: found.document.server,
    tool: found.document.name,
    intent: intentOf(found),
    dependsOn: (place?.after ?? []).map(idOf),
    ...(place?.each === undefined ? {} : { forEach: `$${idOf(place.each)}` }),
    ...(place?.isUncertain === true ? { uncertainOrder: true } : {}),
  };
}

function intentOf({ clauses }: Grounded): string {
  // "Each open request": without its "each", the first word of a thing reads like a verb.
  return clauses.map(({ text, form }) => (form === 'collection' ? `each ${text}` : text)).join(' ');
}

function idOf(index: number): string {
  return 'abcdefghijklmnopqrstuvwxyz'.charAt(index);
}
