import { TuttiError } from '../../kernel/errors.ts';
import type { Json } from '../../kernel/json.ts';
import { checkJson, isJsonObject } from '../../kernel/json.ts';
import { cleanText, stripControls } from '../../policy/clean.ts';
import { piecesOf } from '../plan/arguments/pieces.ts';
import { MAX_READ } from '../plan/clauses.ts';
import type { Plan } from '../plan/plan.ts';
import type { AskInput, LostDecision, PlanReference } from './ask.ts';

/** Characters of a question: as many as a planner reads. */
export const MAX_QUERY_LENGTH = MAX_READ;
const MAX_SERVERS = 100;
const MAX_ID_LENGTH = 128;
const LOST_DECISIONS: ReadonlySet<Json> = new Set<LostDecision>(['repeat', 'leave']);

/** What is asked, of what was sent. */
export type AskRequest =
  /** `altered`: quoted texts of it, as they are read without their control characters. */
  | { readonly kind: 'query'; readonly query: string; readonly altered: readonly string[] }
  | ({ readonly kind: 'stored' } & PlanReference)
  | { readonly kind: 'plan'; readonly plan: Plan };

/** @throws TuttiError `input/*` for what is no question and no plan. */
export function parseAskRequest({ query, plan, servers, session, instance }: AskInput): AskRequest {
  checkServers(servers);
  if ([session, instance].some((id) => (id?.length ?? 0) > MAX_ID_LENGTH))
    throw new TuttiError(
      'input/invalid-format',
      `session_id and instance_id have at most ${MAX_ID_LENGTH} characters.`,
    );
  if (query !== undefined && plan !== undefined)
    throw new TuttiError('input/invalid-format', 'Send either query or plan, not both.');
  if (query !== undefined) return { kind: 'query', query: toQuery(query), altered: alteredIn(query) };
  if (plan === undefined)
    throw new TuttiError(
      'input/missing-field',
      'Send query, a question in words, or plan, one that an earlier answer held.',
    );
  return toPlan(plan);
}

function toQuery(query: unknown): string {
  if (typeof query !== 'string')
    throw new TuttiError('input/invalid-type', `query must be a text, found ${typeof query}.`);
  if (query.length > MAX_QUERY_LENGTH)
    throw new TuttiError(
      'input/too-large',
      `query has ${query.length} characters; at most ${MAX_QUERY_LENGTH} are read. Say it shorter, and pass long content as an argument of a call.`,
    );
  const clean = stripControls(query).trim();
  if (clean !== '') return clean;
  throw new TuttiError(
    'input/missing-field',
    'query is blank. Say in words what you want to know or have done.',
  );
}

/** Who quotes a text means it to the letter. */
function alteredIn(query: string): readonly string[] {
  if (stripControls(query) === query) return [];
  return piecesOf(query).flatMap(({ kind, value }) =>
    kind === 'quoted' && stripControls(value) !== value ? [stripControls(value)] : [],
  );
}

function toPlan(plan: unknown): AskRequest {
  if (!isJsonObject(plan))
    throw new TuttiError('input/invalid-type', `plan must be an object, found ${typeof plan}.`);
  checkJson(plan, 'plan');
  const { id, calls } = plan;
  if (id !== undefined && (typeof id !== 'string' || id === '' || id.length > MAX_ID_LENGTH))
    throw new TuttiError(
      'input/invalid-type',
      `plan.id must be a text of 1 to ${MAX_ID_LENGTH} characters: leave it out, or take it as it was given.`,
    );
  // Its shape is checked with the rest of it, so that all faults are told at once.
  if (calls !== undefined) return { kind: 'plan', plan: plan as unknown as Plan };
  if (typeof id === 'string') {
    const lost = decisionsIn(plan['lost']);
    return { kind: 'stored', id, ...(lost && { lost }) };
  }
  throw new TuttiError(
    'input/missing-field',
    'plan needs calls, or the id of one that waits. Take it as an earlier answer gave it.',
  );
}

function decisionsIn(lost: Json | undefined): Readonly<Record<string, LostDecision>> | undefined {
  if (lost === undefined) return undefined;
  const isDecided = isJsonObject(lost) && Object.values(lost).every((each) => LOST_DECISIONS.has(each));
  if (isDecided) return lost as Readonly<Record<string, LostDecision>>;
  throw new TuttiError(
    'input/invalid-type',
    'plan.lost must be an object that says "repeat" or "leave" for each lost call, such as {"b": "leave"}.',
  );
}

function checkServers(servers: unknown): void {
  if (servers === undefined) return;
  const isList =
    Array.isArray(servers) && servers.length > 0 && servers.every((each) => typeof each === 'string');
  if (isList && servers.length <= MAX_SERVERS) return;
  throw new TuttiError(
    'input/invalid-type',
    `servers must be a list of 1 to ${MAX_SERVERS} names. Leave it out to ask them all.`,
  );
}

/** A part of what somebody else wrote, for a message. */
export function quoted(text: string, maxLength = 100): string {
  return JSON.stringify(cleanText(text, maxLength));
}

/** A piece of a question that nobody answers, as a sentence. */
export function noToolFor(intent: string): string {
  return `I don't have a tool for ${quoted(intent, 300)}.`;
}
