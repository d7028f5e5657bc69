import type { $ZodIssue } from 'zod/v4/core';
import { kindOf } from '../core/kernel/json.ts';
import { knownKeys } from './known-keys.ts';
import { nearest } from './nearest.ts';
import { isRecord, type ConfigFault, type Path, type Source } from './source.ts';

/** What the schema found wrong, in words; values are shown as they were written, secrets never. */
export function toFaults(issue: $ZodIssue, source: Source, within: Path = []): ConfigFault[] {
  const path = [...within, ...issue.path];
  if (issue.code === 'unrecognized_keys') {
    return issue.keys.map((key) => faultAt([...path, key], source, unknownKey(key, path)));
  }
  const meant = issue.code === 'invalid_union' ? issue.errors.find((branch) => isMeant(branch)) : undefined;
  if (meant) return meant.flatMap((inner) => toFaults(inner, source, path));
  const found = describe(valueAt(source.value, path), path);
  return [faultAt(path, source, `expected ${issue.message}, found ${found}`)];
}

/** Whether the value has the form of this branch of a union, and only what is in it is wrong. */
function isMeant(branch: readonly $ZodIssue[]): boolean {
  return branch.length > 0 && !branch.some(({ code, path }) => code === 'invalid_type' && path.length === 0);
}

function unknownKey(key: string, around: Path): string {
  const known = knownKeys(around);
  const meant = nearest(key, known);
  return meant ? `unknown key; did you mean "${meant}"?` : `unknown key; known here: ${known.join(', ')}`;
}

function valueAt(value: unknown, path: Path): unknown {
  return path.reduce<unknown>(
    (inner, key) => (isRecord(inner) || Array.isArray(inner) ? Reflect.get(inner, key) : undefined),
    value,
  );
}

/** A value as written, for a message: short, and never a secret. */
function describe(value: unknown, path: Path): string {
  if (value === undefined) return 'nothing';
  if (value === '') return 'an empty string';
  // As people call it who write configurations; elsewhere it is an array.
  if (Array.isArray(value)) return value.length === 0 ? 'an empty list' : 'a list';
  if (value === null || typeof value === 'object' || isSecret(path)) return kindOf(value);
  return typeof value === 'string' ? excerpt(value) : JSON.stringify(value);
}

/** Addresses may carry a password: of them only the scheme is shown. */
function excerpt(value: string): string {
  const scheme = /^[a-z+]{1,20}:\/\//i.exec(value)?.[0];
  if (scheme) return JSON.stringify(`${scheme}…`);
  return JSON.stringify(value.length > 60 ? `${value.slice(0, 60)}…` : value);
}

const SECRET_KEYS: ReadonlySet<PropertyKey> = new Set([
  'env',
  'headers',
  'users',
  'oauth',
  'args',
  'command',
  'url',
]);

function isSecret([top, second, third]: Path): boolean {
  if (top === 'mcpServers') return third !== undefined && SECRET_KEYS.has(third);
  if (top === 'tools') return second === 'env';
  if (top === 'model') return second === 'apiKey' || third === 'apiKey';
  return top === 'http' && second === 'auth';
}

/** A fault at a path, with its line. */
export function faultAt(path: Path, source: Source, message: string): ConfigFault {
  const line = source.lineOf(path);
  return { path: path.map(String).join('.'), ...(line !== undefined && { line }), message };
}
