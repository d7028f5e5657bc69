/** How a medium gets to the disk what it was given. */
export interface DiskOptions {
  /** Whether commits return from now on before they are on the disk: they survive the end of the process, not that of the machine's power. */
  readonly relax?: (relaxed: boolean) => void;
  /** Brings what was committed to the disk while others go on. Without it, a commit waits for the disk now and then. */
  readonly sync?: () => Promise<void>;
  /** Brings a new database itself to the disk, once: no commit counts as being there before. */
  readonly settle?: () => void;
}

/** What is written behind is on the disk after so long at most, while more of it comes. */
const SYNC_MS = 1_000;

/** Decides which commits wait for the disk: the thread sleeps while it writes, and what nobody waits for need not make everybody wait. */
export class Disk {
  readonly #options: DiskOptions;
  /** How it was told to commit last. */
  #isRelaxed = false;
  /** Commits under way that somebody waits for. */
  #waitedFor = 0;
  #syncing: Promise<void> | undefined;
  /** Whatever was committed before is on the disk. */
  #syncedAt = performance.now();
  #isSettled = false;
  /** It could not be brought there: the next commit waits. */
  #mustWait = false;

  constructor(options: DiskOptions) {
    this.#options = options;
  }

  /**
   * Before a commit.
   *
   * @param behind - nobody waits for it.
   * @returns what is to be called after it.
   */
  begin(behind: boolean): (isDone: boolean) => void {
    // Between this and its commit, one that somebody waits for may let others go first.
    const isRelaxed = behind && this.#waitedFor === 0 && (!this.#isDue() || this.#canBring());
    if (isRelaxed !== this.#isRelaxed) this.#options.relax?.(isRelaxed);
    this.#isRelaxed = isRelaxed;
    if (!isRelaxed && !this.#isSettled) {
      this.#options.settle?.();
      this.#isSettled = true;
    }
    if (!behind) this.#waitedFor += 1;
    return (isDone) => {
      if (!behind) this.#waitedFor -= 1;
      if (!isDone) return;
      // Of a commit that somebody waits for it is not known whether it wrote anything: only what did was brought to the disk with it.
      if (behind && !isRelaxed) {
        this.#syncedAt = performance.now();
        this.#mustWait = false;
      } else if (isRelaxed && this.#isDue()) this.#syncing ??= this.#bring();
    };
  }

  /** Settles once nothing is on its way. */
  async end(): Promise<void> {
    await this.#syncing;
  }

  #isDue(): boolean {
    return performance.now() - this.#syncedAt >= SYNC_MS;
  }

  #canBring(): boolean {
    return this.#isSettled && !this.#mustWait && this.#options.sync !== undefined;
  }

  /** Where it fails, the next commit that is due waits for the disk itself. */
  async #bring(): Promise<void> {
    const since = performance.now();
    try {
      await this.#options.sync?.();
      this.#syncedAt = since;
    } catch {
      this.#mustWait = true;
    }
    this.#syncing = undefined;
  }
}
