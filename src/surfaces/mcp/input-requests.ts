import { isJsonObject } from '../../core/kernel/json.ts';
import type { Json, JsonObject } from '../../core/kernel/json.ts';
import { INTERNAL_ERROR } from '../../core/kernel/protocol-names.ts';
import type { RpcError } from '../../core/ports/downstream.ts';

export const MISSING_CAPABILITY = -32_021;

/** Why the questions of an unfinished call cannot be put to this client; `undefined` when they can. */
export function objectionTo(value: JsonObject, declared: JsonObject): RpcError | undefined {
  const { inputRequests, requestState } = value;
  const requests = isJsonObject(inputRequests) ? Object.entries(inputRequests) : [];
  if (requests.length === 0 && typeof requestState !== 'string') {
    return { code: INTERNAL_ERROR, message: 'The tool asks for input without saying which.' };
  }
  for (const [key, request] of requests) {
    const method = isJsonObject(request) && typeof request['method'] === 'string' ? request['method'] : '';
    const needed = isJsonObject(request) ? neededFor(request) : undefined;
    if (!needed)
      return {
        code: INTERNAL_ERROR,
        message: `The tool asks for input "${key}" in a way that is not known.`,
      };
    const missing = missingOf(needed, declared);
    if (missing) {
      return {
        code: MISSING_CAPABILITY,
        message: `Cannot request input '${key}' (${method}): the request's client capabilities do not declare the required capability`,
        data: { requiredCapabilities: missing },
      };
    }
  }
  return undefined;
}

/** Capabilities by name, each with the members it must have. */
function neededFor({ method, params }: JsonObject): JsonObject | undefined {
  const given = isJsonObject(params) ? params : {};
  switch (method) {
    case 'elicitation/create':
      return { elicitation: given['mode'] === 'url' ? { url: {} } : { form: {} } };
    case 'sampling/createMessage':
      return {
        sampling: given['tools'] === undefined && given['toolChoice'] === undefined ? {} : { tools: {} },
      };
    case 'roots/list':
      return { roots: {} };
    default:
      return undefined;
  }
}

/** Capabilities out of `required` that a client did not declare. */
export function missingOf(needed: JsonObject, declared: JsonObject): JsonObject | undefined {
  const missing = Object.entries(needed).flatMap(([name, members]): [string, Json][] => {
    const own = declared[name];
    if (!isJsonObject(own)) return [[name, members]];
    const absent = Object.keys(isJsonObject(members) ? members : {}).filter((each) => !has(own, each, name));
    return absent.length > 0 ? [[name, Object.fromEntries(absent.map((each) => [each, {}]))]] : [];
  });
  return missing.length > 0 ? Object.fromEntries(missing) : undefined;
}

/** A bare `elicitation` means forms, as before there were modes. */
function has(own: JsonObject, member: string, name: string): boolean {
  if (own[member] !== undefined) return true;
  return name === 'elicitation' && member === 'form' && own['url'] === undefined;
}
