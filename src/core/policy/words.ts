/** The words of an identifier, lower case: `deleteRepoFiles`, `delete-repo_files` and `DELETERepoFiles` alike. Stems of plain English verb forms. */
export function wordsOfName(name: string): readonly string[] {
  const spaced = name
    .slice(0, 256)
    .replaceAll(/(\p{Ll}|\d)(\p{Lu})/gu, '$1 $2')
    .replaceAll(/(\p{Lu})(\p{Lu}\p{Ll})/gu, '$1 $2');
  return wordsOfProse(spaced);
}

/** The words of a text with their stems: `deletes` and `deleting` also count as `delete`. */
export function wordsOfProse(text: string): readonly string[] {
  const words = text.toLowerCase().match(/[a-z]+/g) ?? [];
  return words.flatMap((word) => stems(word));
}

/** The word and what it may be a form of. More than one guess does no harm: they are looked up among verbs. */
function stems(word: string): readonly string[] {
  const found = [word];
  if (word.endsWith('ies')) found.push(`${word.slice(0, -3)}y`);
  if (word.endsWith('es')) found.push(word.slice(0, -2));
  if (word.endsWith('s')) found.push(word.slice(0, -1));
  for (const suffix of ['ing', 'ed', 'er', 'ion', 'al']) {
    if (word.length <= suffix.length + 2 || !word.endsWith(suffix)) continue;
    const root = word.slice(0, -suffix.length);
    found.push(root, `${root}e`);
    if (root.at(-1) === root.at(-2)) found.push(root.slice(0, -1));
  }
  return found;
}
