import { isVerbOfChange, isVerbOfReading } from '../../policy/risk.ts';
import { actingStems, allStems, wordsOfName, wordsOfProse } from '../../policy/words.ts';
import type { CatalogEntry } from '../catalog.ts';
import type { Wish } from '../plan/wish.ts';
import { VERBS } from '../plan/words.ts';

const MAX_DESCRIPTION = 4_000;
/** A word that says what is done, where a description says what its tool does. */
const DOING = /(?:^|[.;:!\n]\s*|\b(?:and|or|to|then|also)\s+)([a-z]+)/g;

/** Verbs that ask for the same: who says one of them may mean a tool that says another one. */
const ALIKE = `
post send write say tell publish share submit announce message put notify inform remind ping broadcast tweet
add create make generate build open file raise log report register insert draft compose write start
delete remove erase destroy drop trash purge wipe clear discard
update edit modify change alter adjust set revise rewrite
close finish complete resolve end conclude done
cancel abort withdraw revoke
start begin launch run open trigger initiate resume
stop end halt terminate kill quit pause
merge integrate combine join
approve accept confirm allow grant
reject decline deny refuse dismiss
assign delegate allocate
invite add
book reserve schedule arrange plan
buy order purchase
pay transfer remit
refund repay reimburse return
move transfer relocate shift
copy duplicate clone fork
restore recover undelete unarchive reopen
undo revert rollback
enable activate
disable deactivate mute
upload save store put write import
reply answer respond
comment remark note annotate
deploy release ship publish
install add
uninstall remove
email mail
rename retitle
mark flag label tag
follow subscribe watch
unfollow unsubscribe
lock freeze
unlock unfreeze
`;
const LINES = ALIKE.trim()
  .split('\n')
  .map((line) => new Set(line.split(' ')));
/** Of tools whose deed is in their arguments. */
const GENERAL = new Set(
  'update edit modify change set manage configure patch control handle execute exec run call invoke perform query'.split(
    ' ',
  ),
);
/** Verbs of creating: what is created may be the verb of whoever wants it, as in `add_comment`. */
const CREATING = new Set('add create make post send submit write leave new schedule set'.split(' '));
/** By these verbs somebody says that he wants something done, and by another word what. */
const LIGHT = new Set(
  'do perform want need have let help go try use ask give take make start launch run execute exec invoke call trigger initiate open apply order touch proceed ensure mark set'.split(
    ' ',
  ),
);
const ANTI = /^(?:un|de|dis)(?<rest>[a-z]{3,})$/;

/** How what a tool does compares to what somebody wants done. `unsure`: one of the two says it with a verb that is not known. */
export type Likeness = 'does' | 'unlike' | 'unsure';

/** Whether a tool does what the words of a wish ask for. */
export function likenessOf(entry: CatalogEntry, { verb, said }: Pick<Wish, 'verb' | 'said'>): Likeness {
  const deeds = deedsOf(entry);
  const isDone = (word: string): boolean => allStems(word).some((each) => isMeant(each, deeds));
  if (said.some((word) => isUndone(word, deeds))) return 'unlike';
  if (verb === '' || LIGHT.has(verb)) return said.some((word) => isDone(word)) ? 'does' : 'unsure';
  if (isMeant(verb, deeds)) return 'does';
  return isKnown(verb) && [...deeds].some((deed) => isKnown(deed)) ? 'unlike' : 'unsure';
}

/** Whether it is a verb of which we know what it asks for. */
function isKnown(verb: string): boolean {
  const bare = verb.replace(/^(?:un|re|de|dis)(?=[a-z]{3})/, '');
  return (
    isVerbOfChange(bare) ||
    isVerbOfChange(verb) ||
    isVerbOfReading(verb) ||
    LINES.some((line) => line.has(verb))
  );
}

function isMeant(word: string, deeds: ReadonlySet<string>): boolean {
  if (deeds.has(word)) return true;
  if (isVerbOfChange(word) && [...deeds].some((deed) => GENERAL.has(deed))) return true;
  return LINES.some((line) => line.has(word) && [...deeds].some((deed) => line.has(deed)));
}

/** "Unmerge": the opposite of what the tool does. */
function isUndone(word: string, deeds: ReadonlySet<string>): boolean {
  const { rest = '' } = ANTI.exec(word)?.groups ?? {};
  return rest !== '' && !deeds.has(word) && actingStems(rest).some((each) => deeds.has(each));
}

/** Verbs by which a tool says what it does. */
export function deedsOf({ tool: { name, title = '', description = '' } }: CatalogEntry): ReadonlySet<string> {
  const text = description.slice(0, MAX_DESCRIPTION).toLowerCase();
  return new Set([
    ...deedsOfName(wordsOfName(name)),
    ...wordsOfProse(title).slice(0, 1),
    ...Array.from(text.matchAll(DOING), ([, word = '']) => actingStems(word))
      .flat()
      .filter((word) => VERBS.has(word) || isKnown(word)),
  ]);
}

function deedsOfName(words: readonly string[]): readonly string[] {
  const at = Math.max(
    0,
    words.findIndex((word) => actingStems(word).some((each) => isKnown(each))),
  );
  const [deed = '', thing = ''] = words.slice(at);
  const all = actingStems(deed);
  return all.some((each) => CREATING.has(each)) ? [...all, ...allStems(thing)] : all;
}
