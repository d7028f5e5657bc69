/** How a medium gets to the disk what it was given. */
export interface DiskOptions {
  /** Whether commits return before they are on the disk: they survive the end of the process, not that of the machine's power. */
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
  #sync: DiskOptions['sync'];
  #syncing: Promise<void> | undefined;
  #syncedAt = performance.now();
  #isSettled = false;

  constructor(options: DiskOptions) {
    this.#options = options;
    this.#sync = options.sync;
  }

  /**
   * Before a commit.
   *
   * @param behind - nobody waits for it.
   * @returns what is to be called after it.
   */
  begin(behind: boolean): (isDone: boolean) => void {
    const isRelaxed = behind && (!this.#isDue() || (this.#isSettled && this.#sync !== undefined));
    if (isRelaxed) this.#options.relax?.(true);
    else if (!this.#isSettled) {
      this.#options.settle?.();
      this.#isSettled = true;
    }
    return (isDone) => {
      if (isRelaxed) this.#options.relax?.(false);
      if (!isDone) return;
      if (!isRelaxed) this.#syncedAt = performance.now();
      else if (this.#isDue()) this.#syncing ??= this.#bring();
    };
  }

  /** Settles once nothing is on its way. */
  async end(): Promise<void> {
    await this.#syncing;
  }

  #isDue(): boolean {
    return performance.now() - this.#syncedAt >= SYNC_MS;
  }

  /** Where it fails, the next commit that is due waits for the disk itself. */
  async #bring(): Promise<void> {
    const since = performance.now();
    try {
      await this.#sync?.();
      this.#syncedAt = Math.max(this.#syncedAt, since);
    } catch {
      this.#sync = undefined;
    }
    this.#syncing = undefined;
  }
}
