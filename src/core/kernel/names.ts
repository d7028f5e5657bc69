/** The form in which two spellings of a name are equal: case, spaces, `_` and `-` do not matter. */
export function normalName(name: string): string {
  return name.toLowerCase().replaceAll(/[\s_-]+/g, '');
}
