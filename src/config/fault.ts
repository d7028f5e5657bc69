import type { $ZodIssue } from 'zod/v4/core';
import { nearest } from './nearest.ts';
import { KNOWN_KEYS, LATER_KEYS } from './schema.ts';
import { isRecord, type ConfigFault, type Path, type Source } from './source.ts';

/** What the schema found wrong, in words; values are shown as they were written, secrets never. */
export function toFaults(issue: $ZodIssue, source: Source): ConfigFault[] {
  if (issue.code !== 'unrecognized_keys') {
    const found = describe(valueAt(source.value, issue.path), issue.path);
    return [{ ...placeOf(issue.path, source), message: `expected ${issue.message}, found ${found}` }];
  }
  return issue.keys.map((key) => {
    const path = [...issue.path, key];
    return { ...placeOf(path, source), message: unknownKey(key, issue.path) };
  });
}

function unknownKey(key: string, around: Path): string {
  if (around.length === 0 && LATER_KEYS.includes(key)) {
    return 'this version does not support the key yet; remove it';
  }
  const known = KNOWN_KEYS[pathText(around)] ?? [];
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
  if (value === null || typeof value === 'object') return kindOf(value);
  if (isSecret(path)) return `a ${typeof value}`;
  return typeof value === 'string' ? excerpt(value) : JSON.stringify(value);
}

function kindOf(value: object | null): string {
  if (value === null) return 'null';
  if (!Array.isArray(value)) return 'an object';
  return value.length === 0 ? 'an empty list' : 'a list';
}

/** Addresses may carry a password: of them only the scheme is shown. */
function excerpt(value: string): string {
  const scheme = /^[a-z+]{1,20}:\/\//i.exec(value)?.[0];
  if (scheme) return JSON.stringify(`${scheme}…`);
  return JSON.stringify(value.length > 60 ? `${value.slice(0, 60)}…` : value);
}

function isSecret(path: Path): boolean {
  return path[0] === 'http' && path[1] === 'auth';
}

/** Path and line for a fault. */
export function placeOf(path: Path, source: Source): { path: string; line?: number } {
  const line = source.lineOf(path);
  return { path: pathText(path), ...(line !== undefined && { line }) };
}

function pathText(path: Path): string {
  return path.map(String).join('.');
}
