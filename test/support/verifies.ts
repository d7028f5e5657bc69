import { it } from 'vitest';
import type { RequirementId } from '../requirements.ts';

/** A scenario that proves the requirements it cites. */
export function verifies(
  ids: RequirementId | readonly RequirementId[],
  behaviour: string,
  scenario: () => Promise<void> | void,
): void {
  it(`${behaviour} ${cites(...[ids].flat())}`, scenario);
}

/** Ends the title of a test beside the code, or of a group of them, that proves more of a requirement than its scenarios do. */
export function cites(...ids: readonly RequirementId[]): string {
  return `[${ids.join(', ')}]`;
}
