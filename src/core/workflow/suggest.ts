import { FINISH } from '../kernel/instance.ts';
import type { Target } from '../kernel/instance.ts';
import type { Definition, StepPlaces } from './define.ts';
import type { Place } from './definition/faults.ts';
import { someAtom } from './guidance/condition.ts';
import type { Guidance, Outcome } from './guidance/guidance.ts';
import { nameWords } from './guidance/name.ts';
import type { CompiledGuidance, Statement } from './guidance/statement.ts';
import { sameTarget, targetName } from './transition.ts';
import type { Step, Workflow } from './workflow.ts';

/** How a sentence that is left to judgement could be closed by an outcome, or made certain by a variable: texts to paste. */
export interface Suggestion extends Place {
  readonly step: string;
  /** As the author wrote it. */
  readonly sentence: string;
  /** Of the outcome. */
  readonly id: string;
  readonly when: string;
  /** Where it leads: a step's name, `FINISH` or `HALT`. */
  readonly to: string;
  /** For the instructions: asks the client to choose. */
  readonly contract: string;
  /** For `# Transitions`, instead of the sentence: decides by a variable. */
  readonly transition: string;
  /** For the instructions, beside the transition: asks for the variable. Absent where no variable is needed. */
  readonly ask?: string;
}

type Defined = Extract<Definition, { readonly workflow: Workflow }>;

/** A suggestion for each way on that a sentence of judgement leads to, unless the instructions ask for its outcome already. */
export function suggestContracts({ workflow, places }: Defined): readonly Suggestion[] {
  return workflow.steps.flatMap((step) => {
    const at = places.get(step.name);
    return at && step.name !== FINISH && isCompiled(step.guidance) ? forStep(step, step.guidance, at) : [];
  });
}

function isCompiled(guidance: Guidance): guidance is CompiledGuidance {
  return 'statements' in guidance;
}

function forStep(step: Step, { statements, outcomes }: CompiledGuidance, places: StepPlaces): Suggestion[] {
  const judged = statements.filter((statement) => isJudged(statement));
  const taken = new Set(step.guidance.expects);
  return outcomes.flatMap((outcome) => {
    const { id, when } = outcome;
    const statement =
      when === '' || asksFor(step, id) ? undefined : judged.find((each) => leadsTo(each, outcome));
    if (!statement) return [];
    const to = pasted(outcome.to, step);
    const condition = conditionOf(when);
    const variable = condition === undefined ? undefined : variableFor(condition, { id, taken });
    return [
      {
        ...places.at(statement.line),
        step: step.name,
        sentence: statement.because,
        id,
        when,
        to: outcome.to.kind === 'halt' ? HALT : targetName(outcome.to, step.name),
        contract: `- \`outcome\`: ${contractPart({ id, when })}`,
        transition: `- \`${variable === undefined ? 'otherwise' : `${variable} == true`} -> ${to}\``,
        ...(variable !== undefined && {
          ask: `- \`context_updates.${variable}\`: \`true\` when ${condition}, else \`false\``,
        }),
      },
    ];
  });
}

function isJudged({ kind, condition }: Statement): boolean {
  return kind === 'opaque' || someAtom(condition, (atom) => atom.kind === 'judgement');
}

/** What to paste, for people and models: each text on a line of its own, and the two ways to do it apart. */
export function suggestionText({ contract, transition, ask }: Suggestion): string {
  return [
    'To have it chosen, write in the instructions:',
    contract,
    'Or, to have it certain, replace the sentence with a rule: take it out of the guidance (where no other is left, leave: The rules decide.) and write under "# Transitions":',
    transition,
    ...(ask === undefined ? [] : ['and in the instructions:', ask]),
  ].join('\n');
}

/** Whether the outcome stems from the sentence. */
function leadsTo({ kind, to, because }: Statement, outcome: Outcome): boolean {
  const when = flat(outcome.when.replace(/…$/, ''));
  if (kind !== 'opaque' && (to === undefined || !sameTarget(to, outcome.to))) return false;
  return flat(because).includes(when);
}

function flat(text: string): string {
  return text.replaceAll(/\s+/g, ' ').trim().toLowerCase();
}

/** Whether the instructions name the outcome, as the authoring guide asks for. */
function asksFor({ instructions }: Pick<Step, 'instructions'>, id: string): boolean {
  return new RegExp(`\`${id}\``).test(instructions);
}

const HALT = 'HALT';

/** What a rule of `# Transitions` calls a target. */
function pasted(to: Target, step: Step): string {
  if (to.kind === 'stay') return 'stay';
  if (to.kind === 'halt') return HALT;
  const name = targetName(to, step.name);
  return to.kind === 'finish' && to.status !== undefined ? `${name} as ${to.status}` : name;
}

const OTHERWISE = /^(?:otherwise|else|in all other cases|anything else)\b/i;
/** In a sentence that was not understood at all. */
const CONDITION = /\b(?:if|when|once|after)\s+([^,;]+)/i;
const LEAD = /^(?:if|when|once|after|unless|should|in case)\s+/i;

/** The author's condition without its "if"; `undefined` where it is all the rest. */
function conditionOf(when: string): string | undefined {
  if (OTHERWISE.test(when)) return undefined;
  const plain = when.replace(LEAD, '').replace(/[.,:;]$/, '');
  return CONDITION.exec(plain)?.[1] ?? plain;
}

/** One line of a contract: the id, and when to choose it. */
export function contractPart({ id, when }: Pick<Suggestion, 'id' | 'when'>): string {
  const condition = conditionOf(when);
  return condition === undefined ? `\`${id}\` otherwise` : `\`${id}\` when ${condition}`;
}

const IDLE: ReadonlySet<string> = new Set(
  'a an the of to in on at for with and or it its this that is are was were be been has have had client'.split(
    ' ',
  ),
);
/** Words that compare, count or join: a name that is made of what stands around them says something else than the condition. */
const UNNAMEABLE: ReadonlySet<string> = new Set(
  'there more less fewer than least most too many much enough any every all none no nor or neither either both but because so as if unless until while which who whose what whatever whenever where how you we they he she i'.split(
    ' ',
  ),
);
const MAX_WORDS = 5;

/** A name for what the condition says where its words are one, else after the outcome; no other variable of the step has it. */
function variableFor(
  condition: string,
  { id, taken }: { readonly id: string; readonly taken: Set<string> },
): string {
  const words = nameWords(condition).filter((word) => !IDLE.has(word));
  const isName =
    words.length > 0 &&
    words.length <= MAX_WORDS &&
    words.every((word) => /^[a-z][a-z0-9]*$/.test(word) && !UNNAMEABLE.has(word));
  const base = isName ? words.join('_') : `${id}_applies`;
  let name = base;
  for (let count = 2; taken.has(name); count += 1) name = `${base}_${count}`;
  taken.add(name);
  return name;
}
