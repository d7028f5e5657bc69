/** About how many simple steps a check may take: some twenty milliseconds. */
const MAX_STEPS = 2_000_000;
/** What may be spent again on naming further misfits. */
const MAX_DETAIL_STEPS = 200_000;
/** About how many characters patterns may read in one check: some twenty milliseconds. */
const MAX_TEXT_STEPS = 300_000;
/** How long formats may take in one check; what would come after is not looked at. */
const MAX_FORMAT_MS = 10;

/** Thrown when a check has taken all the steps it may take. */
export class Spent extends Error {
  constructor(message = 'expected a value that can be checked in bounded time, found one that cannot') {
    super(message);
  }
}

/** Counts the steps of the check that runs. Checks run to their end without waiting, so one counter is enough for all. */
class Spending {
  #steps = 0;
  #textSteps = 0;
  #formatMs = 0;

  begin(isDetail: boolean): void {
    this.#steps = isDetail ? MAX_DETAIL_STEPS : MAX_STEPS;
    this.#textSteps = MAX_TEXT_STEPS;
    this.#formatMs = MAX_FORMAT_MS;
  }

  spend(steps: number): void {
    this.#steps -= steps;
    if (this.#steps < 0) throw new Spent();
  }

  /** Of an account of its own: what patterns have spent, the rest of the check still has. */
  spendOnText(steps: number): void {
    this.#textSteps -= steps;
    if (this.#textSteps < 0) throw new Spent();
  }

  /** Runs the test of a format; `undefined` once these have taken their time. */
  read(test: () => boolean): boolean | undefined {
    if (this.#formatMs <= 0) return undefined;
    const before = performance.now();
    const passes = test();
    this.#formatMs -= performance.now() - before;
    return passes;
  }
}

export const spending = new Spending();
