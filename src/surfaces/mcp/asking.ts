import type { CallChannel } from '../../core/gateway/gateway.ts';
import { isJsonObject } from '../../core/kernel/json.ts';
import type { JsonObject } from '../../core/kernel/json.ts';
import type { Reply } from './reply.ts';
import type { CarriedParts } from './tool.ts';

/** A server that still asks after so many rounds will not stop. */
const MAX_ROUNDS = 8;

type Repeat = (carried: CarriedParts) => Promise<Reply>;

/**
 * Carries questions to clients that cannot repeat a request with answers: asks over the open connection, then makes the call again.
 * Whoever repeats requests is given the questions as they are. Calls of tools are not repeated here: on their path the gateway asks itself,
 * so that what was counted, approved and sent before the question holds after it. What is forwarded has no such path.
 */
export async function answerByAsking(first: Reply, channel: CallChannel, repeat: Repeat): Promise<Reply> {
  if (channel.repeats) return first;
  let reply = first;
  for (let round = 0; reply.kind === 'input-required' && round < MAX_ROUNDS; round += 1) {
    if (!channel.ask) return failed('The server asks for input, and this client cannot be asked.');
    reply = await repeat(await answersTo(reply.value, channel.ask));
  }
  return reply.kind === 'input-required'
    ? failed(`The server still asks for input after ${MAX_ROUNDS} rounds.`)
    : reply;
}

async function answersTo(value: JsonObject, ask: NonNullable<CallChannel['ask']>): Promise<CarriedParts> {
  const { inputRequests, requestState } = value;
  const answers: [string, JsonObject][] = [];
  for (const [key, request] of Object.entries(isJsonObject(inputRequests) ? inputRequests : {})) {
    if (!isJsonObject(request) || typeof request['method'] !== 'string') continue;
    const params = isJsonObject(request['params']) ? request['params'] : {};
    answers.push([key, await ask({ method: request['method'], params })]);
  }
  return {
    inputResponses: Object.fromEntries(answers),
    ...(typeof requestState === 'string' && { requestState }),
  };
}

function failed(text: string): Reply {
  return { kind: 'value', value: { isError: true, content: [{ type: 'text', text }] } };
}
