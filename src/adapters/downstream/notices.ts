import type { JsonObject } from '../../core/kernel/json.ts';
import type { DownstreamEvent } from '../../core/ports/downstream.ts';

type Listener = (event: DownstreamEvent, detail?: JsonObject) => void;

const WINDOW_MS = 1_000;
const MAX_KINDS = 1_000;

/** Tells listeners of changes at once, and then at most once a second for each kind, however many there are. */
export class Notices {
  readonly #listeners = new Set<Listener>();
  /** Kinds heard of within the last second, and whether there is more to tell when it is over. */
  readonly #open = new Map<string, { again: boolean; timer: NodeJS.Timeout }>();

  on(listener: Listener): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  tell(event: DownstreamEvent, detail?: JsonObject): void {
    this.#tell(detail === undefined ? event : `${event} ${JSON.stringify(detail)}`, event, detail);
  }

  /** Each status counts by itself: nobody may miss that a server was down for a moment. */
  tellHealth(status: string): void {
    this.#tell(`health ${status}`, 'health', undefined);
  }

  #tell(kind: string, event: DownstreamEvent, detail: JsonObject | undefined): void {
    const open = this.#open.get(kind);
    if (open !== undefined) {
      open.again = true;
      return;
    }
    if (this.#open.size >= MAX_KINDS) return;
    const timer = setTimeout(() => this.#close(kind, event, detail), WINDOW_MS).unref();
    this.#open.set(kind, { again: false, timer });
    this.#emit(event, detail);
  }

  stop(): void {
    for (const { timer } of this.#open.values()) clearTimeout(timer);
    this.#open.clear();
  }

  #close(kind: string, event: DownstreamEvent, detail: JsonObject | undefined): void {
    const again = this.#open.get(kind)?.again === true;
    this.#open.delete(kind);
    if (again) this.#tell(kind, event, detail);
  }

  #emit(event: DownstreamEvent, detail: JsonObject | undefined): void {
    for (const listener of this.#listeners) listener(event, detail);
  }
}
