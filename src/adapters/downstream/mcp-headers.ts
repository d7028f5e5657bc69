import { isJsonObject } from '../../core/kernel/json.ts';
import type { Json, JsonObject } from '../../core/kernel/json.ts';

/** An argument that a tool wants repeated in a header. */
export interface MirroredParam {
  readonly path: readonly string[];
  readonly header: string;
}

export type HeaderScan =
  | { readonly kind: 'valid'; readonly params: readonly MirroredParam[] }
  | { readonly kind: 'invalid'; readonly reason: string };

const KEY = 'x-mcp-header';
const TOKEN = /^[!#$%&'*+\-.^_`|~0-9A-Za-z]+$/;
const PLAIN = /^[\t\u0020-\u007e]*$/;
const SENTINEL = /^=\?base64\?.*\?=$/s;
const PRIMITIVES: ReadonlySet<unknown> = new Set(['string', 'integer', 'boolean']);
/** Which parameter of a method is repeated in `Mcp-Name`. */
const NAMED: Readonly<Record<string, string>> = {
  'tools/call': 'name',
  'prompts/get': 'name',
  'resources/read': 'uri',
};

/** A value as a header carries it: plain where that is unambiguous, else Base64 of its UTF-8 text. */
export function toHeaderValue(value: string): string {
  if (value !== '' && PLAIN.test(value) && value.trim() === value && !SENTINEL.test(value)) return value;
  return `=?base64?${Buffer.from(value, 'utf8').toString('base64')}?=`;
}

export function mcpName(method: string, params: JsonObject): string | undefined {
  const key = NAMED[method];
  const value = key === undefined ? undefined : params[key];
  return typeof value === 'string' ? toHeaderValue(value) : undefined;
}

/**
 * Which arguments a tool wants in headers. An annotation that breaks a rule, or stands where no argument can be found for certain, spoils
 * the tool. Without recursion: the schema is a stranger's.
 */
export function scanHeaderParams(schema: JsonObject): HeaderScan {
  const params: MirroredParam[] = [];
  const taken = new Set<string>();
  const open: Place[] = [{ node: schema, path: [] }];
  for (let place = open.pop(); place !== undefined; place = open.pop()) {
    const { node, path } = place;
    if (isJsonObject(node) && node[KEY] !== undefined) {
      const name = node[KEY];
      const fault = faultOf(name, node['type'], path);
      if (fault !== undefined || typeof name !== 'string') return { kind: 'invalid', reason: fault ?? '' };
      if (taken.has(name.toLowerCase()))
        return { kind: 'invalid', reason: `two arguments want the header ${name}` };
      taken.add(name.toLowerCase());
      params.push({ path: path as readonly string[], header: `Mcp-Param-${name}` });
    }
    open.push(...inside(place));
  }
  return { kind: 'valid', params };
}

/** A part of a schema, and by which properties it is reached; no path where it is reached in any other way. */
interface Place {
  readonly node: Json;
  readonly path: readonly string[] | undefined;
}

function inside({ node, path }: Place): Place[] {
  if (Array.isArray(node)) return (node as readonly Json[]).map((each) => ({ node: each, path: undefined }));
  if (!isJsonObject(node)) return [];
  return Object.entries(node).flatMap(([key, child]): Place[] => {
    if (LITERAL.has(key)) return [];
    if (key !== 'properties' || !isJsonObject(child)) return [{ node: child, path: undefined }];
    return Object.entries(child).map(([name, each]) => ({ node: each, path: path && [...path, name] }));
  });
}

/** What stands under these is an example, not a schema. */
const LITERAL: ReadonlySet<string> = new Set(['const', 'default', 'enum', 'examples', 'example', KEY]);

function faultOf(
  name: Json,
  type: Json | undefined,
  path: readonly string[] | undefined,
): string | undefined {
  if (path === undefined || path.length === 0) {
    return `${KEY} stands where it is not reached through properties alone`;
  }
  if (typeof name !== 'string' || !TOKEN.test(name)) return `${KEY} is no name of a header`;
  return PRIMITIVES.has(type)
    ? undefined
    : `${KEY} stands at an argument that is no string, integer or boolean`;
}

/** Names and values in turn, for the arguments that are there. */
export function toParamHeaders(params: readonly MirroredParam[], args: Json | undefined): string[] {
  const headers: string[] = [];
  for (const { path, header } of params) {
    let value: Json | undefined = args;
    for (const key of path) value = isJsonObject(value) && Object.hasOwn(value, key) ? value[key] : undefined;
    if (typeof value === 'string') headers.push(header, toHeaderValue(value));
    else if (typeof value === 'boolean' || (typeof value === 'number' && Number.isSafeInteger(value))) {
      headers.push(header, String(value));
    }
  }
  return headers;
}
