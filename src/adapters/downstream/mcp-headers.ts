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
  const open: { node: Json; path: readonly string[] | undefined }[] = [{ node: schema, path: [] }];
  for (let item = open.pop(); item !== undefined; item = open.pop()) {
    const { node, path } = item;
    if (Array.isArray(node)) {
      for (const each of node as readonly Json[]) open.push({ node: each, path: undefined });
    } else if (isJsonObject(node)) {
      const name = node[KEY];
      if (name !== undefined) {
        const fault = faultOf(name, node['type'], path);
        if (fault !== undefined) return { kind: 'invalid', reason: fault };
        const lower = String(name).toLowerCase();
        if (taken.has(lower)) {
          return { kind: 'invalid', reason: `two arguments want the header ${String(name)}` };
        }
        taken.add(lower);
        params.push({ path: path as readonly string[], header: `Mcp-Param-${String(name)}` });
      }
      for (const [key, child] of Object.entries(node)) {
        if (LITERAL.has(key)) continue;
        if (key !== 'properties' || !isJsonObject(child)) open.push({ node: child, path: undefined });
        else {
          for (const [property, each] of Object.entries(child)) {
            open.push({ node: each, path: path && [...path, property] });
          }
        }
      }
    }
  }
  return { kind: 'valid', params };
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
  return PRIMITIVES.has(type) ? undefined : `${KEY} stands at an argument that is no string, integer or boolean`;
}

/** Names and values in turn, for the arguments that are there. */
export function toParamHeaders(params: readonly MirroredParam[], args: Json | undefined): string[] {
  const headers: string[] = [];
  for (const { path, header } of params) {
    let value: Json | undefined = args;
    for (const key of path) value = isJsonObject(value) && Object.hasOwn(value, key) ? value[key] : undefined;
    if (typeof value === 'string') headers.push(header, toHeaderValue(value));
    else if (typeof value === 'boolean' || Number.isSafeInteger(value)) headers.push(header, String(value));
  }
  return headers;
}
