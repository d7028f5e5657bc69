import { TuttiError } from '../kernel/errors.ts';
import type { Json } from '../kernel/json.ts';
import { canonicalJson, isJsonObject } from '../kernel/json.ts';
import type { Call, Carried } from './call.ts';
import type { GatewayParts } from './parts.ts';

export const STATE_TTL_MS = 600_000;

/** What a state belongs to: it opens for nothing else. */
export interface Request {
  readonly owner: string;
  readonly method: string;
  readonly name: string;
  readonly arguments: Json;
}

export interface States {
  seal(carried: Carried, request: Request): string;
  /**
   * Once only.
   *
   * @throws TuttiError `call/stale-state` whatever is wrong with it; `input/invalid-format`, and it stays good, where `answers` are not to
   * what was asked.
   */
  open(state: string, request: Request, answers: unknown): Promise<Carried>;
}

/** `requestState`: what we must remember between two legs of a call, carried by a caller who can neither read nor change it. */
export function createStates(parts: Pick<GatewayParts, 'seal' | 'store' | 'clock' | 'digest'>): States {
  const contextOf = ({ owner, method, name, arguments: sent }: Request): string =>
    parts.digest(canonicalJson(['state', owner, method, name, sent]));
  return {
    seal: (carried, request) => {
      const nonce = parts.clock.id();
      const value = { ...carried, nonce, until: parts.clock.now() + STATE_TTL_MS };
      return parts.seal.seal(value, contextOf(request));
    },
    open: async (state, request, answers) => {
      const value = parts.seal.open(state, contextOf(request));
      if (!isJsonObject(value)) throw stale();
      const { nonce, until } = value;
      const now = parts.clock.now();
      if (typeof nonce !== 'string' || typeof until !== 'number' || until <= now) throw stale();
      checkAnswers(value['asks'], answers);
      if (!(await parts.store.vault.claim(`state:${nonce}`, now, until))) throw stale();
      return value as unknown as Carried;
    },
  };
}

/** What a state of this call is bound to: exactly what the caller sent. */
export function requestOf({ caller, input }: Call): Request {
  return { owner: caller.owner, method: 'tools/call', name: input.name, arguments: input.arguments };
}

/** Every question is answered, each by an object. */
function checkAnswers(asks: Json | undefined, answers: unknown): void {
  const keys = Array.isArray(asks) ? (asks as readonly Json[]).map(String) : [];
  if (answers !== undefined && !isJsonObject(answers)) throw noAnswers(keys, 'something else');
  const missing = keys.find((key) => !isJsonObject(answers) || !Object.hasOwn(answers, key));
  if (missing !== undefined) throw noAnswers(keys, `nothing for ${JSON.stringify(missing)}`);
  const odd = Object.entries(answers ?? {}).find(([, answer]) => !isJsonObject(answer));
  if (odd !== undefined) throw noAnswers(keys, `no object for ${JSON.stringify(odd[0].slice(0, 100))}`);
}

function noAnswers(keys: readonly string[], found: string): TuttiError {
  const names = JSON.stringify(keys);
  return new TuttiError(
    'input/invalid-format',
    `inputResponses must be an object with an answer, such as {"action": "accept", "content": {…}}, under each of ${names}; found ${found}. requestState is still good: send it again with the answers.`,
  );
}

function stale(): TuttiError {
  return new TuttiError(
    'call/stale-state',
    'requestState was changed, used before, has expired, or belongs to another call. Make the call again without it.',
  );
}
