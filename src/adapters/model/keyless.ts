import type { Json, JsonObject } from '../../core/kernel/json.ts';

/** What is shorter, such as the `none` of a service that wants any key, stands in texts that tell nothing. */
const SHORTEST = 8;
/** Deeper, nothing of an answer is read. */
const MAX_DEPTH = 100;
const HIDDEN = '[redacted]';
/** As JSON may write a character that needs no writing so; an escaped backslash begins none. */
const ESCAPED = /\\(?:\\|u00[2-7][0-9a-f]|\/)/gi;

/** A text of a service without the key that it was sent, however JSON writes it there. */
export function keyless(text: string, apiKey: string | undefined): string {
  if (apiKey === undefined || apiKey.length < SHORTEST) return text;
  for (const told of [text, unescaped(text)])
    if (told.includes(apiKey)) return told.replaceAll(apiKey, HIDDEN);
  return text;
}

/** {@link keyless} for all texts of a reply, and for what its members are called. */
export function keylessReply(reply: JsonObject, apiKey: string | undefined): JsonObject {
  return without(reply, apiKey, 0) as JsonObject;
}

function without(value: Json, apiKey: string | undefined, depth: number): Json {
  if (typeof value === 'string') return keyless(value, apiKey);
  if (value === null || typeof value !== 'object') return value;
  if (depth > MAX_DEPTH) return null;
  if (Array.isArray(value)) return value.map((each: Json) => without(each, apiKey, depth + 1));
  return Object.fromEntries(
    Object.entries(value).map(([name, each]) => [keyless(name, apiKey), without(each, apiKey, depth + 1)]),
  );
}

function unescaped(text: string): string {
  return text.replaceAll(ESCAPED, (found) => {
    if (found === '\\/') return '/';
    const character = String.fromCharCode(Number.parseInt(found.slice(2), 16));
    // These two mean something else once they stand there bare.
    return found.length < 6 || character === '"' || character === '\\' ? found : character;
  });
}
