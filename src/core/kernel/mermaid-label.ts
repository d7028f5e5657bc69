const MAX_LENGTH = 60;
/** Every other visible character is written as a Mermaid entity, such as `#34;`. */
const ESCAPED = /[^\p{L}\p{M}\p{N} .,:!?'+=_/-]/gu;
/** Never shown: controls, and invisible or reordering characters. */
const INVISIBLE = /[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}]/gu;

/** Whatever a text holds, it stays a label: one line of bounded length, in which nothing has a meaning to Mermaid. */
export function mermaidLabel(text: string, maxLength: number = MAX_LENGTH): string {
  const line = text.replaceAll(/\s+/g, ' ').replaceAll(INVISIBLE, '').trim();
  const characters = Array.from(line);
  const short = characters.length > maxLength ? `${characters.slice(0, maxLength - 1).join('')}…` : line;
  return short.replaceAll(ESCAPED, (character) => `#${character.codePointAt(0) ?? 0};`);
}
