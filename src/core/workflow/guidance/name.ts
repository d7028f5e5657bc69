/** The form in which names are compared: letters and digits alone, in lower case. */
export function canonicalName(name: string): string {
  let canonical = '';
  for (const char of name.normalize('NFC').toLowerCase()) {
    if (isLetterOrDigit(char)) canonical += char;
  }
  return canonical;
}

/** The words of a name: cut at everything but letters and digits, and where camelCase turns. */
export function nameWords(name: string): readonly string[] {
  const words: string[] = [];
  let word = '';
  let wasLower = false;
  for (const char of name.normalize('NFC')) {
    const isPart = isLetterOrDigit(char.toLowerCase());
    const turns = wasLower && isPart && char !== char.toLowerCase();
    if ((!isPart || turns) && word !== '') {
      words.push(word.toLowerCase());
      word = '';
    }
    if (isPart) word += char;
    wasLower = isPart && char === char.toLowerCase();
  }
  if (word !== '') words.push(word.toLowerCase());
  return words;
}

/** `Fix the code` becomes `fix_the_code`. */
export function slug(name: string): string {
  return name
    .toLowerCase()
    .split(' ')
    .flatMap((part) => nameWords(part))
    .join('_');
}

/** Beyond ASCII every character that has a case, or is no known separator, belongs to a name. */
export function isLetterOrDigit(char: string): boolean {
  if (char >= 'a' && char <= 'z') return true;
  if (char >= '0' && char <= '9') return true;
  return char > '\u00bf' && !SEPARATORS.has(char) && char !== '\u00d7' && char !== '\u00f7' && (char < '\u2000' || char > '\u2bff') && (char < '\u3000' || char > '\u303f');
}

const SEPARATORS: ReadonlySet<string> = new Set(['\u1680', '\ufeff']);
