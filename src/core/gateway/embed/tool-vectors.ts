import { TuttiError } from '../../kernel/errors.ts';
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
const IDENTITY_LENGTH = 16;
/** Nobody asked for it: the operator's own account. */
const ACCOUNT = { owner: 'tutti' };

type Parts = Pick<GatewayParts, 'store' | 'clock' | 'createAbort' | 'after' | 'telemetry' | 'digest'>;
type Told = readonly CatalogEntry[];

/** What the tools of the catalogue mean, made in the background. */
export interface ToolVectors {
  /** `undefined` while nobody made it. */
  of(document: RouteDocument): Float32Array | undefined;
  /** Whether there is any. */
  readonly isBegun: boolean;
  /** Those of any other length are none: its embedder became another one. What is missing then is made anew. */
  expect(length: number): void;
  /** Makes what is missing of the catalogue as it is now, without anybody waiting for it. Cheap when nothing is. */
  follow(): void;
  close(): void;
}

/** Vectors live as long as their documents: what leaves the catalogue takes its own along. */
export function createToolVectors(
  embedder: Embedder,
  parts: Parts,
  { entries, onChange }: { readonly entries: () => Told; readonly onChange: () => void },
): ToolVectors {
  const { signal, abort } = parts.createAbort();
  const maker = new Maker(embedder, parts, signal);
  let through: Told | undefined;
  let making: Promise<void> | undefined;
  let quietUntil = 0;
  let calmUntil = 0;
  /** Grows when what was made is none any more. */
  let epoch = 0;
  const makeAll = async (): Promise<void> => {
    try {
      for (let told = entries(); told !== through && !signal.aborted; told = entries()) {
        const [now, begun] = [told, epoch];
        const isOff = () => entries() !== now || epoch !== begun || signal.aborted;
        if (await maker.make(now, isOff)) through = now;
      }
    } catch (fault) {
      if (signal.aborted) return;
      quietUntil = parts.clock.now() + QUIET_MS;
      parts.telemetry.log('warn', 'embedder/failed', { embedder: embedder.name, fault });
    }
  };
  const follow = (): void => {
    if (making !== undefined || signal.aborted || parts.clock.now() < quietUntil) return;
    if (entries() === through) return;
    making = makeAll().finally(() => {
      making = undefined;
    });
  };
  return {
    of: (document) => maker.kept.get(document),
    get isBegun() {
      return maker.isBegun;
    },
    expect: (length) => {
      if (parts.clock.now() < calmUntil || !maker.expect(length)) return;
      calmUntil = parts.clock.now() + QUIET_MS;
      parts.telemetry.log('info', 'embedder/changed', { embedder: embedder.name, length });
      through = undefined;
      epoch += 1;
      onChange();
      follow();
    },
    follow,
    close: () => {
      abort(new Error('The gateway is closed.'));
    },
  };
}

class Maker {
  kept = new WeakMap<RouteDocument, Float32Array>();
  isBegun = false;
  readonly #embedder: Embedder;
  readonly #parts: Parts;
  readonly #signal: AbortSignal;
  /** As the store knows it. */
  readonly #name: string;
  /** Of the vectors that the embedder makes now; 0 while nobody knows. */
  #length = 0;

  constructor(embedder: Embedder, parts: Parts, signal: AbortSignal) {
    this.#embedder = embedder;
    this.#parts = parts;
    this.#signal = signal;
    // An address may hold a key.
    const identity = parts.digest(embedder.identity).slice(0, IDENTITY_LENGTH);
    this.#name = `${embedder.name}@${identity}#${TEXT_VERSION}`;
  }

  /** Whether vectors have another length now: then all of them are to be made. */
  expect(length: number): boolean {
    if (length === this.#length) return false;
    const isOther = this.#length > 0;
    this.#length = length;
    if (isOther) this.kept = new WeakMap();
    return isOther;
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
    const made = await this.#missing(hashes, { stored, batch });
    const [any] = [...made.values(), ...stored.values()];
    const isOther = any !== undefined && this.expect(any.length);
    for (const entry of batch) {
      const vector = made.get(entry.hash) ?? stored.get(entry.hash);
      if (vector !== undefined) this.kept.set(toRouteDocument(entry), vector);
    }
    this.isBegun = true;
    if (made.size > 0) await store.vectors.put(this.#name, made, clock.now());
    if (isOther)
      throw new TuttiError(
        'model/invalid-answer',
        `Expected vectors of the length that ${this.#embedder.name} gave before, found another one. All tools are embedded anew in a while.`,
      );
    // What the store knows comes without a pause: others have their turn in between.
    if (made.size === 0) await this.#pause();
  }

  /** What the store does not have, or has of another length than is made now. */
  async #missing(
    hashes: readonly string[],
    { stored, batch }: { readonly stored: ReadonlyMap<string, Float32Array>; readonly batch: Told },
  ): Promise<ReadonlyMap<string, Float32Array>> {
    const [first] = stored.values();
    const made = new Map<string, Float32Array>();
    let length = this.#length || first?.length;
    // What is made first says how long all are: a second round makes those that were taken for good before.
    for (let round = 0; round < 2; round += 1) {
      const fresh = hashes.filter((hash) => !made.has(hash) && (stored.get(hash)?.length ?? 0) !== length);
      if (fresh.length === 0) break;
      for (const [hash, vector] of await this.#embedded(fresh, batch)) made.set(hash, vector);
      const [any] = made.values();
      length = any?.length;
    }
    return made;
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
