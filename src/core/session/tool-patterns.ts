import { fitsStars } from '../gateway/star.ts';
import type { Block } from '../kernel/document.ts';
import type { Fault } from '../kernel/fault.ts';
import type { Expanded } from '../workflow/definition/includes.ts';
import type { Section } from '../workflow/definition/section.ts';
import type { Agent, State } from './agent.ts';
import { toAgentFault } from './agent-faults.ts';
import { readItems } from './items.ts';

/** Anything that is seen and is no blank: what servers call their tools is up to them. */
const PATTERN = /^[^\s\p{Cc}\p{Cf}\p{Cs}]{1,200}$/u;

/** Reads `# Tools`: the patterns of the list; none of an empty section. */
export function readTools(
  section: Section | undefined,
  expanded: Expanded,
  faults: Fault[],
): readonly string[] | undefined {
  if (!section) return undefined;
  const fail = (line: number, message: string): void => {
    const fix = 'Write a list, one pattern an item, such as "- github__get_*".';
    faults.push(toAgentFault('tools/pattern', expanded.origin(line), { message, fix }));
  };
  const prose = section.blocks.find((block) => isProse(block));
  if (prose && !section.blocks.some(({ kind }) => kind === 'list')) {
    fail(prose.line, 'The section "# Tools" has text and no list of patterns.');
  }
  return readItems(section, expanded.text).flatMap(({ text, line }) => {
    const pattern = text
      .replaceAll('`', '')
      .replaceAll(String.raw`\*`, '*')
      .replaceAll(String.raw`\_`, '_');
    if (PATTERN.test(pattern)) return [pattern];
    fail(line, `${JSON.stringify(text.slice(0, 80))} is no pattern of tool names.`);
    return [];
  });
}

function isProse({ kind }: Block): boolean {
  return kind !== 'other' && kind !== 'list';
}

/** A heading over what may be called, however it is set. */
const HEADING = /^ {0,3}(?:#[ \t]+[*_`]*tools?[*_`]*[ \t#:]*|[*_`]*tools?[*_`]*[ \t:]*\n {0,3}=+[ \t]*)$/im;

/** Whether texts can be seen to narrow what may be called, whatever else is wrong with them. */
export function namesTools(texts: Iterable<string>): boolean {
  return [...texts].some((text) => HEADING.test(text));
}

/** Whether a tool, as `server__tool`, may be called in a state. */
export function allowsTool({ tools }: State, tool: string): boolean {
  return tools === undefined || tools.some((pattern) => fitsStars(pattern, tool));
}

/** Names of the states of an agent that let a tool be called. */
export function statesAllowing({ states }: Agent, tool: string): readonly string[] {
  return states.filter((state) => allowsTool(state, tool)).map(({ name }) => name);
}

/** Whether any state of an agent narrows what may be called. */
export function narrowsTools({ states }: Agent): boolean {
  return states.some(({ tools }) => tools !== undefined);
}
