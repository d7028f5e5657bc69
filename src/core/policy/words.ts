/** The words of an identifier, lower case: `deleteRepoFiles`, `delete-repo_files` and `XMLDelete_repo` alike. */
export function wordsOfName(name: string): readonly string[] {
  const spaced = name
    .slice(0, 256)
    .replaceAll(/(\p{Ll}|\d)(\p{Lu})/gu, '$1 $2')
    .replaceAll(/(\p{Lu})(\p{Lu}\p{Ll})/gu, '$1 $2');
  return wordsOfProse(spaced);
}

/** The words of a text, lower case. */
export function wordsOfProse(text: string): readonly string[] {
  return text.toLowerCase().match(/[a-z]+/g) ?? [];
}

/** What a word may be a form of when it is a verb that acts: `deletes`, `deleting`. More than one guess does no harm: they are looked up. */
export function actingStems(word: string): readonly string[] {
  const found = [word];
  if (word.endsWith('ies')) found.push(`${word.slice(0, -3)}y`);
  if (word.endsWith('es')) found.push(word.slice(0, -2));
  if (word.endsWith('s')) found.push(word.slice(0, -1));
  return [...found, ...without(word, 'ing')];
}

/** Also participles and nouns: `deleted`, `deletion`, `remover`, `removal`. */
export function allStems(word: string): readonly string[] {
  return [...actingStems(word), ...['ed', 'er', 'ion', 'al'].flatMap((suffix) => without(word, suffix))];
}

function without(word: string, suffix: string): readonly string[] {
  if (word.length <= suffix.length + 2 || !word.endsWith(suffix)) return [];
  const root = word.slice(0, -suffix.length);
  return root.at(-1) === root.at(-2) ? [root, `${root}e`, root.slice(0, -1)] : [root, `${root}e`];
}
