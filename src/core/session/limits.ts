import { TuttiError } from '../kernel/errors.ts';

const KEY_MAX_LENGTH = 256;
/** Control characters, and halves of characters, which no database keeps as they are. */
const UNFIT = /[\p{Cc}\p{Cs}]/u;

/** @throws TuttiError `input/invalid-type` for a key that is not 1 to 256 characters without control characters. */
export function checkKey(key: unknown): void {
  if (typeof key === 'string' && key.length >= 1 && key.length <= KEY_MAX_LENGTH && isFit(key)) return;
  throw new TuttiError(
    'input/invalid-type',
    `key must be a text of 1 to ${KEY_MAX_LENGTH} characters without control characters, found ${found(key)}.`,
  );
}

/** @throws TuttiError `input/invalid-type`, naming the range. */
export function checkWhole(
  name: string,
  value: unknown,
  { from, to }: { readonly from: number; readonly to: number },
): void {
  if (Number.isInteger(value) && (value as number) >= from && (value as number) <= to) return;
  throw new TuttiError(
    'input/invalid-type',
    `${name} must be a whole number from ${from} to ${to}, found ${typeof value === 'number' ? value : found(value)}.`,
  );
}

/** @throws TuttiError `input/invalid-type` for what is no text, `input/too-large`. */
export function checkText(name: string, value: unknown, maxLength: number): void {
  if (typeof value !== 'string')
    throw new TuttiError('input/invalid-type', `${name} must be a text, found ${found(value)}.`);
  if (value.length <= maxLength) return;
  throw new TuttiError(
    'input/too-large',
    `${name} has ${value.length} characters; at most ${maxLength} are kept. Keep large content in a file and send its path.`,
  );
}

/** Whether a text has neither control characters nor halves of characters. */
export function isFit(text: string): boolean {
  return !UNFIT.test(text);
}

function found(value: unknown): string {
  if (typeof value !== 'string') return value === null ? 'null' : typeof value;
  return value.length > KEY_MAX_LENGTH ? `one of ${value.length} characters` : JSON.stringify(value);
}
