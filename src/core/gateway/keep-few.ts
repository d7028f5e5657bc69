/** Makes room for one more: the oldest that may go leaves. */
export function keepFew<V>(
  map: Map<string, V>,
  max: number,
  mayGo: (value: V) => boolean = () => true,
): void {
  if (map.size < max) return;
  for (const [key, value] of map) {
    if (!mayGo(value)) continue;
    map.delete(key);
    return;
  }
}
