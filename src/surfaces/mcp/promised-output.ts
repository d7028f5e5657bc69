import { isJsonObject } from '../../core/kernel/json.ts';
import type { JsonObject } from '../../core/kernel/json.ts';
import { toPayload } from '../../core/kernel/payload.ts';
import type { Reply } from './reply.ts';

/** Whether a tool promises structured content. Clients hold every result to that unless it is an error. */
export function promisesOutput({ outputSchema }: JsonObject): boolean {
  return isJsonObject(outputSchema);
}

const FAILED = 'The call failed; what the tool says of it is too large to be given at once.';
const STORED =
  'The call succeeded; do not repeat it. This is marked as an error only because the result is too large to be given in the structured form the tool promises.';

/**
 * What we say in the place of a promised output: an error, told in words. Some clients check the structured content of errors as well, so
 * ours stands in `_meta.tutti`.
 */
export function inPlaceOfOutput(reply: Reply): Reply {
  if (reply.kind === 'payload') {
    const { content, ...value } = reply.payload.value;
    const said = value['isError'] === true ? FAILED : STORED;
    const told = [{ type: 'text', text: said }, ...(Array.isArray(content) ? content : [])];
    return { ...reply, payload: toPayload({ ...value, content: told, isError: true }) };
  }
  if (reply.kind !== 'value') return reply;
  const { structuredContent, ...value } = reply.value;
  const meta = isJsonObject(structuredContent) && { _meta: { tutti: structuredContent } };
  return { kind: 'value', value: { ...value, isError: true, ...meta } };
}
