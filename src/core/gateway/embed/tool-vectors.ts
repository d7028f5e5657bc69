import type { Embedder } from '../../ports/embedder.ts';
import type { CatalogEntry } from '../catalog.ts';
import { toRouteDocument } from '../documents.ts';
import type { GatewayParts } from '../parts.ts';
import type { RouteDocument } from '../route/route.ts';
import { embed } from './embedding.ts';
import { TEXT_VERSION, textOfTool } from './tool-text.ts';

/** Tools that are embedded in one request. */
const BATCH = 64;
/** After a failure nothing is asked for so long. */
const QUIET_MS = 30_000;
/** Nobody asked for it: the operator's own account. */
const ACCOUNT = { owner: 'tutti' };

type Parts = Pick<GatewayParts, 'store' | 'clock' | 'createAbort' | 'after' | 'telemetry'>;
type Told = readonly CatalogEntry[];

/** What the tools of the catalogue mean, made in the background. */
export interface ToolVectors {
  /** `undefined` while nobody made it. */
  of(document: RouteDocument): Float32Array | undefined;
  /** Whether there is any. */
  readonly isBegun: boolean;
  /** Makes what is missing of the catalogue as it is now, without anybody waiting for it. Cheap when nothing is. */
  follow(): void;
  close(): void;
}

/** Vectors live as long as their documents: what leaves the catalogue takes its own along. */
export function createToolVectors(embedder: Embedder, parts: Parts, entries: () => Told): ToolVectors {
  const { signal, abort } = parts.createAbort();
  const maker = new Maker(embedder, parts, signal);
  let through: Told | undefined;
  let making: Promise<void> | undefined;
  let quietUntil = 0;
  const makeAll = async (): Promise<void> => {
    try {
      for (let told = entries(); told !== through && !signal.aborted; told = entries()) {
        const now = told;
        if (await maker.make(now, () => entries() !== now || signal.aborted)) through = now;
      }
    } catch (fault) {
      if (signal.aborted) return;
      quietUntil = parts.clock.now() + QUIET_MS;
      parts.telemetry.log('warn', 'embedder/failed', { embedder: embedder.name, fault });
    }
  };
  return {
    of: (document) => maker.kept.get(document),
    get isBegun() {
      return maker.isBegun;
    },
    follow: () => {
      if (making !== undefined || signal.aborted || parts.clock.now() < quietUntil) return;
      if (entries() === through) return;
      making = makeAll().finally(() => {
        making = undefined;
      });
    },
    close: () => {
      abort(new Error('The gateway is closed.'));
    },
  };
}

class Maker {
  readonly kept = new WeakMap<RouteDocument, Float32Array>();
  isBegun = false;
  readonly #embedder: Embedder;
  readonly #parts: Parts;
  readonly #signal: AbortSignal;
  /** As the store knows it. */
  readonly #name: string;

  constructor(embedder: Embedder, parts: Parts, signal: AbortSignal) {
    this.#embedder = embedder;
    this.#parts = parts;
    this.#signal = signal;
    this.#name = `${embedder.name}#${TEXT_VERSION}`;
  }

  /** `false` where it was called off, since something else is to be made. */
  async make(told: Told, isOff: () => boolean): Promise<boolean> {
    const missing = told.filter(
      (entry) => entry.held === undefined && !this.kept.has(toRouteDocument(entry)),
    );
    for (let at = 0; at < missing.length; at += BATCH) {
      if (isOff()) return false;
      await this.#makeBatch(missing.slice(at, at + BATCH));
    }
    return !isOff();
  }

  async #makeBatch(batch: Told): Promise<void> {
    const { store, clock } = this.#parts;
    const hashes = [...new Set(batch.map(({ hash }) => hash))];
    const stored = await store.vectors.find(this.#name, hashes);
    const fresh = hashes.filter((hash) => !stored.has(hash));
    const made = fresh.length === 0 ? stored : await this.#embedded(fresh, batch);
    for (const entry of batch) {
      const vector = made.get(entry.hash) ?? stored.get(entry.hash);
      if (vector !== undefined) this.kept.set(toRouteDocument(entry), vector);
    }
    this.isBegun = true;
    if (fresh.length > 0) await store.vectors.put(this.#name, made, clock.now());
    // What the store knows comes without a pause: others have their turn in between.
    else await this.#pause();
  }

  async #embedded(hashes: readonly string[], batch: Told): Promise<ReadonlyMap<string, Float32Array>> {
    const byHash = new Map(batch.map((entry) => [entry.hash, entry]));
    const entries = hashes.flatMap((hash) => byHash.get(hash) ?? []);
    const texts = entries.map((entry) => textOfTool(toRouteDocument(entry)));
    const vectors = await embed(this.#embedder, { texts, account: ACCOUNT, signal: this.#signal });
    return new Map(entries.flatMap(({ hash }, at) => [[hash, vectors[at] ?? new Float32Array(0)] as const]));
  }

  async #pause(): Promise<void> {
    await new Promise<void>((resolve) => {
      this.#parts.after(1, resolve);
    });
  }
}
