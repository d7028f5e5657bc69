import { nearestNames } from '../gateway/nearest.ts';
import type { Fault } from '../kernel/fault.ts';
import { isJsonObject } from '../kernel/json.ts';
import type { Expanded } from '../workflow/definition/includes.ts';
import type { LinkedPage } from '../workflow/definition/linked-pages.ts';
import { kindOf, readMatter } from '../workflow/definition/matter.ts';
import type { Matter } from '../workflow/definition/matter.ts';
import { cutSections } from '../workflow/definition/section.ts';
import type { Cut, Section } from '../workflow/definition/section.ts';
import type { PromptArgument, State } from './agent.ts';
import { toAgentFault } from './agent-faults.ts';
import { slotsOf } from './slots.ts';
import { readTools } from './tool-patterns.ts';
import { readTransitions } from './transitions.ts';

const SECTIONS: ReadonlySet<string> = new Set(['description', 'prompt', 'transitions', 'tools']);
const TITLES = ['# Description', '# Prompt', '# Transitions', '# Tools'];
const ARGUMENT = /^[A-Za-z_][\w-]{0,63}$/;
const ARGUMENT_KEYS: ReadonlySet<string> = new Set(['name', 'description', 'default']);
const MAX_ARGUMENTS = 50;
const MAX_PLACEHOLDER_FAULTS = 50;

export interface StateParts {
  /** Of all states of the agent. */
  readonly names: readonly string[];
  readonly faults: Fault[];
}

/** A state out of its page. What is wrong goes to the faults; what can be read is read all the same. */
export function readState({ link, path, page }: LinkedPage, { names, faults }: StateParts): State {
  const { document, expanded } = page;
  const cut = cutSections(document, expanded, SECTIONS);
  const matter = readMatter(document, expanded, ['arguments']);
  const declared = readArguments(matter, expanded, faults);
  faults.push(...matter.faults, ...cut.faults, ...strangerFaults(cut, expanded));
  faults.push(...cut.lack('# Description'), ...cut.lack('# Prompt'));
  const prompt = cut.found.get('prompt');
  if (prompt) checkSlots(prompt, declared, { expanded, faults });
  const tools = readTools(cut.found.get('tools'), expanded, faults);
  return {
    name: link.name,
    file: path,
    description: cut.found.get('description')?.text ?? '',
    prompt: { text: prompt?.text ?? '', arguments: declared },
    transitions: readTransitions(cut.found.get('transitions'), { expanded, faults, names }),
    ...(tools && { tools }),
    text: expanded.text,
  };
}

/** A misspelt section must not pass for none: without `# Tools` everything may be called. */
function strangerFaults({ strangers }: Cut, expanded: Expanded): Fault[] {
  return strangers.slice(0, MAX_PLACEHOLDER_FAULTS).map(({ text, line }) => {
    const [near] = nearestNames(`# ${text.slice(0, 80)}`, TITLES);
    return toAgentFault('section/unknown', expanded.origin(line), {
      message: `"${text.slice(0, 80)}" is no section of a state. Its sections: ${TITLES.join(', ')}.`,
      fix: `${near === undefined ? '' : `Did you mean "${near}"? `}Write headings inside a section at the second level.`,
    });
  });
}

function readArguments(
  matter: Matter<'arguments'>,
  expanded: Expanded,
  faults: Fault[],
): readonly PromptArgument[] {
  const written = matter.values.arguments;
  if (written === undefined) return [];
  const place = expanded.origin(lineOf('arguments', expanded.text));
  const fail = (message: string): void => {
    const fix =
      'Write a list, such as:\narguments:\n  - name: topic\n    description: What to look into.\n    default: the task';
    faults.push(toAgentFault('prompt/argument', place, { message, fix }));
  };
  if (!Array.isArray(written) || written.length > MAX_ARGUMENTS) {
    fail(`"arguments" must be a list of at most ${MAX_ARGUMENTS}, found ${kindOf(written)}.`);
    return [];
  }
  const names = new Set<string>();
  return (written as readonly unknown[]).flatMap((each) => {
    const problem = argumentProblem(each, names);
    if (problem !== undefined) fail(problem);
    if (!isArgument(each)) return [];
    names.add(each.name);
    const { name, description, default: preset } = each;
    return [
      {
        name,
        ...(description !== undefined && { description }),
        ...(preset !== undefined && { default: preset }),
      },
    ];
  });
}

function argumentProblem(each: unknown, names: ReadonlySet<string>): string | undefined {
  if (!isJsonObject(each)) return `An argument must be a mapping with a name, found ${kindOf(each)}.`;
  const stranger = Object.keys(each).find((key) => !ARGUMENT_KEYS.has(key));
  if (stranger !== undefined)
    return `"${stranger.slice(0, 80)}" means nothing in an argument. Known keys: ${[...ARGUMENT_KEYS].join(', ')}.`;
  const { name } = each;
  if (typeof name !== 'string' || !ARGUMENT.test(name))
    return `The name of an argument must be 1 to 64 letters, digits, "_" and "-", found ${kindOf(name ?? null)}.`;
  if (names.has(name)) return `The argument "${name}" is declared twice.`;
  const wrong = ['description', 'default'].find(
    (key) => Object.hasOwn(each, key) && typeof each[key] !== 'string',
  );
  return wrong === undefined
    ? undefined
    : `"${wrong}" of the argument "${name}" must be a text, found ${kindOf(each[wrong])}.`;
}

function isArgument(each: unknown): each is PromptArgument {
  if (!isJsonObject(each) || typeof each['name'] !== 'string' || !ARGUMENT.test(each['name'])) return false;
  return ['description', 'default'].every((key) => each[key] === undefined || typeof each[key] === 'string');
}

function checkSlots(
  prompt: Section,
  declared: readonly PromptArgument[],
  { expanded, faults }: { readonly expanded: Expanded; readonly faults: Fault[] },
): void {
  const slots = slotsOf(prompt.text);
  const names = declared.map(({ name }) => name);
  const shown = new Set(slots.flatMap(({ kind, name }) => (kind === 'argument' ? [name] : [])));
  const unknown = new Map(
    slots
      // An include that was refused stands there as it was written, and has a fault of its own.
      .filter(({ kind, name }) => kind === 'argument' && !names.includes(name) && !name.startsWith('file:'))
      .toReversed()
      .map((slot) => [slot.name, slot]),
  );
  for (const { name, text, at } of [...unknown.values()].toReversed().slice(0, MAX_PLACEHOLDER_FAULTS)) {
    const line = prompt.line + prompt.text.slice(0, at).split('\n').length - 1;
    const [near] = nearestNames(name, names);
    faults.push(
      toAgentFault('prompt/placeholder', expanded.origin(line), {
        message: `${text.slice(0, 120)} is no argument of this prompt${names.length > 0 ? `, which has ${names.join(', ')}` : ''}.`,
        fix: `${near === undefined ? '' : `Did you mean {{ ${near} }}? `}Declare it under "arguments" in the front matter, or write {{ data.KEY }} for task data or {{ knowledge.KEY }} for what is known.`,
      }),
    );
  }
  for (const name of names) {
    if (shown.has(name)) continue;
    const message = `The prompt never shows its argument "${name}".`;
    const fix = `Write {{ ${name} }} where it belongs, or take it out of "arguments".`;
    faults.push(
      toAgentFault('prompt/unused-argument', expanded.origin(lineOf('arguments', expanded.text)), {
        message,
        fix,
      }),
    );
  }
}

function lineOf(key: string, text: string): number {
  return (
    Math.max(
      text
        .slice(0, 65_536)
        .split('\n')
        .findIndex((line) => line.startsWith(key)),
      0,
    ) + 1
  );
}
