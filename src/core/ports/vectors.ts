/** What embedders made of tools, so that a restart costs nothing anew. It may be forgotten at any time: whoever misses it makes it again. */
export interface Vectors {
  /** Of these hashes those that are kept for the embedder of this name. */
  find(embedder: string, hashes: readonly string[]): Promise<ReadonlyMap<string, Float32Array>>;
  /** Adds or replaces by embedder and hash, all at once. Beyond 128 MiB of vectors those that were put first leave. */
  put(embedder: string, vectors: ReadonlyMap<string, Float32Array>, now: number): Promise<void>;
}
