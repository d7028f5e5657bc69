import { TuttiError } from '../../core/kernel/errors.ts';
import { alteredNumber } from '../mcp/message-text.ts';
import { checkJson, isJsonObject, type JsonObject } from '../../core/kernel/json.ts';

/** Reads an option that holds a JSON object. @throws TuttiError `input/invalid-format`, `input/too-deep`, `input/too-large`. */
export function parseJsonObject(text: string, name: string): JsonObject {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    throw new TuttiError(
      'input/invalid-format',
      `${name}: expected a JSON object such as '{"key": "value"}', found text that is no JSON.`,
    );
  }
  const altered = alteredNumber(text);
  if (altered !== undefined) {
    throw new TuttiError(
      'input/invalid-format',
      `${name}: the number ${altered.slice(0, 80)} is too large to be passed on digit by digit. Write it as a string, where the tool takes one.`,
    );
  }
  const json = checkJson(value, name);
  if (isJsonObject(json)) return json;
  throw new TuttiError(
    'input/invalid-format',
    `${name}: expected a JSON object such as '{"key": "value"}', found other JSON.`,
  );
}
