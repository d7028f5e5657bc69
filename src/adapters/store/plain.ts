import type { JsonObject } from '../../core/kernel/json.ts';

/** As JSON carries it, sharing nothing with what was given. */
export function toPlain<T>(value: T): T {
  return JSON.parse(JSON.stringify(value)) as T;
}

export function parseObject(text: string): JsonObject {
  return JSON.parse(text) as JsonObject;
}
