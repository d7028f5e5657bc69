import { FOREIGN } from './foreign-lexicon.ts';
import { ENGLISH } from './lexicon.ts';
import type { Signal } from './lexicon.ts';

export interface Finding {
  /** `hard`: no tool's description says this. `soft`: worth a look. */
  readonly severity: 'hard' | 'soft';
  /** A short sentence for people. */
  readonly what: string;
}

/** Signals of one sentence, a bit for each. */
export type Signals = number;

export interface Sentence {
  readonly text: string;
  /** The same without what is forbidden in it, and without examples. */
  readonly affirmed: string;
  readonly signals: Signals;
  /** It tells of attacks or of finding them, rather than making one. */
  readonly reports: boolean;
}

const ORDER = Object.keys(ENGLISH) as Signal[];
const BITS = Object.fromEntries(ORDER.map((name, at) => [name, 1 << at])) as Record<Signal, Signals>;

const english = ORDER.map((name) => ({ bit: BITS[name], pattern: new RegExp(ENGLISH[name].join('|')) }));
const foreign = ORDER.flatMap((name) => {
  const parts = FOREIGN[name];
  return parts === undefined ? [] : [{ bit: BITS[name], pattern: new RegExp(parts.join('|'), 'u') }];
});
/** What a prohibition takes back: "never include passwords" is no wish for them. */
const TAKEN_BACK =
  BITS.take |
  BITS.send |
  BITS.pass |
  BITS.credential |
  BITS.conversation |
  BITS.file |
  BITS.danger |
  BITS.redirect;
/** What a quotation may hold without meaning it. */
const QUOTABLE = BITS.override | BITS.persona | BITS.marker | BITS.conceal | BITS.role | BITS.danger;

const OTHER_LANGUAGE =
  /[^ -~\u2010-\u203a\u2190-\u21ff\u2500-\u27bf]|\b(?:und|oder|nicht|der|das|dem|den|les|des|une|dans|est|que|los|las|del|para|por|il|che|della|nao|uma|sin|sans|avec|todas?|vor|als|le|la|el|no|ne|alle|przed|przez|plik|jest|voor|niet|van|och|ska|ikke|dari|yang|untuk|nguoi|kullanici|icin|het|een|nie|wszystkie|poprzednie|alla|att|inte|bir|ve|tum|negeer|zignoruj|ignorera|abaikan|jangan|bo qua|khong|glem|alle|ignorier\w{0,4}|vergiss|anweisung\w{0,3}|vorherig\w{0,3}|oublie\w{0,2}|consignes|olvida\w?|instrucciones|istruzioni|usuario|utilisateur|nutzer|benutzer)\b/;
const NEGATED =
  /\b(?:do not|don'?t|never|avoid|must not|mustn'?t|should not|shouldn'?t|may not|cannot|can'?t|refrain from|not to|is not|are not|no need to)\b[^,;:]{0,160}?(?=[,;:]|\b(?:but|just|instead|rather|then|simply|only|without|unless|until|before)\b|$)/g;
const NEGATED_ELSEWHERE =
  /(?:никогда не|нельзя|(?<![\p{L}])не) [^,;:.]{0,80}|(?:不要|请勿|切勿|不得|不能|禁止)[^,，。;；]{0,40}|\b(?:ne |n')[^,;:]{0,60}?\b(?:pas|jamais|aucun\w?)\b[^,;:]{0,60}|\b(?:kein\w{0,2}|niemals|nicht)\b[^,;:]{0,80}|\b(?:nunca|jamas|non|mai|nao)\b [^,;:]{0,80}/gu;
const JAPANESE_DENIAL = /(?:ないでください|ないで下さい|しないこと|禁止です?|ません)$/;
const DOUBLE_NEGATION = /\b(?:do not|don'?t|never|must not) (?:forget|fail|omit|neglect|hesitate) to\b/g;
const HARMLESS =
  /\b(?:set|add|put|store|save|create|commit|define|configure)\b[^.;]{0,40}?\b(?:in|into|to) (?:the |a |an |your |its )?['"`]?\.(?:env|npmrc|netrc|pypirc)\b|\bsilently (?:ignor|drop|skip|truncat|fail|discard|clamp|overwr|return|succe|exit|round|cap)\w*|\b(?:e\.g\.?|for example|for instance|such as|defaults? to|default:|(?<![.\w])example:)[ ,:(]{1,3}[^;)]{0,60}/g;
const QUOTED = /"[^"]{3,200}"|(?<![a-z])'[^']{3,200}'(?![a-z])|\u201c[^\u201d]{3,200}\u201d|`[^`]{3,200}`/g;
const REPORTS =
  /\bred[- ]team|\b(?:test|sample|example) (?:texts?|prompts?|messages|payloads?)\b.{0,40}?\b(?:such as|like|e\.g)\b|\b(?:detect|scan|flag|block|identif|classif|catch|protect|guard|prevent|spot|filter|reject|neutrali|sanitiz|defend|mitigat|moderat|simulat|benchmark|evaluat|educat|teach|learn|stud|document|describ|explain|discuss|warn(?:s|ing) (?:of|about|against)|search(?:es)? for|looks? for|check(?:s|ing)? (?:for|whether|if)|report)\w{0,6}\b.{0,80}?\b(?:attempts?|tries|trying|attack\w*|injection\w*|jailbreak\w*|malicious|phishing|leak\w*|exposed|hard-?coded|poison\w*|exfiltrat\w*|vulnerabilit\w*|adversarial|suspicious|dangerous|known bad|misuse|phrases?|wording|(?:prompts?|texts?|inputs?|messages?|pages?|instructions|content|descriptions?|strings?|patterns?|documents?|emails?|mails?|comments?) (?:that|which|such as|like|hidden|asking|telling|trying|with|saying|containing))|\b(?:attack|injection|jailbreak|phrase|wording|trick|scam)\w{0,3}\b.{0,80}?\b(?:such as|like|in which|that says?|e\.g\.|containing|contains?|reads?|known as)\b/;

const MAX_SENTENCE = 700;

/** Lower case, no accents on Latin letters, plain quotes and blanks: what the patterns are written for. */
export function fold(text: string): string {
  const plain = text
    .normalize('NFKD')
    .toLowerCase()
    .replaceAll(/([a-z])[\u0300-\u036f]+/g, '$1');
  return unconfuse(plain.normalize('NFC')).replaceAll(/[\u2018\u2019\u02bc]/g, "'");
}

/** Letters of other scripts, and below them the Latin ones they look like. */
const LOOKALIKES = 'аеорсухіѕјԁһԛԝкмтвнгпιοαερτυνκηω';
const LATIN = 'aeopcyxisjdhqwkmtbhrnioaeptuvknw';

/** Letters of other scripts inside Latin words become the Latin ones they look like. */
function unconfuse(text: string): string {
  if (!/[\u0370-\u03ff\u0400-\u052f]/.test(text)) return text;
  return text.replaceAll(/[a-z\u0370-\u03ff\u0400-\u052f]+/g, (word) =>
    /[a-z]/.test(word)
      ? word.replaceAll(/[\u0370-\u052f]/g, (letter) => LATIN[LOOKALIKES.indexOf(letter)] ?? letter)
      : word,
  );
}

/** Cuts a folded text into sentences and list items; none is longer than what one look takes in. */
export function toSentences(folded: string): readonly string[] {
  return folded
    .split(
      /(?<=[.!?;][)"'\]]{0,2})(?<!\b(?:e\.g|i\.e|etc|vs|incl)\.)[ \t\n]+|[\u3002\uff01\uff1f\uff1b]|\n[ \t]*\n|\n(?=[ \t]*(?:[-*\u2022#<[]|\d{1,2}[.)]))/,
    )
    .flatMap((each) => slices(each.replaceAll(/\s+/g, ' ').trim()))
    .filter((each) => each.length > 2);
}

function slices(sentence: string): readonly string[] {
  if (sentence.length <= MAX_SENTENCE) return [sentence];
  const parts: string[] = [];
  for (let at = 0; at < sentence.length; at += MAX_SENTENCE - 100)
    parts.push(sentence.slice(at, at + MAX_SENTENCE));
  return parts;
}

export function readSentence(text: string): Sentence {
  const plain = text.replaceAll(DOUBLE_NEGATION, 'must');
  const reports = REPORTS.test(plain);
  const whole = signalsOf(plain);
  const affirmed = plain.replaceAll(NEGATED, ' ').replaceAll(HARMLESS, ' ');
  const residue = OTHER_LANGUAGE.test(affirmed)
    ? JAPANESE_DENIAL.test(affirmed)
      ? ''
      : affirmed.replaceAll(NEGATED_ELSEWHERE, ' ')
    : affirmed;
  let signals = whole;
  if (residue !== plain) {
    const left = signalsOf(residue);
    signals =
      (whole & ~(TAKEN_BACK | BITS.secrecy)) | (left & (TAKEN_BACK | BITS.secrecy)) | secrecyOf(plain, whole);
  }
  if (reports) signals &= ~QUOTABLE | (signalsOf(plain.replaceAll(QUOTED, ' ')) & QUOTABLE);
  return { text: plain, affirmed, signals, reports };
}

/** A prohibition of telling is secrecy still; only the harmless kinds are taken back. */
function secrecyOf(text: string, whole: Signals): Signals {
  return (whole & BITS.secrecy) === 0 ? 0 : signalsOf(text.replaceAll(HARMLESS, ' ')) & BITS.secrecy;
}

function signalsOf(text: string): Signals {
  let signals = 0;
  for (const { bit, pattern } of english) if (pattern.test(text)) signals |= bit;
  if (OTHER_LANGUAGE.test(text))
    for (const { bit, pattern } of foreign) if ((signals & bit) === 0 && pattern.test(text)) signals |= bit;
  return signals;
}

export function has(signals: Signals, ...all: readonly Signal[]): boolean {
  return all.every((each) => (signals & BITS[each]) !== 0);
}

export function hasAny(signals: Signals, ...any: readonly Signal[]): boolean {
  return any.some((each) => (signals & BITS[each]) !== 0);
}
