import type { Json, JsonObject } from '../kernel/json.ts';
import { isJsonObject } from '../kernel/json.ts';
import { aroundChanges, compareLines } from '../kernel/line-diff.ts';
import { visibleJson } from '../policy/clean.ts';
import type { HeldItem } from './gateway.ts';

const LINE_LENGTH = 160;
const MAX_LINES = 400;

/** How two things differ, as far as it is told. */
export type Difference = Pick<HeldItem, 'diff' | 'leftOut'>;

/** How two definitions differ, for people. Without `before`, everything is new. */
export function differenceOf(before: JsonObject | undefined, after: JsonObject): Difference {
  const old = before === undefined ? [] : prettyLines(before);
  const lines = compareLines(old, prettyLines(after));
  const shown = before === undefined ? lines : aroundChanges(lines);
  if (shown.length <= MAX_LINES) return { diff: shown };
  return { diff: shown.slice(0, MAX_LINES), leftOut: shown.length - MAX_LINES };
}

/** Long texts go over several lines, so that one word more does not hide in a line that nobody reads to its end. */
function prettyLines(definition: JsonObject): string[] {
  const text = visibleJson(JSON.stringify(sorted(definition), null, 2));
  return text.split('\n').flatMap((line) => wrapped(line));
}

function wrapped(line: string): string[] {
  if (line.length <= LINE_LENGTH) return [line];
  const indent = `${/^ */.exec(line)?.[0] ?? ''}  `;
  const parts = line.split(/(?<=\\n|[.!?] )/).flatMap((part) => {
    const chunks: string[] = [];
    for (let at = 0; at < part.length; at += LINE_LENGTH) chunks.push(part.slice(at, at + LINE_LENGTH));
    return chunks;
  });
  return parts.map((part, at) => (at === 0 ? part : indent + part));
}

function sorted(value: Json): Json {
  if (Array.isArray(value)) return value.map((each: Json) => sorted(each));
  if (!isJsonObject(value)) return value;
  return Object.fromEntries(
    Object.entries(value)
      .toSorted(([a], [b]) => (a < b ? -1 : 1))
      .map(([key, each]): [string, Json] => [key, sorted(each)]),
  );
}
