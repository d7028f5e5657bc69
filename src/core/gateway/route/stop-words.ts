import type { Stem } from '../../ports/stem.ts';

/** English words that say nothing of what is wanted, those of politeness included. */
export const STOP_WORDS: ReadonlySet<string> = setOf(`
  a about above after again all also am an and any are aren as at be because been before being both but by can cannot could couldn d did do does
  doing don done during each either else etc ever every for from further get give go going gonna got had has have having he hello help her here hers
  hey hi him his how however i if im in into is it its itself just kindly know let like ll looking m make many may maybe me might more most much must
  my myself need needs no nor not now of off oh ok okay on once one only or other our ours out over own please re really s same shall she should show
  so some somebody someone something such t tell than thank thanks that the their them then there these they thing things this those though through
  to too under until up us ve very via want wanted wants was way we well were what whats when where which while who whom whose why will wish with
  within without would yes yet you your yours`);

/** Words that many tools share: what is done, not what it is done to; with what stands for any thing. */
const GENERIC_WORDS: ReadonlySet<string> = setOf(`
  add begin cancel change check close create current data delete detail different display do edit element end entry execute fetch find finish first
  get give information item kind last latest list look make modify move new next object old one open other perform previous process put read record
  remove result retrieve return run save search see set show start state status stop stuff submit take thing type update use value view write`);

/** Words of any request, which say little of what is wanted. */
const WEAK_WORDS: ReadonlySet<string> = setOf(`
  assist assistance available best current currently detail detailed details different find good info information interested latest new provide
  recent retrieve search specific suggest tool top various`);

export function isWeak(word: string): boolean {
  return WEAK_WORDS.has(word);
}

/** The stems of words that say nothing of what is to be worked on. */
export function genericBy(stem: Stem): ReadonlySet<string> {
  return new Set([...GENERIC_WORDS, ...WEAK_WORDS].map((word) => stem(word)));
}

function setOf(words: string): ReadonlySet<string> {
  return new Set(words.split(/\s+/).filter((word) => word !== ''));
}
