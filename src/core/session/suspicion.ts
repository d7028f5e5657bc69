import type { Json } from '../kernel/json.ts';
import { MAX_TEXT, scanText } from '../policy/scan.ts';

/** Whether any of these texts reads like an instruction, or they are too long to be looked through. */
export function isSuspicious(texts: readonly string[]): boolean {
  const whole = texts.join('\n');
  return whole.length > MAX_TEXT || scanText(whole).findings.length > 0;
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
