/** About how many simple steps a check may take: some twenty milliseconds. */
const MAX_STEPS = 2_000_000;
/** What may be spent again on naming further misfits. */
const MAX_DETAIL_STEPS = 200_000;
/** How long patterns and formats may take in one check; what would come after is not looked at. */
const MAX_TEXT_MS = 10;

/** Thrown when a check has taken all the steps it may take. */
export class Spent extends Error {}

/** Counts the steps of the check that runs. Checks run to their end without waiting, so one counter is enough for all. */
class Spending {
  #steps = 0;
  #textMs = 0;

  begin(isDetail: boolean): void {
    this.#steps = isDetail ? MAX_DETAIL_STEPS : MAX_STEPS;
    this.#textMs = MAX_TEXT_MS;
  }

  spend(steps: number): void {
    this.#steps -= steps;
    if (this.#steps < 0) throw new Spent();
  }

  /** Runs `test`; `undefined` once texts have taken their time. */
  read(test: () => boolean): boolean | undefined {
    if (this.#textMs <= 0) return undefined;
    const before = performance.now();
    const passes = test();
    this.#textMs -= performance.now() - before;
    return passes;
  }
}

export const spending = new Spending();
