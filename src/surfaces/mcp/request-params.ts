import type { StandardSchemaV1Sync } from '@modelcontextprotocol/server';
import { isJsonObject } from '../../core/kernel/json.ts';
import type { JsonObject } from '../../core/kernel/json.ts';

// Parameters of requests. The SDK answers those that do not fit with -32602 and our sentence; what it checks by itself ends as an internal
// error with all that its schema library has to say. `_meta` and what else a reader does not name was read before.

/** Reads one member; throws the sentence that names it. */
type Read<T> = (params: JsonObject) => T;

export interface ToolCall {
  readonly name: string;
  readonly arguments: JsonObject;
}

export interface PromptRequest {
  readonly name: string;
  readonly arguments?: Readonly<Record<string, string>>;
}

export interface CompletionRequest {
  readonly ref:
    | { readonly type: 'ref/prompt'; readonly name: string }
    | { readonly type: 'ref/resource'; readonly uri: string };
  readonly argument: { readonly name: string; readonly value: string };
  readonly context?: JsonObject;
}

export const LIST = paramsOf((params) => {
  const { cursor } = params;
  if (cursor !== undefined && typeof cursor !== 'string') throw new Misfit('cursor', 'a string');
  return {};
});

export const TOOL_CALL = paramsOf<ToolCall>((params) => {
  const given = params['arguments'] === undefined ? {} : params['arguments'];
  const name = text(params, 'name');
  if (!isJsonObject(given)) throw new Misfit('arguments', 'an object');
  return { name, arguments: given };
});

export const RESOURCE = paramsOf((params) => ({ uri: text(params, 'uri') }));

export const PROMPT = paramsOf<PromptRequest>((params) => {
  const name = text(params, 'name');
  const given = params['arguments'];
  return given === undefined ? { name } : { name, arguments: texts(given, 'arguments') };
});

export const COMPLETION = paramsOf<CompletionRequest>((params) => {
  const argument = object(params, 'argument');
  const { context } = params;
  if (context !== undefined) {
    const known = object(params, 'context')['arguments'];
    if (known !== undefined) texts(known, 'context.arguments');
  }
  return {
    ref: referenceIn(object(params, 'ref')),
    argument: { name: text(argument, 'name', 'argument.'), value: text(argument, 'value', 'argument.') },
    ...(context !== undefined && { context: context as JsonObject }),
  };
});

/** Names one of `choices` under `key`. */
export function choiceOf(key: string, choices: readonly string[]) {
  return paramsOf((params) => {
    const chosen = text(params, key);
    if (!choices.includes(chosen)) throw new Misfit(key, `one of ${choices.join(', ')}`);
    return chosen;
  });
}

function referenceIn(ref: JsonObject): CompletionRequest['ref'] {
  switch (ref['type']) {
    case 'ref/prompt':
      return { type: 'ref/prompt', name: text(ref, 'name', 'ref.') };
    case 'ref/resource':
      return { type: 'ref/resource', uri: text(ref, 'uri', 'ref.') };
    default:
      throw new Misfit('ref.type', 'ref/prompt or ref/resource');
  }
}

function text(values: JsonObject, key: string, path = ''): string {
  const value = values[key];
  if (typeof value === 'string') return value;
  throw new Misfit(`${path}${key}`, 'a string');
}

function texts(value: unknown, path: string): Readonly<Record<string, string>> {
  if (!isJsonObject(value)) throw new Misfit(path, 'an object of strings');
  for (const key of Object.keys(value)) text(value, key, `${path}.`);
  return value as Readonly<Record<string, string>>;
}

function object(values: JsonObject, key: string): JsonObject {
  const value = values[key];
  if (isJsonObject(value)) return value;
  throw new Misfit(key, 'an object');
}

const PATH_SHOWN = 120;

/** A parameter that is not what it has to be. */
class Misfit extends Error {
  constructor(path: string, expected: string) {
    super(`expected ${path.slice(0, PATH_SHOWN)} to be ${expected}.`);
  }
}

function paramsOf<T>(read: Read<T>): StandardSchemaV1Sync<unknown, T> {
  return {
    '~standard': {
      version: 1,
      vendor: 'tutti',
      validate: (params) => {
        try {
          return { value: read(isJsonObject(params) ? params : {}) };
        } catch (fault) {
          if (fault instanceof Misfit) return { issues: [{ message: fault.message }] };
          throw fault;
        }
      },
    },
  };
}
