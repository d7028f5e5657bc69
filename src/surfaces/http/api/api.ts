import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Approver } from '../../../config.ts';
import { TuttiError, errorTable, wireCode } from '../../../core/kernel/errors.ts';
import { isJsonObject } from '../../../core/kernel/json.ts';
import type { JsonObject } from '../../../core/kernel/json.ts';
import { readBody } from '../body.ts';
import { sendJson, sendTooLarge } from '../exchange.ts';
import { bearerTokens } from '../tokens.ts';

const MAX_BODY_BYTES = 4_096;
const MAX_LIMIT = 500;

/** What a person decided, as it came in. */
export interface ApiRequest {
  readonly id: string;
  readonly body: JsonObject;
  /** Who, as `api:ada`. */
  readonly by: string;
}

/** One kind of thing that people decide over, at `/api/NAME` and `/api/NAME/ID`. */
export interface ApiRoute {
  readonly name: string;
  list(query: URLSearchParams): Promise<object>;
  show(id: string): Promise<object>;
  decide(request: ApiRequest): Promise<object>;
}

export interface PeopleApi {
  /** Answers what lies under `/api`. */
  answer(request: IncomingMessage, response: ServerResponse): Promise<void>;
}

/**
 * What people decide over, for them and for what is built for them. The tokens of those who decide admit to nothing else, and those of
 * agents admit to nothing here: a model cannot agree to its own calls, nor decide in a person's place.
 */
export function peopleApi(routes: readonly ApiRoute[], approvers: readonly Approver[]): PeopleApi {
  const find = bearerTokens(approvers);
  const known = routes.map(({ name }) => `/api/${name} and /api/${name}/ID`).join(', ');

  async function respond(request: IncomingMessage, by: string): Promise<readonly [number, object]> {
    const { pathname, searchParams } = new URL(request.url ?? '/', 'http://localhost');
    const [, name, id] = /^\/api\/(\w+)(?:\/([\w-]{1,64}))?$/.exec(pathname) ?? [];
    const route = routes.find((each) => each.name === name);
    if (!route) return [404, failure('not found', `There is ${known}.`)];
    if (request.method === 'GET')
      return [200, id === undefined ? await route.list(searchParams) : await route.show(id)];
    if (request.method === 'POST' && id !== undefined)
      return [200, await route.decide({ id, body: await bodyOf(request), by })];
    return [405, failure('method not allowed', `GET reads, POST to /api/${route.name}/ID decides.`)];
  }

  return {
    answer: async (request, response) => {
      if (approvers.length === 0) {
        const told = 'Nobody is named in http.auth.approvers, so people decide at the terminal alone.';
        return sendJson(response, 404, failure('not found', told));
      }
      const token = /^Bearer +(\S+)$/i.exec(request.headers.authorization ?? '')?.[1];
      const approver = token === undefined ? undefined : find(token);
      if (!approver) {
        response.setHeader('WWW-Authenticate', 'Bearer realm="tutti approvals"');
        const told = 'Send the token of an approver (http.auth.approvers) as Authorization: Bearer.';
        return sendJson(response, 401, failure('unauthorized', told));
      }
      try {
        sendJson(response, ...(await respond(request, `api:${approver.name ?? approver.owner}`)));
      } catch (error) {
        if (!(error instanceof TuttiError)) throw error;
        const { http } = errorTable[error.code];
        const body = failure(wireCode(error.code), error.message);
        if (http === 413) await sendTooLarge(request, response, body);
        else sendJson(response, http, body);
      }
    },
  };
}

/** @throws TuttiError `input/invalid-format`. */
export function limitIn(query: URLSearchParams): number {
  const limit = Number(query.get('limit') ?? 100);
  if (Number.isInteger(limit) && limit >= 1 && limit <= MAX_LIMIT) return limit;
  throw new TuttiError('input/invalid-format', `Expected limit to be 1 to ${MAX_LIMIT}; found another.`);
}

async function bodyOf(request: IncomingMessage): Promise<JsonObject> {
  const read = await readBody(request, MAX_BODY_BYTES);
  if (read.refusal) {
    const { status, message } = read.refusal;
    throw new TuttiError(status === 413 ? 'input/too-large' : 'input/invalid-format', message);
  }
  try {
    const body: unknown = JSON.parse(read.text);
    if (isJsonObject(body)) return body;
  } catch {
    // Told below.
  }
  throw new TuttiError('input/invalid-format', 'Expected a JSON object; found none.');
}

function failure(error: string, message: string): object {
  return { error, message };
}
