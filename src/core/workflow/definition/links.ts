import type { Fault } from '../../kernel/fault.ts';
import { normalName } from '../../kernel/names.ts';
import { toFault } from './faults.ts';
import type { Expanded } from './includes.ts';
import { linkPath, resolvePath } from './paths.ts';
import type { StepLink } from './step-list.ts';

export const MAX_STEPS = 500;
const MAX_STEP_NAME_LENGTH = 200;
/** Controls, line separators and the characters that reorder text. */
const UNPRINTABLE = /[\p{Cc}\p{Cs}\p{Zl}\p{Zp}\u061C\u200E\u200F\u202A-\u202E\u2066-\u2069\uFEFF]/u;

/** Faults of the list itself: its length, its names, what they share. */
export function checkLinks(links: readonly StepLink[], index: Expanded): Fault[] {
  if (links.length === 0) {
    return [
      toFault('index/no-steps', index.origin(1), {
        message: 'No list item begins with a link to a .md file, so there are no steps.',
        fix: 'Add a list such as "- [Build](steps/build.md)".',
      }),
    ];
  }
  const faults: Fault[] = [];
  const overflow = links[MAX_STEPS];
  if (overflow)
    faults.push(
      toFault('index/too-many-steps', index.origin(overflow.line), {
        message: `There are ${links.length} steps; at most ${MAX_STEPS} are allowed.`,
      }),
    );
  const exact = new Map<string, StepLink>();
  const near = new Map<string, StepLink>();
  const files = new Map<string, StepLink>();
  for (const link of links) {
    const place = index.origin(link.line);
    const { name } = link;
    const path = stepPath(link) ?? link.href;
    if (name === '' || name.length > MAX_STEP_NAME_LENGTH || UNPRINTABLE.test(name)) {
      faults.push(
        toFault('step/name', place, {
          message: `A step's name must have 1 to ${MAX_STEP_NAME_LENGTH} printable characters.`,
          fix: 'Write the name as the text of the link: "[Build](steps/build.md)".',
        }),
      );
      continue;
    }
    const twin = exact.get(name);
    const sibling = near.get(normalName(name));
    if (twin) {
      faults.push(
        toFault('step/duplicate', place, {
          message: `The step "${name}" is listed already on line ${index.origin(twin.line).line}.`,
          fix: 'Give each step a name of its own.',
        }),
      );
    } else if (sibling) {
      faults.push(
        toFault('step/near-duplicate', place, {
          message: `"${name}" and "${sibling.name}" differ only in case, spaces, "_" or "-".`,
          fix: 'Choose names that are easier to tell apart.',
        }),
      );
    }
    const shared = files.get(path);
    if (shared && !twin)
      faults.push(
        toFault('step/shared-file', place, {
          message: `"${name}" and "${shared.name}" link to the same file, ${path}.`,
        }),
      );
    exact.set(name, link);
    near.set(normalName(name), link);
    files.set(path, link);
  }
  return faults;
}

/** Where the link of a step leads inside the folder. An included list counts as a part of the index, so its links do too. */
export function stepPath(link: StepLink): string | undefined {
  return resolvePath('index.md', linkPath(link.href));
}
