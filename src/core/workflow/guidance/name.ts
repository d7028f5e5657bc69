/** The form in which names are compared: letters and digits alone, in lower case. */
export function canonicalName(name: string): string {
  let canonical = '';
  for (const char of plainForm(name).toLowerCase()) if (isLetterOrDigit(char)) canonical += char;
  return canonical;
}

/** The words of a name: cut at everything but letters and digits, and where camelCase turns. */
export function nameWords(name: string): readonly string[] {
  const words: string[] = [];
  let word = '';
  let wasLower = false;
  for (const char of plainForm(name)) {
    const low = char.toLowerCase();
    const isPart = isLetterOrDigit(low);
    if (word !== '' && (!isPart || (wasLower && char !== low))) {
      words.push(word.toLowerCase());
      word = '';
    }
    if (isPart) word += char;
    wasLower = isPart && char === low;
  }
  if (word !== '') words.push(word.toLowerCase());
  return words;
}

/** `Fix the code` becomes `fix_the_code`. */
export function slug(name: string): string {
  return nameWords(name.toLowerCase()).join('_');
}

/** A letter or digit of any script. */
export function isLetterOrDigit(char: string): boolean {
  if (char >= 'a' && char <= 'z') return true;
  if (char >= '0' && char <= '9') return true;
  return char > '\u007f' && /[\p{L}\p{M}\p{N}]/u.test(char);
}

/** Most names are ASCII, which needs no normal form. */
function plainForm(name: string): string {
  for (let at = 0; at < name.length; at++) if (name.charCodeAt(at) > 127) return name.normalize('NFC');
  return name;
}
