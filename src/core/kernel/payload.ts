import type { JsonObject } from './json.ts';

/**
 * A JSON object of somebody else's making. It travels as the bytes it came in; `value` is for whoever must look inside.
 * Adapters have checked that the two agree, that nothing is nested deeper than 64 levels, and that no key stands twice.
 */
export interface Payload {
  /** The UTF-8 text of exactly this object. */
  readonly bytes: Uint8Array;
  readonly value: JsonObject;
}

const encoder = new TextEncoder();

/** The payload of a value made here. */
export function toPayload(value: JsonObject): Payload {
  let bytes: Uint8Array | undefined;
  return {
    value,
    get bytes() {
      return (bytes ??= encoder.encode(JSON.stringify(value)));
    },
  };
}
