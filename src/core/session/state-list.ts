import type { Fault } from '../kernel/fault.ts';
import { FINISH } from '../kernel/instance.ts';
import { normalName } from '../kernel/names.ts';
import type { Expanded } from '../workflow/definition/includes.ts';
import { stepPath } from '../workflow/definition/links.ts';
import type { StepLink } from '../workflow/definition/step-list.ts';
import { toAgentFault } from './agent-faults.ts';

export const MAX_STATES = 100;
/** Headings whose list names the states. */
export const STATE_HEADINGS: ReadonlySet<string> = new Set(['states']);
/** Prompts, resources and guards are named after states. */
const NAME = /^\p{L}[\p{L}\p{N}_-]{0,63}$/u;

/** Faults of the list itself: its length, its names, what they share. */
export function checkStates(links: readonly StepLink[], index: Expanded): Fault[] {
  if (links.length === 0) {
    return [
      toAgentFault('index/no-states', index.origin(1), {
        message: 'No list item begins with a link to a .md file, so there are no states.',
        fix: 'Add a list such as "- [IDLE](states/idle.md)". The first state is where a session begins.',
      }),
    ];
  }
  const faults: Fault[] = [];
  const overflow = links[MAX_STATES];
  if (overflow) {
    const message = `There are ${links.length} states; at most ${MAX_STATES} are allowed.`;
    const fix = 'Tell apart what the agent is doing by task data, not by a state of its own.';
    faults.push(toAgentFault('index/too-many-states', index.origin(overflow.line), { message, fix }));
  }
  const named = new Map<string, StepLink>();
  const files = new Map<string, StepLink>();
  for (const link of links) {
    const path = stepPath(link) ?? link.href;
    const twin = named.get(normalName(link.name));
    const shared = files.get(path);
    const fault = nameFault(link, twin, index) ?? (shared && sharedFault({ link, shared, path }, index));
    if (fault) faults.push(fault);
    named.set(normalName(link.name), twin ?? link);
    files.set(path, link);
  }
  return faults;
}

function nameFault(link: StepLink, twin: StepLink | undefined, index: Expanded): Fault | undefined {
  const { name } = link;
  const place = index.origin(link.line);
  if (!NAME.test(name) || name.toUpperCase() === FINISH) {
    return toAgentFault('state/name', place, {
      message: `${JSON.stringify(name.slice(0, 80))} is no name of a state: expected 1 to 64 letters, digits, "_" and "-", beginning with a letter, and not ${FINISH}.`,
      fix: 'Write the name as the text of the link: "[IN_REVIEW](states/in_review.md)".',
    });
  }
  if (!twin) return undefined;
  const { line } = index.origin(twin.line);
  return toAgentFault('state/duplicate', place, {
    message:
      twin.name === name
        ? `The state "${name}" is listed already on line ${line}.`
        : `"${name}" and "${twin.name}" on line ${line} are one name: states are found whatever the case, "_" and "-".`,
    fix: 'Give each state a name of its own.',
  });
}

function sharedFault(
  { link, shared, path }: { readonly link: StepLink; readonly shared: StepLink; readonly path: string },
  index: Expanded,
): Fault {
  const message = `"${link.name}" and "${shared.name}" link to the same file, ${path}.`;
  const fix = 'Give each state a file of its own; what they share can be included.';
  return toAgentFault('state/shared-file', index.origin(link.line), { message, fix });
}
