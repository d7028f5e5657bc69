import type { Catalogue } from './catalogue.ts';
import { bestOf } from './ranking.ts';
import type { RouteDocument } from './route.ts';

const WORD = String.raw`(?:deprecated|obsolete|outdated|superseded)`;
/** As a label, or as what a sentence says of the tool itself. */
const LABEL = new RegExp(
  String.raw`(?:^|[.!\n]\s{0,10}|[[(*])${WORD}\s*(?:[\])*:;!.,]|[-–—]\s|$|(?:since|in favou?r|by|and|as of|please|use)\b)`,
  'iu',
);
const TOLD = new RegExp(
  String.raw`\bthis (?:tool|function|method|command|endpoint|operation|api|call)?\s?(?:is|has been|was) (?:now |being )?(?:${WORD}|(?:retired|replaced|no longer (?:supported|maintained|recommended))\b)`,
  'iu',
);
const INSTEAD =
  /(?:^|[.!\n]\s{0,10})(?:(?:please|do not use|don['’]t use)(?: (?:this|it|this tool))?[,;:—–-]?\s{0,3}){0,2}use ["'`]?[\w./-]{2,64}["'`]? instead\s*(?:[.!\n]|$)/iu;
const NOT_USED =
  /(?:^|[.!\n]\s{0,10}|[[(*])(?:please )?do(?: not|n['’]t) use(?: (?:this|it|this tool))?(?: (?:any ?more|any longer|in new \w+))?\s*(?:[\])*:;!.,\n]|$)/iu;
const NAMED = new RegExp(String.raw`^[[(]?${WORD}[\])]?[:\s]|[[(]${WORD}[\])]`, 'iu');
const MAX_READ = 2_000;
/** Share of its score from which another tool serves as well; less of one that it names itself. */
const SERVES = 0.85;
const NAMED_SERVES = 0.5;
/** What is left of it then, as a share of the other: nobody is asked to choose between the two. */
const BEHIND = 0.65;
/** So many of the best. */
const LOOKED_AT = 64;

/** Whether a tool says of itself that something else is to be used; that it is about what is deprecated says nothing. */
export function saysDeprecated(about: {
  readonly tool: string;
  readonly title: string;
  readonly description: string;
}): boolean {
  const description = about.description.slice(0, MAX_READ);
  if ([about.tool, about.title].some((name) => NAMED.test(name))) return true;
  return [LABEL, TOLD, INSTEAD, NOT_USED].some((pattern) => pattern.test(description));
}

/** Whether any tool of these is deprecated. */
export function hasDeprecated({ numbered: { tools } }: Catalogue): boolean {
  return tools.all.some((reading) => reading?.isDeprecated === true);
}

/** Puts what is deprecated behind what serves as well, for whoever may see both. A tool for which there is nothing else stays where it is. */
export function retire(
  catalogue: Catalogue,
  totals: Float64Array,
  isVisible: (tool: number) => boolean,
): void {
  const { all } = catalogue.numbered.tools;
  const best = bestOf(catalogue, totals, { limit: LOOKED_AT, isVisible }).flatMap((tool) => {
    const reading = all[tool];
    return reading === undefined ? [] : [{ tool, ...reading, score: totals[tool] ?? 0 }];
  });
  const live = best.filter(({ isDeprecated }) => !isDeprecated);
  for (const { tool, document, score, isDeprecated } of best) {
    if (!isDeprecated) continue;
    const other = live.find(
      (each) => each.score >= score * (names(document, each.document) ? NAMED_SERVES : SERVES),
    );
    if (other !== undefined) totals[tool] = Math.min(score, BEHIND * other.score);
  }
}

function names({ server, description }: RouteDocument, other: RouteDocument): boolean {
  // A name that is a plain word stands in sentences for other reasons.
  if (server !== other.server || !/[_-]|\p{Ll}\p{Lu}/u.test(other.tool)) return false;
  const said = description.slice(0, MAX_READ);
  const at = said.indexOf(other.tool);
  return (
    at !== -1 && !/[\w-]/.test(said.charAt(at - 1)) && !/[\w-]/.test(said.charAt(at + other.tool.length))
  );
}
