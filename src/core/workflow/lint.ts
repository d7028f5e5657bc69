import type { Fault } from '../kernel/fault.ts';
import { FINISH } from '../kernel/instance.ts';
import { normalName } from '../kernel/names.ts';
import type { Definition, StepPlaces } from './define.ts';
import { blankCode, blankIndented } from './definition/code.ts';
import { distinctFaults, toFault } from './definition/faults.ts';
import type { FaultCode, Place, Said } from './definition/faults.ts';
import { isCalled } from './definition/linked-pages.ts';
import { workflowGraph } from './graph.ts';
import { findPlaceholders } from './placeholders.ts';
import type { Placeholder } from './placeholders.ts';
import { suggestContracts, suggestionText } from './suggest.ts';
import type { Step, Workflow } from './workflow.ts';

type Defined = Extract<Definition, { readonly workflow: Workflow }>;

/**
 * What an author should mend in a definition that can be started: everything {@link defineWorkflow} found, and what only the whole shows.
 *
 * @param pages the pages that stand in the folder, where that is known.
 */
export function lintWorkflow({ workflow, places }: Defined, pages: readonly string[] = []): readonly Fault[] {
  const faults = workflow.steps.flatMap((step) => {
    const at = places.get(step.name);
    return at ? lintName(step, at) : [];
  });
  return distinctFaults([
    ...withSuggestions(workflow, places),
    ...faults,
    ...lintWays(workflow, places),
    ...lintPages(workflow, pages),
    ...lintPlaceholders(workflow, places),
  ]);
}

/** What to paste for a sentence of judgement, where it leads somewhere. */
function withSuggestions(workflow: Workflow, places: ReadonlyMap<string, StepPlaces>): readonly Fault[] {
  const suggestions = suggestContracts({ workflow, places });
  return workflow.warnings.map((fault) => {
    if (fault.code !== 'guidance/judgement') return fault;
    const suggestion = suggestions.find(({ file, line }) => file === fault.file && line === fault.line);
    return suggestion ? { ...fault, fix: suggestionText(suggestion) } : fault;
  });
}

const RESERVED = new Set(['finish', 'stay', 'halt']);

function lintName({ name }: Step, { link }: StepPlaces): Fault[] {
  if (name === FINISH || !RESERVED.has(normalName(name))) return [];
  const looksLikeEnd = normalName(name) === 'finish';
  const message = `The step "${name}" is easily taken for ${looksLikeEnd ? 'the end, FINISH' : `the outcome "${normalName(name)}"`}.`;
  if (!looksLikeEnd) return [toFault('step/reserved-name', link, { message, fix: 'Give it another name.' })];
  // No edit: only the author knows whether the step's report is still waited for.
  const fix = `Give it another name, such as "Finish up", if the client is to do and report what it says. Call it ${FINISH} if the workflow is over on arrival: its instructions are given with the end then, and no report is waited for.`;
  return [toFault('step/reserved-name', link, { message, fix })];
}

const STEPS_FOLDER = 'steps/';
const INDEX: Place = { file: 'index.md', line: 1 };

/** Pages beside those of the steps that nothing leads to: most likely a forgotten link. */
function lintPages({ files, text }: Workflow, pages: readonly string[]): Fault[] {
  return pages
    .filter((page) => page.startsWith(STEPS_FOLDER) && !Object.hasOwn(files, page))
    .map((page) => {
      const message = `No step links to ${page}, and nothing includes it.`;
      const item = itemFor(page, text);
      if (item === undefined)
        return toFault('step/unlinked', INDEX, {
          message,
          fix: 'Link to it in the list of steps, or remove it.',
        });
      const to = item.replace(
        BARE_ITEM,
        (_whole, lead: string, name: string) => `${lead}[${name}](${encodeURI(page)})`,
      );
      return toFault('step/unlinked', INDEX, {
        message,
        fix: `Write the item as a link: ${to.trim()}`,
        edit: { from: item, to, line: text.split('\n').indexOf(item) + 1 },
      });
    });
}

const BARE_ITEM = /^(\s*(?:[-*+]|\d{1,9}[.)])\s+)([^[\]()`*_<>]+?)\s*$/;

/** The only item of a list that names the page and nothing else. */
function itemFor(page: string, text: string): string | undefined {
  const [item, ...others] = blankCode(text)
    .split('\n')
    .filter((line) => isCalled(page, [BARE_ITEM.exec(line)?.[2] ?? '']));
  return others.length === 0 ? item : undefined;
}

function lintWays(workflow: Workflow, places: ReadonlyMap<string, StepPlaces>): Fault[] {
  const graph = workflowGraph(workflow);
  const reached = spread(
    ['s0'],
    graph.edges.map(({ from, to }) => [from, to]),
  );
  const ends = graph.nodes.filter(({ kind }) => kind !== 'step').map(({ id }) => id);
  const ending = spread(
    ends,
    graph.edges.map(({ from, to }) => [to, from]),
  );
  const hopeless = !ending.has('s0');
  return workflow.steps.flatMap(({ name }, at) => {
    const place = places.get(name);
    if (!place || name === FINISH) return [];
    if (!reached.has(`s${at}`)) {
      const message = `No way leads to the step "${name}".`;
      return [
        toFault('step/unreachable', place.link, {
          message,
          fix: 'Name it in the guidance of the step before it, or take it off the list.',
        }),
      ];
    }
    if (ending.has(`s${at}`) || (hopeless && at > 0)) return [];
    const message = `No way leads from the step "${name}" to ${FINISH}.`;
    return [
      toFault('step/no-finish', place.guidance, {
        message,
        fix: `Say when the workflow is done: Proceed to ${FINISH}.`,
      }),
    ];
  });
}

/** All that can be reached from `starts` along the pairs. */
function spread(starts: readonly string[], pairs: readonly (readonly [string, string])[]): Set<string> {
  const ways = new Map<string, string[]>();
  for (const [from, to] of pairs) ways.set(from, [...(ways.get(from) ?? []), to]);
  const reached = new Set(starts);
  for (const id of reached) for (const to of ways.get(id) ?? []) reached.add(to);
  return reached;
}

/** What reads as a name, and not as a tag of HTML. */
const NAME = /^[\p{L}_][\p{L}\p{N}_.[\] -]{0,60}$/u;
const TAGS = new Set(
  'a abbr b blockquote br center code dd del details div dl dt em figure font footer h1 h2 h3 h4 h5 h6 head header hr html i img input ins kbd li main mark nav ol p pre q s samp script section small span strike strong style sub summary sup table tbody td tfoot th thead title tr tt u ul var video'.split(
    ' ',
  ),
);

function lintPlaceholders(workflow: Workflow, places: ReadonlyMap<string, StepPlaces>): Fault[] {
  const mentioned = wordsOutside(workflow);
  const variables = variablesOf(workflow);
  return workflow.steps.flatMap((step) => {
    const at = places.get(step.name);
    if (!at) return [];
    const prose = blankCode(blankIndented(step.instructions));
    const seen = new Set<string>();
    return findPlaceholders(step.instructions).flatMap((placeholder) => {
      const inCode = prose[placeholder.at] === ' ' || isTag(placeholder, prose);
      const said = complaint(placeholder, { mentioned, variables, inCode });
      if (!said || seen.has(placeholder.text)) return [];
      seen.add(placeholder.text);
      const line = step.instructions.slice(0, placeholder.at).split('\n').length;
      return [toFault(said.code, at.instruction(line), said)];
    });
  });
}

/** Of a pair, whatever it is called: `<note>…</note>`. */
function isTag({ style, text }: Placeholder, prose: string): boolean {
  return style === 'angle' && prose.includes(`</${text.slice(1, -1).trim().split(' ', 1)[0] ?? ''}>`);
}

interface Surroundings {
  readonly mentioned: ReadonlySet<string>;
  readonly variables: ReadonlySet<string>;
  readonly inCode: boolean;
}

type Complaint = Said & { readonly code: FaultCode };

function complaint(placeholder: Placeholder, around: Surroundings): Complaint | undefined {
  return placeholder.style === 'context' ? ofContext(placeholder, around) : ofOtherStyle(placeholder, around);
}

function ofContext({ text, path }: Placeholder, { mentioned }: Surroundings): Complaint | undefined {
  const [name] = path ?? [];
  if (name === undefined) {
    const plain = text.replaceAll(/\s*\[\s*(["'])([\p{L}_$][\p{L}\p{N}_$-]*)\1\s*\]/gu, '.$2');
    return {
      code: 'placeholder/syntax',
      message: `${text} is no path into the context, and is left as written.`,
      fix:
        plain === text
          ? 'Write names and indexes: {{ context.user.names[0] }}.'
          : `Write names and indexes: ${plain}.`,
      edit: plain === text ? undefined : { from: text, to: plain },
    };
  }
  if (mentioned.has(name)) return undefined;
  return {
    code: 'placeholder/unset',
    message: `Nothing in the workflow mentions "${name}", which ${text} shows; without it the text is left as written.`,
    fix: `Say where "${name}" comes from: in the instructions that ask for it, or in the index if it is given at the start.`,
  };
}

/** What is said to be of the context already, in other braces. */
const ROOTED = /^(?:context|ctx)\s*\.\s*(?=[\p{L}\p{N}_.[\]]+$)/u;

function ofOtherStyle(
  { text, style }: Placeholder,
  { inCode, variables }: Surroundings,
): Complaint | undefined {
  const name = text
    .replace(/^\$?[{<]+/, '')
    .replace(/[}>]+$/, '')
    .trim();
  if (
    inCode ||
    !NAME.test(name) ||
    (style === 'angle' && TAGS.has(name.toLowerCase().split(' ', 1)[0] ?? ''))
  )
    return undefined;
  const path = name.replace(ROOTED, '');
  const to = `{{ context.${path} }}`;
  const [first = ''] = path.split(/[.[]/, 1);
  const isKnown = variables.has(path === name ? name : first);
  return {
    code: 'placeholder/style',
    message: `${text} is never filled in.`,
    fix: `Write ${path === name ? `{{ context.${name.replaceAll(/[^\p{L}\p{N}_]+/gu, '_')} }}` : to} to show a value of the context, or put it in backticks if it is meant as it stands.`,
    edit: isKnown ? { from: text, to } : undefined,
  };
}

/** What the workflow itself uses as variables of the context. */
function variablesOf(workflow: Workflow): Set<string> {
  const texts = [workflow.text, ...workflow.steps.map(({ text }) => text)];
  const named = texts.flatMap((text) =>
    [...text.matchAll(/\bcontext(?:_updates)?\.([\p{L}_][\p{L}\p{N}_]*)/gu)].map(([, name = '']) => name),
  );
  return new Set([...named, ...workflow.steps.flatMap(({ guidance }) => guidance.expects)]);
}

/** Every word of the definition but those within placeholders. */
function wordsOutside(workflow: Workflow): Set<string> {
  const words = new Set<string>();
  for (const text of [workflow.text, ...workflow.steps.map((step) => step.text)]) {
    for (const [word] of text.replaceAll(/\{\{[^{}\n]*\}\}/g, ' ').matchAll(/[\p{L}\p{N}_$-]+/gu))
      words.add(word);
  }
  return words;
}
