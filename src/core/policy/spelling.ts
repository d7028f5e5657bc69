/** Words that orders to a model are made of; what is one slip away from them is read as them. */
const WATCHED =
  'ignore disregard forget previous instructions instruction prompt system password passwords conversation history secret private mention inform reveal message messages assistant forward credentials through without guidelines confirmation always before user tell know send read the you token chat upload file'.split(
    ' ',
  );
const SHORT = 5;
const MAX_READ = 20_000;
/** Words of their own that look like slips. */
const KNOWN = new Set([
  ...WATCHED,
  ...'informs tells sends reads users used uses use files tokens formed norm secrets forwards forwarded mentions mentioned reveals ignored ignores massage informed forgets systems prompts uploads chats they then them that this their there three throughout assistants passwort sent seen snow now knows known tall till tool road ready real head lead bread dread spend end bend lend mend ten tel bell cell sell well fell yell form forms format historic forwarder prompted conversion conversions privates'.split(
    ' ',
  ),
]);

/** Each watched word, by itself and by what is left of it when one letter is lost; short ones by their letters alone. */
const BY_SLIP = new Map<string, string>();
for (const word of WATCHED) {
  BY_SLIP.set(sorted(word), word);
  if (word.length <= SHORT) continue;
  for (const each of losses(word)) {
    BY_SLIP.set(each, word);
    BY_SLIP.set(sorted(each), word);
  }
}

/** First letter and length of what may be meant: most words are passed over by it. */
const LIKELY = new Set(
  WATCHED.flatMap((word) => [-1, 0, 1].map((more) => word.slice(0, 1) + String(word.length + more))),
);

function sorted(word: string): string {
  return word.slice(0, 1) + Array.from(word.slice(1)).toSorted().join('');
}

function losses(word: string): readonly string[] {
  return Array.from(word.slice(1), (_, at) => word.slice(0, at + 1) + word.slice(at + 2));
}

function corrected(word: string): string {
  if (word.length < 3 || !LIKELY.has(word.slice(0, 1) + String(word.length)) || KNOWN.has(word)) return word;
  const swapped = BY_SLIP.get(sorted(word));
  if (swapped !== undefined && (swapped.length > 3 || word === 'teh')) return swapped;
  return word.length <= SHORT + 1 ? word : (lengthened(word) ?? word);
}

/** One letter too many. */
function lengthened(word: string): string | undefined {
  for (const each of losses(word)) {
    const guess = BY_SLIP.get(each) ?? BY_SLIP.get(sorted(each));
    if (guess !== undefined && guess.length > SHORT) return guess;
  }
  return undefined;
}

const SLANG: Readonly<Record<string, string>> = {
  usr: 'user',
  tel: 'tell',
  snd: 'send',
  kno: 'know',
  pls: 'please',
  pw: 'password',
  passwd: 'password',
  msgs: 'messages',
  convo: 'conversation',
  dont: "don't",
  prev: 'previous',
  instr: 'instructions',
  instrs: 'instructions',
  ur: 'your',
  u: 'you',
  chatlog: 'chat log',
  chatlogs: 'chat logs',
  trough: 'through',
  thru: 'through',
  creds: 'credentials',
  sys: 'system',
  w: 'with',
};

/** The text as it was meant, if it is misspelt in more than one place. */
export function respell(text: string): string | undefined {
  let slips = 0;
  const plain = text.slice(0, MAX_READ).replaceAll(/[A-Za-z]{1,16}/g, (word) => {
    const lower = word.toLowerCase();
    const meant = Object.hasOwn(SLANG, lower) ? (SLANG[lower] ?? lower) : corrected(lower);
    if (meant === lower) return word;
    slips++;
    return meant;
  });
  return slips >= 2 ? plain : undefined;
}

/** Digits and signs that stand for letters. */
export const LEET: Readonly<Record<string, string>> = {
  0: 'o',
  1: 'i',
  3: 'e',
  4: 'a',
  5: 's',
  7: 't',
  '@': 'a',
  $: 's',
  '!': 'i',
};
const LEET_WORD =
  /(?<![\w@$])(?=[a-z0134578@$]{0,24}[a-z])(?=[a-z@$]{0,24}[0134578@$])[a-z0134578@$]{2,24}(?![\w@$])/gi;

/** Digits for letters, in more than two words. */
export function unleet(text: string): string | undefined {
  let words = 0;
  const plain = text.slice(0, MAX_READ).replaceAll(LEET_WORD, (word) => {
    words++;
    return word
      .replaceAll(/11|(?<=[aeo])1/g, (ones) => 'l'.repeat(ones.length))
      .replaceAll(/[013457@$]/g, (digit) => LEET[digit] ?? digit);
  });
  return words > 2 ? plain : undefined;
}

const SPREAD = /(?<![a-z])[a-z](?:([ .\-_*|])[a-z](?![a-z])){3,40}/gi;

/** Letters apart are put together again. */
export function unspread(text: string): string | undefined {
  const plain = text.slice(0, MAX_READ).replaceAll(SPREAD, (run, gap: string) => run.replaceAll(gap, ''));
  return plain.length === Math.min(text.length, MAX_READ) ? undefined : plain;
}

const TURNED =
  /\b(?:eht|dna|resu|erongi|suoiverp|snoitcurtsni|metsys|tpmorp|drowssap|llet|terces|erofeb|dnes|daer|noitasrevnoc|uoy)\b/gi;
const ROTATED =
  /\b(?:gur|naq|hfre|vtaber|cerivbhf|vafgehpgvbaf|flfgrz|cebzcg|cnffjbeq|gryy|frperg|orsber|fraq|ernq|pbairefngvba|lbhe)\b/gi;

/** Read from behind, or each letter thirteen on. */
export function unturn(text: string): readonly string[] {
  const read = text.slice(0, MAX_READ);
  const found: string[] = [];
  if ((read.match(TURNED)?.length ?? 0) >= 2) found.push(Array.from(read).toReversed().join(''));
  if ((read.match(ROTATED)?.length ?? 0) >= 2) found.push(read.replaceAll(/[a-z]/gi, rotate));
  return found;
}

function rotate(letter: string): string {
  const first = letter <= 'Z' ? 65 : 97;
  return String.fromCharCode(((letter.charCodeAt(0) - first + 13) % 26) + first);
}
