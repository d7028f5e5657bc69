/** Smaller ones share their memory with others, or are not worth it. */
const WORTH_BYTES = 32_768;

/**
 * The bytes of all pieces as one. The memory that a piece alone stood in is free at once: what waits until it is collected makes the process ask
 * for more, which the system never gets back.
 *
 * @param areOwn - nobody else needs their memory, and nobody does from now on.
 */
export function joined(pieces: readonly Buffer[], areOwn: boolean): Buffer {
  const [first] = pieces;
  if (first !== undefined && pieces.length === 1) return first;
  const all = Buffer.concat(pieces);
  if (!areOwn) return all;
  for (const { buffer, length } of pieces) {
    if (length >= WORTH_BYTES && length === buffer.byteLength) (buffer as ArrayBuffer).transfer(0);
  }
  return all;
}
