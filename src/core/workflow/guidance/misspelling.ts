import { editDistance } from '../../kernel/edit-distance.ts';
import { FINISH } from '../../kernel/instance.ts';
import type { StepName } from './guidance.ts';
import { canonicalName } from './name.ts';

const MAX_LENGTH = 100;
/** So many letters must be there before one or two of them may be wrong: "Test" may be meant beside a step "Text". */
const ENOUGH_FOR_ONE = 5;
const ENOUGH_FOR_TWO = 8;

/** The one name that was meant where a letter or two went wrong: of a step, or the end. `undefined` where it could be several, or none. */
export function misspelt(written: string, steps: readonly StepName[]): string | undefined {
  const name = canonicalName(bareName(written));
  if (name.length < ENOUGH_FOR_ONE || name.length > MAX_LENGTH) return undefined;
  const allowed = name.length < ENOUGH_FOR_TWO ? 1 : 2;
  let nearest: string | undefined;
  let least = allowed + 1;
  for (const known of new Set([...steps.map((step) => step.name), FINISH])) {
    const canonical = canonicalName(known);
    if (Math.abs(canonical.length - name.length) > allowed || digits(canonical) !== digits(name)) continue;
    const distance = editDistance(name, canonical);
    if (distance > least) continue;
    nearest = distance < least ? known : undefined;
    least = distance;
  }
  return nearest;
}

/** "the Build step" names "Build". */
function bareName(written: string): string {
  return written
    .replace(/^(?:the|a|an|step)\s+/i, '')
    .replace(/\s+step$/i, '')
    .trim();
}

/** "Review 2" is no misspelling of "Review 3". */
function digits(name: string): string {
  return name.replaceAll(/\D/g, '');
}

/** A name as guidance quotes it, in the marks that it was written in; `undefined` where none would hold it. */
export function quotedName(name: string, written: string): string | undefined {
  const mark = written.startsWith('`') ? '`' : '"';
  if (!name.includes(mark)) return `${mark}${name}${mark}`;
  return name.includes('`') ? undefined : `\`${name}\``;
}
