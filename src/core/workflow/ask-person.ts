import { hasForms } from '../gateway/call.ts';
import type { CallChannel, CallInput } from '../gateway/gateway.ts';
import type { Request, States } from '../gateway/states.ts';
import type { Caller } from '../kernel/caller.ts';
import { TuttiError } from '../kernel/errors.ts';
import type { JsonObject } from '../kernel/json.ts';
import type { Directive } from './directive.ts';
import type { OpenQuestion, People } from './people.ts';
import { formOf, wordIn } from './person-form.ts';
import type { PersonsWord } from './person-form.ts';

/** A client that may be able to ask the person it speaks for. */
export interface AskingClient {
  readonly caller: Caller;
  readonly instanceId: string;
  readonly channel: CallChannel;
  /** What a repeated request brings: the answers, and what we gave it to keep. */
  readonly carried?: Pick<CallInput, 'inputResponses' | 'requestState'> | undefined;
}

/** The directive after a decision; a question that the client repeats its request with; `undefined` while nobody decided. */
export type Asked = { readonly directive: Directive } | { readonly inputRequired: JsonObject } | undefined;

interface AskParts {
  readonly people: Pick<People, 'question' | 'decide' | 'mayAskCaller'>;
  readonly states: States;
}

const KEY = 'decision';
/** Who answers too soon is asked once more. */
const ROUNDS = 2;

/** Puts what waits for a person to the one a client speaks for, where it can ask him and he may decide. */
export async function askPerson(parts: AskParts, client: AskingClient): Promise<Asked> {
  const { channel, caller, instanceId, carried } = client;
  if (!hasForms(channel.capabilities) || !parts.people.mayAskCaller()) return undefined;
  const question = await parts.people.question(instanceId, caller.owner);
  if (!channel.repeats) return channel.ask ? await askOver(parts, { ...client, question }) : undefined;
  if (carried?.requestState === undefined) return put(parts, { ...client, question });
  const request = requestOf(caller, question);
  const state = await parts.states.open(carried.requestState, request, carried.inputResponses);
  const word = wordIn(carried.inputResponses?.[KEY]);
  if (!word) return undefined;
  const confirmed = state.approved === word.outcome;
  const decided = await attempt(parts, { ...client, question }, { ...word, confirmed });
  return typeof decided === 'string'
    ? put(parts, { ...client, question }, { said: word.outcome, note: decided })
    : { directive: decided };
}

type Client = AskingClient & { readonly question: OpenQuestion };

async function askOver(parts: AskParts, client: Client): Promise<Asked> {
  const { channel, question } = client;
  let said: string | undefined;
  let note: string | undefined;
  for (let round = 0; round < ROUNDS; round += 1) {
    const params = formOf(question, note);
    const answer = await channel.ask?.({ method: 'elicitation/create', params }).catch(() => undefined);
    channel.signal?.throwIfAborted();
    const word = wordIn(answer);
    if (!word) return undefined;
    const decided = await attempt(parts, client, { ...word, confirmed: said === word.outcome });
    if (typeof decided !== 'string') return { directive: decided };
    said = word.outcome;
    note = decided;
  }
  return undefined;
}

/** The directive, or why the same must be said once more. */
async function attempt(
  { people }: AskParts,
  { caller, question }: Client,
  word: PersonsWord & { readonly confirmed: boolean },
): Promise<Directive | string> {
  const { instanceId, askedAt } = question;
  const by = `elicitation:${caller.name ?? caller.owner}`;
  try {
    return await people.decide({ ...word, instanceId, askedAt, by, owner: caller.owner });
  } catch (fault) {
    if (fault instanceof TuttiError && fault.code === 'decision/too-soon')
      return `${fault.message} Choose the same once more to confirm it.`;
    throw fault;
  }
}

function put(
  { states }: AskParts,
  { caller, question }: Client,
  { said, note }: { readonly said?: string; readonly note?: string } = {},
): Asked {
  const { instanceId: of } = question;
  const carried = {
    kind: 'decision',
    of,
    asks: [KEY],
    ...(said !== undefined && { approved: said }),
  } as const;
  const requestState = states.seal(carried, requestOf(caller, question));
  const inputRequests = { [KEY]: { method: 'elicitation/create', params: formOf(question, note) } };
  return { inputRequired: { resultType: 'input_required', inputRequests, requestState } };
}

/** A state opens for this question alone. */
function requestOf({ owner }: Caller, { instanceId, askedAt }: OpenQuestion): Request {
  return { owner, method: 'workflow/decide', name: instanceId, arguments: askedAt };
}
