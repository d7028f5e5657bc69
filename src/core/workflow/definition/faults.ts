import type { Fault, FaultEdit } from '../../kernel/fault.ts';

export interface FaultTraits {
  readonly severity: Fault['severity'];
  /** What it means, for `docs/reference/workflow-format.md`. */
  readonly meaning: string;
}

const error = 'error';
const warning = 'warning';

/** Every fault that reading or linting a definition can find; guidance has its own. */
const table = {
  'index/missing': { severity: error, meaning: 'The folder has no readable `index.md`.' },
  'index/no-steps': { severity: error, meaning: 'No list item begins with a link to a `.md` file.' },
  'index/too-many-steps': { severity: error, meaning: 'More than 500 steps.' },
  'step/name': {
    severity: error,
    meaning: 'The text of the link is empty, longer than 200 characters, or holds control characters.',
  },
  'step/duplicate': { severity: error, meaning: 'Two steps have the same name.' },
  'step/near-duplicate': {
    severity: warning,
    meaning: 'Two names differ only in case, spaces, `_` or `-`; guidance cannot tell them apart.',
  },
  'step/shared-file': { severity: warning, meaning: 'Two steps link to one file.' },
  'step/outside': {
    severity: error,
    meaning: 'The link of a step leaves the folder of the workflow, is absolute, or is an address.',
  },
  'step/missing': { severity: error, meaning: 'The file of a step is not there or cannot be read.' },
  'step/unlinked': {
    severity: warning,
    meaning: 'A file in `steps/` that no step links to and nothing includes.',
  },
  'step/reserved-name': {
    severity: warning,
    meaning: 'The name of a step looks like the end `FINISH`, or like the outcomes `stay` and `halt`.',
  },
  'step/unreachable': { severity: warning, meaning: 'No way leads from the first step to this one.' },
  'step/no-finish': { severity: warning, meaning: 'No way leads from this step to `FINISH`.' },
  'section/missing': {
    severity: error,
    meaning: 'A step lacks `# Orchestrator Guidance` or `# Client Instructions`.',
  },
  'section/empty': { severity: error, meaning: 'One of these sections has no text.' },
  'section/duplicate': { severity: warning, meaning: 'A section stands twice; only the first counts.' },
  'include/missing': { severity: error, meaning: 'An included file is not there or cannot be read.' },
  'include/outside': {
    severity: error,
    meaning: 'The path of an include leaves the folder of the workflow or is absolute.',
  },
  'include/circular': { severity: error, meaning: 'A file includes itself, directly or through others.' },
  'include/too-deep': { severity: error, meaning: 'Includes are nested more than 10 deep.' },
  'include/too-large': {
    severity: error,
    meaning:
      'A file with its includes is larger than 262,144 characters or has more than 1,000 includes, or all steps together are larger than 8 MiB.',
  },
  'page/too-intricate': {
    severity: error,
    meaning:
      'One paragraph has more than 1,000 marks, the page more than 4,000 list items, table rows and headings, quotes or lists are nested more than 64 deep or 128 columns far, or the front matter is larger than 64 KiB.',
  },
  'front-matter/invalid': { severity: error, meaning: 'The front matter is no readable YAML mapping.' },
  'front-matter/value': { severity: error, meaning: 'A front matter key has a value of the wrong kind.' },
  'front-matter/unknown-key': { severity: warning, meaning: 'A front matter key means nothing here.' },
  'placeholder/style': {
    severity: warning,
    meaning: 'Something looks like a placeholder but is written in a style that is never filled in.',
  },
  'placeholder/syntax': {
    severity: warning,
    meaning: 'A placeholder begins with `context` but is no path of names and indexes.',
  },
  'placeholder/unset': {
    severity: warning,
    meaning: 'A placeholder names a variable that the workflow mentions nowhere else.',
  },
} as const satisfies Record<string, FaultTraits>;

export type FaultCode = keyof typeof table;

/** Every code with its traits; `docs/reference/workflow-format.md` is held equal to it. */
export const faultTable: Readonly<Record<FaultCode, FaultTraits>> = table;

/** A line of a file of the workflow. */
export interface Place {
  readonly file: string;
  readonly line: number;
}

export interface Said {
  readonly message: string;
  readonly fix?: string;
  readonly edit?: FaultEdit | undefined;
}

/** Makes faults of the codes of a table. */
export function faultsOf<Code extends string>(
  traits: Readonly<Record<Code, FaultTraits>>,
): (code: Code, place: Place, said: Said) => Fault {
  return (code, { file, line }, { message, fix, edit }) => ({
    file,
    line,
    code,
    message,
    ...(fix === undefined ? {} : { fix }),
    ...(edit === undefined ? {} : { edit }),
    severity: traits[code].severity,
  });
}

export const toFault = faultsOf(table);

/** More than any author reads, few enough for any answer. */
const MAX_FAULTS = 500;

/** Each fault once, errors before warnings: a file that two steps include reports its faults once. */
export function distinctFaults(faults: readonly Fault[]): Fault[] {
  const seen = new Map<string, Fault>();
  const errors = faults.filter((fault) => fault.severity === 'error');
  for (const fault of [...errors, ...faults]) {
    const key = `${fault.file}\n${fault.line}\n${fault.code}\n${fault.message}`;
    if (seen.size < MAX_FAULTS && !seen.has(key)) seen.set(key, fault);
  }
  return [...seen.values()];
}
