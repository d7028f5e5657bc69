import type { Json } from '../kernel/json.ts';
import { MAX_TEXT, scanText } from '../policy/scan.ts';

/** Why these texts are read as data alone: what in them reads like an instruction, or that they are too long to be looked through. */
export function suspicionOf(texts: readonly string[]): string | undefined {
  const whole = texts.join('\n');
  if (whole.length > MAX_TEXT)
    return `It has ${whole.length} characters, and no more than ${MAX_TEXT} are looked through for instructions.`;
  return scanText(whole).findings[0]?.what;
}

export function isSuspicious(texts: readonly string[]): boolean {
  return suspicionOf(texts) !== undefined;
}

/** Every text and every name in a value, in order. */
export function textsIn(value: Json): readonly string[] {
  const texts: string[] = [];
  const open: Json[] = [value];
  for (let each = open.pop(); each !== undefined; each = open.pop()) {
    if (typeof each === 'string') texts.push(each);
    if (each === null || typeof each !== 'object') continue;
    const members = Object.entries(each);
    // The last one in is looked at first: each name right before what it names.
    for (const [key, inner] of members.toReversed()) open.push(inner, ...(Array.isArray(each) ? [] : [key]));
  }
  return texts;
}
