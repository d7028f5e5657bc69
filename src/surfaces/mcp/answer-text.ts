/** The text of an answer, or the pieces of its UTF-8 in order: a long one need not be copied into one. */
export type AnswerText = string | readonly Uint8Array[];

/** As UTF-8. */
export function lengthOf(text: AnswerText): number {
  if (typeof text === 'string') return Buffer.byteLength(text);
  return text.reduce((sum, { byteLength }) => sum + byteLength, 0);
}

export function stringOf(text: AnswerText): string {
  return typeof text === 'string' ? text : Buffer.concat(text).toString();
}

/** What is to be written, one after the other. */
export function piecesOf(text: AnswerText): readonly (string | Uint8Array)[] {
  return typeof text === 'string' ? [text] : text;
}
