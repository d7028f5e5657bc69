import type { Document } from '../kernel/document.ts';
import type { Fault } from '../kernel/fault.ts';
import type { Digest } from '../ports/digest.ts';
import type { ParseMarkdown } from '../ports/markdown.ts';
import { distinctFaults } from '../workflow/definition/faults.ts';
import { definitionHash } from '../workflow/definition/hash.ts';
import type { Expanded } from '../workflow/definition/includes.ts';
import { readLinkedPages } from '../workflow/definition/linked-pages.ts';
import { kindOf, readMatter } from '../workflow/definition/matter.ts';
import { readPage } from '../workflow/definition/page.ts';
import { createSource } from '../workflow/definition/source.ts';
import type { ReadFile, Source } from '../workflow/definition/source.ts';
import { readStepList } from '../workflow/definition/step-list.ts';
import type { Agent, Strictness } from './agent.ts';
import { STRICTNESSES } from './agent.ts';
import { toAgentFault } from './agent-faults.ts';
import { checkStates, MAX_STATES, STATE_HEADINGS } from './state-list.ts';
import { readState } from './state-page.ts';
import { namesTools } from './tool-patterns.ts';
import { checkWays } from './ways.ts';

export interface DefineAgentParts {
  readonly read: ReadFile;
  readonly parse: ParseMarkdown;
  readonly digest: Digest;
}

/** An agent that can be used, or everything that is wrong with it. */
export type AgentDefinition =
  | { readonly agent: Agent; readonly faults?: undefined }
  | {
      readonly agent?: undefined;
      readonly faults: readonly Fault[];
      /** It can be seen to narrow what may be called, or cannot be seen at all. */
      readonly mayNarrow: boolean;
    };

const INDEX = 'index.md';
const MAX_TOTAL_LENGTH = 1_048_576;

/**
 * Reads an agent: the index, its states, and what they include. Reports all faults at once.
 *
 * @throws TuttiError `definition/service-error` when the medium fails; everything else becomes a fault.
 */
export async function defineAgent(name: string, parts: DefineAgentParts): Promise<AgentDefinition> {
  const source = createSource(parts.read);
  const index = await source.text(INDEX);
  if ('unreadable' in index) {
    const message = `${name} has no readable ${INDEX}: ${index.unreadable}`;
    const fix = `Create ${INDEX} with a list of links to the states.`;
    return {
      faults: [toAgentFault('index/missing', { file: INDEX, line: 1 }, { message, fix })],
      mayNarrow: true,
    };
  }
  const faults: Fault[] = [];
  const reading = { source, parse: parts.parse, faults };
  const page = await readPage(INDEX, index.text, reading);
  if (!page) return await faulty(source, faults);
  const { expanded, document } = page;
  const settings = readSettings(document, expanded, faults);
  const list = readStepList(document, expanded.text, STATE_HEADINGS);
  faults.push(...checkStates(list.links, expanded));
  const pages = await readLinkedPages(list.links.slice(0, MAX_STATES), {
    index: expanded,
    reading,
    noun: 'state',
    maxLength: MAX_TOTAL_LENGTH,
    fault: (problem, place, said) => toAgentFault(`state/${problem}`, place, said),
  });
  const names = list.links.slice(0, MAX_STATES).map((link) => link.name);
  const states = pages.map((linked) => readState(linked, { names, faults }));
  if (isSound(faults))
    faults.push(...checkWays(states, new Map(pages.map(({ link, place }) => [link.name, place]))));
  const known = distinctFaults(faults);
  if (!isSound(known)) return await faulty(source, known);
  const files = Object.fromEntries(source.files);
  const agent: Agent = {
    name,
    hash: definitionHash(name, files, parts.digest),
    files,
    description: settings.description ?? list.description,
    text: expanded.text,
    states,
    ...(settings.transitions && { transitions: settings.transitions }),
    warnings: known,
  };
  return { agent };
}

const LINK = /\]\(\s*<?(?:\.\/)?([^)>\s#]+\.md)/gi;

/** A fault in the index may hide the pages it links to: they are looked at all the same. */
async function faulty(source: Source, faults: readonly Fault[]): Promise<AgentDefinition> {
  const isMisspelt = faults.some(({ code, fix }) => code === 'section/unknown' && fix?.includes('"# Tools"'));
  const index = source.files.get(INDEX) ?? '';
  const paths = Array.from(index.matchAll(LINK), ([, path = '']) => path).slice(0, MAX_STATES);
  await Promise.all(paths.map(async (path) => await source.text(path)));
  return { faults: distinctFaults([...faults]), mayNarrow: isMisspelt || namesTools(source.files.values()) };
}

function isSound(faults: readonly Fault[]): boolean {
  return faults.every(({ severity }) => severity !== 'error');
}

/** The front matter of `index.md`: `description`, `transitions`. */
function readSettings(
  document: Document,
  expanded: Expanded,
  faults: Fault[],
): Pick<Partial<Agent>, 'description' | 'transitions'> {
  const matter = readMatter(document, expanded, ['description', 'transitions']);
  const { description, transitions } = matter.values;
  if (description !== undefined && typeof description !== 'string') {
    const message = `"description" must be a text, found ${kindOf(description)}.`;
    matter.fail('front-matter/value', 'description', message);
  }
  if (transitions !== undefined && !isStrictness(transitions)) {
    const message = `"transitions" must be one of ${STRICTNESSES.join(', ')}, found ${kindOf(transitions)}.`;
    matter.fail('front-matter/value', 'transitions', message);
  }
  faults.push(...matter.faults);
  return {
    ...(typeof description === 'string' && { description }),
    ...(isStrictness(transitions) && { transitions }),
  };
}

function isStrictness(value: unknown): value is Strictness {
  return STRICTNESSES.some((each) => each === value);
}
