/** Digits with signs between them, as a whole: what one of its parts would be is never what is meant. */
const FIGURES =
  /(?<![\w.#/@-]|\d[.,'’])-?(?:\d+(?:[.,'’]\d+)+|\d{1,3}(?:[ \u00a0\u202f]\d{3}(?!\w))+(?:[.,]\d+)?)(?![\d@/\\-]|\.\w)/gu;
const LISTED =
  /(?<![\w-])(?:prs|mrs|(?:pull|merge) requests|issues|tickets|bugs|tasks|stories|cases|incidents|discussions) (?:(?:numbers|nos\.?|ids) )?#?\d+(?:,#?\d+)+(?![\w.,-]\d)/giu;
const PLURAL = /\p{L}{2}(?<![us])s\s$/iu;
const PLAIN = /^[+-]?\d{1,15}(?:\.\d{1,15})?$/;
const GROUPED = /^[+-]?[1-9]\d{0,2}(?:,\d{3})+(?:\.\d{1,15})?$/;
/** "1.250" is one and a quarter here and a thousand and more there. */
const EITHER = /^[+-]?[1-9]\d{0,2}\.\d{3}$/;

/** The number that a text writes, where it can be read in but one way, and without loss: "1,250" and "12.50", not "2,5", "1.250" or "1.250,50". */
export function numberIn(text: string): number | undefined {
  const plain = GROUPED.test(text) ? text.replaceAll(',', '') : text;
  return PLAIN.test(plain) && !EITHER.test(text) ? Number(plain) : undefined;
}

/** Several tickets without a space between them, told apart; digits that write no number, and may be several, taken out. All else stays in its place. */
export function withoutUnclear(text: string): string {
  const apart = text.replaceAll(LISTED, (whole) => whole.replaceAll(',', ';'));
  return apart.replaceAll(FIGURES, (whole: string, ...rest: readonly unknown[]) => {
    const at = rest.find((each) => typeof each === 'number') ?? 0;
    return isUnclear(whole, apart.slice(Math.max(0, at - 24), at)) ? ' '.repeat(whole.length) : whole;
  });
}

/** The digits of a text that write no number, or several. */
export function unclearIn(text: string): readonly string[] {
  const apart = text.replaceAll(LISTED, (whole) => whole.replaceAll(',', ';'));
  return Array.from(apart.matchAll(FIGURES), ({ 0: whole, index }) =>
    EITHER.test(whole) || isUnclear(whole, apart.slice(Math.max(0, index - 24), index)) ? [whole] : [],
  ).flat();
}

/** "1.250" stays: degrees are written so. "Pages 100,200" may be two. */
function isUnclear(figures: string, before: string): boolean {
  if (GROUPED.test(figures)) return PLURAL.test(before);
  return !/^-?\d+\.\d+$/.test(figures);
}
