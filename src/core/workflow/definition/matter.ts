import type { Document } from '../../kernel/document.ts';
import type { Fault } from '../../kernel/fault.ts';
import { isJsonObject } from '../../kernel/json.ts';
import { toFault } from './faults.ts';
import type { FaultCode } from './faults.ts';
import type { Expanded } from './includes.ts';

/** Keys that are looked at for unknown ones. */
const MAX_KEYS = 50;

/** What a front matter says, by key. */
export interface Matter<Key extends string> {
  /** Of known keys; not yet checked. */
  readonly values: Partial<Readonly<Record<Key, unknown>>>;
  readonly faults: Fault[];
  fail(code: FaultCode, key: string, message: string): void;
}

/** Reads the front matter of a page; keys that are not `known` are reported. */
export function readMatter<const Key extends string>(
  document: Document,
  expanded: Expanded,
  known: readonly Key[],
): Matter<Key> {
  const faults: Fault[] = [];
  const fail = (code: FaultCode, key: string, message: string): void => {
    faults.push(toFault(code, expanded.origin(lineOf(key, expanded.text)), { message }));
  };
  const { frontMatter, frontMatterFault } = document;
  if (frontMatterFault) {
    const message = `The front matter cannot be read as YAML: ${frontMatterFault.message}`;
    faults.push(toFault('front-matter/invalid', expanded.origin(frontMatterFault.line), { message }));
  }
  if (frontMatter === undefined || frontMatter === null) return { values: {}, faults, fail };
  if (!isJsonObject(frontMatter)) {
    fail(
      'front-matter/invalid',
      '',
      `The front matter must be a mapping with the keys ${known.join(', ')}; found ${kindOf(frontMatter)}.`,
    );
    return { values: {}, faults, fail };
  }
  for (const key of Object.keys(frontMatter).slice(0, MAX_KEYS)) {
    if (!known.some((each) => each === key))
      fail('front-matter/unknown-key', key, `"${key}" means nothing here. Known keys: ${known.join(', ')}.`);
  }
  const values: Partial<Record<Key, unknown>> = {};
  for (const key of known) if (Object.hasOwn(frontMatter, key)) values[key] = frontMatter[key];
  return { values, faults, fail };
}

/** The line on which the front matter names the key; its first line otherwise. */
function lineOf(key: string, text: string): number {
  const end = text.indexOf('\n---', 3);
  const at = text
    .slice(0, end === -1 ? 0 : end)
    .split('\n')
    .findIndex((line) => key !== '' && line.startsWith(key));
  return Math.max(at, 0) + 1;
}

/** What a value is, for a message. */
export function kindOf(value: unknown): string {
  if (value === null) return 'nothing';
  if (Array.isArray(value)) return 'a list';
  if (typeof value === 'object') return 'a mapping';
  return JSON.stringify(value).slice(0, 40);
}
