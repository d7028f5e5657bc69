import type { Clause } from './clauses.ts';
import { isDetail, isListed, isPresenting } from './details.ts';
import { TUNING, shareIn } from './finding.ts';
import type { Finding } from './finding.ts';
import { isAsking, isLoose } from './loose.ts';
import { nameWords, stemOf } from './arguments/words.ts';

export interface Joined {
  readonly joined: readonly Clause[];
  /** Pieces that lead nowhere, and say nothing of what they are joined to. */
  readonly loose: readonly Clause[];
}

/** A piece without a verb goes with the one before it, unless both lead somewhere, and to different servers. */
export function joinParts(clauses: readonly Clause[], finding: Finding): Joined {
  const joined: Clause[] = [];
  const loose: Clause[] = [];
  for (const clause of clauses) {
    const last = joined.at(-1);
    const isPart =
      clause.form === 'part' || clause.form === 'maybe' || (last !== undefined && isPresenting(clause, last));
    if (!isPart || last === undefined || clause.sentence !== last.sentence) joined.push(clause);
    else if (last.form === 'statement') joined.push({ ...clause, form: 'statement' });
    else {
      const asks = leadingElsewhere(clause, last, finding);
      if (asks !== undefined) joined.push({ ...clause, asks });
      else if (isVerb(clause, clauses, finding)) joined.push({ ...clause, form: 'task' });
      else if (isLoose(clause, last, finding)) loose.push(clause);
      else joined[joined.length - 1] = together(last, clause);
    }
  }
  return { joined, loose };
}

/** A word that may be a verb or a thing is the verb where another piece begins with it, or where the tool that its piece leads to is named by it. */
function isVerb(clause: Clause, all: readonly Clause[], finding: Finding): boolean {
  const { form, verb } = clause;
  if (form !== 'maybe' || verb === undefined) return false;
  const found = finding.find(clause);
  if (found === undefined || found.route.decision === 'refuse') return false;
  const isRepeated = all.some((each) => each !== clause && each.verb === verb && isAsking(each));
  return (
    isRepeated ||
    (found.route.decision === 'route' && nameWords(found.best.document.tool)[0] === stemOf(verb))
  );
}

function together(last: Clause, part: Clause): Clause {
  return { ...last, text: `${last.text} ${part.text}`, masked: `${last.masked} ${part.masked}` };
}

/** The words by which a piece leads to another server, with the verb before it or without, whichever says more. */
function leadingElsewhere(part: Clause, last: Clause, finding: Finding): string | undefined {
  if (isListed(last) || (part.form !== 'task' && isDetail(part, last))) return undefined;
  const theirs = finding.find(last);
  if (theirs === undefined || !finding.supports(theirs, TUNING.part)) return undefined;
  const leads = (query: string): boolean => {
    const mine = finding.find(part, query);
    if (mine === undefined || mine.route.decision === 'refuse' || !finding.supports(mine, TUNING.part))
      return false;
    const toTheirs = shareIn(mine.route, theirs.best.document);
    const toMine = shareIn(theirs.route, mine.best.document);
    return (
      Math.max(toTheirs, toMine) <= TUNING.overlap &&
      mine.best.document.server !== theirs.best.document.server
    );
  };
  const sureness = (query: string): number => finding.find(part, query)?.route.confidence ?? 0;
  const [first, ...others] = [queryOf(part, last), part.text].filter((query) => leads(query));
  return first === undefined
    ? undefined
    : others.reduce((best, query) => (sureness(query) > sureness(best) ? query : best), first);
}

/** "summarize this and that" summarizes that, too. */
function queryOf(part: Clause, last: Clause): string {
  return part.form === 'part' && last.verb !== undefined ? `${last.verb} ${part.text}` : part.text;
}
