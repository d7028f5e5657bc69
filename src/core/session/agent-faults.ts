import { faultsOf, faultTable } from '../workflow/definition/faults.ts';
import type { FaultTraits } from '../workflow/definition/faults.ts';

const error = 'error';
const warning = 'warning';

const table = {
  'index/missing': { severity: error, meaning: 'The folder has no readable `index.md`.' },
  'index/no-states': { severity: error, meaning: 'No list item begins with a link to a `.md` file.' },
  'index/too-many-states': { severity: error, meaning: 'More than 100 states.' },
  'state/name': {
    severity: error,
    meaning:
      'The text of the link is no name of a state: 1 to 64 letters, digits, `_` and `-`, beginning with a letter; not `FINISH`.',
  },
  'state/duplicate': {
    severity: error,
    meaning: 'Two states have the same name, or differ only in case, `_` or `-`.',
  },
  'state/shared-file': { severity: warning, meaning: 'Two states link to one file.' },
  'state/outside': {
    severity: error,
    meaning: 'The link of a state leaves the folder of the agent, is absolute, or is an address.',
  },
  'state/missing': { severity: error, meaning: 'The file of a state is not there or cannot be read.' },
  'state/unreachable': { severity: warning, meaning: 'No move leads from the first state to this one.' },
  'state/no-way-out': {
    severity: warning,
    meaning: 'No move leads from this state to another than `ERROR`.',
  },
  'state/guard-passed': {
    severity: warning,
    meaning:
      '`ERROR`, where every state may go, leads without a guard to a state that others reach only by one.',
  },
  'section/missing': { severity: error, meaning: 'A state lacks `# Description` or `# Prompt`.' },
  'section/empty': { severity: error, meaning: 'One of these sections has no text.' },
  'section/duplicate': faultTable['section/duplicate'],
  'section/unknown': {
    severity: error,
    meaning: 'A first-level heading is none of `# Description`, `# Prompt`, `# Transitions` and `# Tools`.',
  },
  'transition/unreadable': {
    severity: error,
    meaning: 'An item of `# Transitions` is no `STATE` or `STATE when GUARD`, or the section is no list.',
  },
  'transition/unknown-state': {
    severity: error,
    meaning: 'A transition leads to a state that the agent has not.',
  },
  'transition/guard': {
    severity: error,
    meaning: 'A guard cannot be read, or looks at something else than `data` and `visits.STATE`.',
  },
  'transition/duplicate': {
    severity: warning,
    meaning: 'A transition stands twice, or with a guard beside one to the same state without.',
  },
  'prompt/argument': {
    severity: error,
    meaning:
      '`arguments` of the front matter is no list of `{name, description, default}`, or names one twice.',
  },
  'prompt/placeholder': {
    severity: error,
    meaning: 'A placeholder is no declared argument, `data.KEY` or `knowledge.KEY`.',
  },
  'prompt/unused-argument': {
    severity: warning,
    meaning: 'The prompt never shows an argument that is declared.',
  },
  'tools/pattern': {
    severity: error,
    meaning: 'An item of `# Tools` is no pattern of tool names, or the section is no list.',
  },
  'include/missing': faultTable['include/missing'],
  'include/outside': {
    severity: error,
    meaning: 'The path of an include leaves the folder of the agent or is absolute.',
  },
  'include/circular': faultTable['include/circular'],
  'include/too-deep': faultTable['include/too-deep'],
  'include/too-large': {
    severity: error,
    meaning:
      'A file with its includes is larger than 262,144 characters or has more than 1,000 includes, or all states together are larger than 1 MiB.',
  },
  'page/too-intricate': faultTable['page/too-intricate'],
  'front-matter/invalid': faultTable['front-matter/invalid'],
  'front-matter/value': faultTable['front-matter/value'],
  'front-matter/unknown-key': faultTable['front-matter/unknown-key'],
} as const satisfies Record<string, FaultTraits>;

/** Every fault that reading an agent can find; `docs/reference/agent-format.md` is held equal to it. */
export const agentFaultTable: Readonly<Record<keyof typeof table, FaultTraits>> = table;

export const toAgentFault = faultsOf(table);
