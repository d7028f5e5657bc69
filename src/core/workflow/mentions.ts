import { readKeys } from '../kernel/expression/evaluate.ts';
import type { Json, JsonObject } from '../kernel/json.ts';
import type { Step } from './workflow.ts';

const PATH = /[\p{L}_$][\p{L}\p{N}_$-]*(?:\.[\p{L}\p{N}_$-]+|\[\d+\])*/gu;

/** The variables that a step's guidance names, whether or not the sentence was understood: names and paths, as written. */
export function mentionedPaths({ guidance, guidanceText }: Step): ReadonlySet<string> {
  const written = Array.from(guidanceText.matchAll(PATH), ([path]) => path.replace(/^context\./, ''));
  return new Set([...guidance.expects, ...written]);
}

/** Whether guidance names a variable of the context, in words too: `test_output`, "the test output". */
export function namesVariable({ guidanceText }: Step, paths: ReadonlySet<string>, key: string): boolean {
  if (paths.has(key)) return true;
  return key.includes('_') && guidanceText.toLowerCase().includes(key.replaceAll('_', ' ').toLowerCase());
}

/** What of the context guidance refers to, by the path it is named by. */
export function referredValues(step: Step, context: JsonObject): readonly (readonly [string, Json])[] {
  const paths = mentionedPaths(step);
  const deep = [...paths].flatMap((path): [string, Json][] => {
    const value = Object.hasOwn(context, path) ? context[path] : readKeys(context, keysOf(path));
    return value === undefined || value === null ? [] : [[path, value]];
  });
  const worded = Object.entries(context).filter(
    ([key]) => !paths.has(key) && namesVariable(step, paths, key),
  );
  return [...deep, ...worded];
}

function keysOf(path: string): readonly (string | number)[] {
  return path
    .split(/[.[\]]+/)
    .filter((key) => key !== '')
    .map((key) => (/^\d+$/.test(key) ? Number(key) : key));
}
