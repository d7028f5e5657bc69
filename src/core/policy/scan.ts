import { unmask } from './disguise.ts';
import { fold, readSentence, toSentences } from './intents.ts';
import type { Finding, Sentence } from './intents.ts';
import { LEET } from './spelling.ts';
import { POSES, judge } from './verdict.ts';
import type { Place } from './verdict.ts';
import { weigh } from './weigh.ts';

/** Longer texts are read this far; a longer one is a finding itself where it stands in a definition. */
export const MAX_TEXT = 131_072;

/** Strings that a model may take for instructions, and what was found in them. */
export interface Scan {
  readonly findings: readonly Finding[];
  readonly sentences: readonly Sentence[];
}

export interface ScanOptions {
  readonly place?: Place;
  /** Sentences without it are passed over, unless they stand beside one that has it. */
  readonly gate?: RegExp;
  /** It describes a tool, and should speak of nothing else: read more strictly than what a tool returns. */
  readonly isDefinition?: boolean;
}

/** Reads one string, with what is hidden in it, for instructions to the model. */
export function scanText(text: string, options: ScanOptions = {}): Scan {
  const place = options.place ?? 'text';
  const {
    text: plain,
    hidden,
    coded,
    disguises,
  } = unmask(text.length > MAX_TEXT ? text.slice(0, MAX_TEXT) : text);
  const read = reader();
  const sentences = select(toSentences(fold(plain)), options.gate).map(read);
  const findings: Finding[] = disguises.map((what) => ({ severity: 'hard', what }));
  findings.push(...judge(sentences, place));
  if (options.isDefinition) findings.push(...weigh(sentences, place));
  if (VOICE.test(plain)) findings.push({ severity: 'hard', what: POSES });
  findings.push(...squeezed(plain));
  for (const [each, where] of [
    ...hidden.map((found) => [found, place] as const),
    ...coded.map((found) => [found, options.isDefinition ? 'value' : place] as const),
  ]) {
    const said = select(toSentences(fold(each)), options.gate).map(read);
    const revealed = [...judge(said, where), ...(options.isDefinition ? weigh(said, where) : [])];
    findings.push(...revealed.filter(({ severity }) => severity === 'hard'));
  }
  return { findings: unique(findings), sentences };
}

/** Reads the same sentence only once. */
function reader(): (text: string) => Sentence {
  const known = new Map<string, Sentence>();
  return (text) => {
    const sentence = known.get(text) ?? readSentence(text);
    if (known.size < MAX_KNOWN) known.set(text, sentence);
    return sentence;
  };
}

const MAX_KNOWN = 4000;

function select(sentences: readonly string[], gate: RegExp | undefined): readonly string[] {
  if (gate === undefined) return sentences;
  const open = sentences.map((each) => gate.test(each));
  return sentences.filter((_, at) => open[at] || open[at - 1] || open[at + 1]);
}

/** In capitals, behind what looks like the end of something. */
const VOICE =
  /(?:[\]}"'>)]|[.!?;]|\n)\s{0,4}(?:SYSTEM|ASSISTANT|DEVELOPER|ADMIN|ROOT)(?: [A-Z]{2,16})?\s?:\s{0,4}[A-Za-z]/;
const SPREAD = /(?:[a-z0-9@$][ .\-_*|/]{1,3}){12,}/i;
const SQUEEZED =
  /ignore(?:all|any|the|your)?(?:previous|prior|other|above|earlier)|disregard(?:all|any|your|the)?(?:previous|prior|other)|(?:donot|dont|never)(?:tell|inform|mention)\w{0,12}user|systemprompt|previousinstructions|idrsa|etcpasswd/;

/** Letters apart and digits for letters, as only those write who do not want to be read by machines. */
function squeezed(text: string): readonly Finding[] {
  const candidates: string[] = [];
  const spread = SPREAD.exec(text);
  if (spread !== null) candidates.push(text.slice(spread.index, spread.index + 4000));
  if (/[a-z][0134578@$][a-z]/i.test(text)) candidates.push(text.slice(0, 20_000));
  for (const each of candidates) {
    const plain = each.toLowerCase();
    const leet = plain.replaceAll(/[0134578@$!]/g, (digit) => LEET[digit] ?? digit).replaceAll(/[^a-z]/g, '');
    const before = plain.replaceAll(/[^a-z]/g, '');
    if (SQUEEZED.test(leet) && ((each === candidates[0] && spread !== null) || !SQUEEZED.test(before))) {
      return [{ severity: 'hard', what: 'It spells instructions so that only a model reads them.' }];
    }
  }
  return [];
}

export function unique(findings: readonly Finding[]): readonly Finding[] {
  const kept = new Map<string, Finding>();
  for (const each of findings) if (kept.get(each.what)?.severity !== 'hard') kept.set(each.what, each);
  return [...kept.values()];
}
