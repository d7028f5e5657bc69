/** Letters of other scripts, each row beginning with what it looks like. Compatibility forms (fullwidth, mathematical …) are left to NFKC. */
const ROWS = [
  'aаɑαạа',
  'bЬьƄвВβΒ',
  'cсϲсⅽС',
  'dԁɗժⅾ',
  'eеєҽеℯΕЕɛ',
  'fϝſғ',
  'gɡցǥԍ',
  'hһհнНΗ',
  'iіιɩӏⅰıΙІ',
  'jјϳЈ',
  'kкκᴋКΚ',
  'lⅼاӀו',
  'mмⅿΜМ',
  'nոηппΝ',
  'oоοօσоОΟ',
  'pрρҏРΡ',
  'qԛգ',
  'rгᴦг',
  'sѕꜱЅ',
  'tтτᴛТΤ',
  'uυսцᴜ',
  'vνѵᴠ',
  'wѡωԝшɯ',
  'xхχⅹХΧ',
  'yуүγʏУΥ',
  'zᴢΖ',
  '-‐‑‒–—―−⁃ー',
  '_ˍ＿‿',
  '.․。·',
] as const;

const LOOKS = new Map<string, string>(
  ROWS.flatMap((row) =>
    Array.from(row)
      .slice(1)
      .map((letter): [string, string] => [letter, row.charAt(0)]),
  ),
);

/** Marks that sit on letters, and characters without width. */
const NOISE = /[\p{Mn}\p{Me}\p{Cf}\p{Cc}\u115f\u1160\u3164\uffa0]/gu;
const ASCII = /^[ -~]*$/;

/** The form in which two names are equal that differ in case, in compatibility forms, or in letters of scripts that look the same. */
export function foldName(name: string): string {
  if (ASCII.test(name)) return name.toLowerCase();
  const letters = Array.from(name.normalize('NFKC').normalize('NFKD').replaceAll(NOISE, ''));
  return letters
    .map((letter) => LOOKS.get(letter) ?? LOOKS.get(letter.toLowerCase()) ?? letter.toLowerCase())
    .join('');
}

/** A coarser form: also what only print makes alike, such as `0` and `O`, or `1`, `l` and `I`. For names of strangers to one another. */
export function printedName(name: string): string {
  const glyphs = name.replaceAll('0', 'o').replaceAll(/[1I|]/g, 'l');
  return foldName(glyphs).replaceAll('rn', 'm').replaceAll('vv', 'w');
}
