import { FINISH } from '../../kernel/instance.ts';
import type { Target } from '../../kernel/instance.ts';
import type { Fault, FaultEdit } from '../../kernel/fault.ts';
import type { Naming } from './action.ts';
import type { GuidanceSource } from './guidance.ts';
import { misspelt, quotedName } from './misspelling.ts';
import { canonicalName } from './name.ts';
import type { Reading } from './reading.ts';
import type { Targets } from './target.ts';

interface Warning {
  readonly line: number;
  readonly code: string;
  readonly message: string;
  readonly fix?: string;
  readonly edit?: FaultEdit;
}

/** What an author should know about prose: names that fit no step, sentences that are left to judgement. */
export function lintGuidance(source: GuidanceSource, reading: Reading, targets: Targets): readonly Fault[] {
  const warnings = [
    ...reading.names.flatMap((naming) => lintName(naming, targets)),
    ...reading.opaque.filter(({ leads }) => leads || !isWritten(source)).map((each) => judgement(each)),
    ...lintWayOn(source, reading, targets),
  ];
  return warnings.map((warning): Fault =>
    Object.assign({ file: source.file, severity: 'warning' as const }, warning),
  );
}

function lintName(
  { written, to, fuzzy, line }: Naming & { readonly line: number },
  targets: Targets,
): readonly Warning[] {
  const quoted = JSON.stringify(written);
  if (to === undefined && targets.isAmbiguous(written.replaceAll(/^["'`]+|["'`]+$/g, '')))
    return [
      {
        line,
        code: 'target/ambiguous',
        message: `Several steps answer to ${quoted}.`,
        fix: 'Write the name letter for letter.',
      },
    ];
  if (to === undefined) {
    const message = `No step is called ${quoted}.`;
    return [{ line, code: 'target/dangling', message, ...danglingFix(written, targets) }];
  }
  if (fuzzy) {
    const name = to.kind === 'step' ? to.step : (targets.steps[targets.index]?.name ?? '');
    return [
      {
        line,
        code: 'target/fuzzy',
        message: `${quoted} is no step's name; it was taken for "${name}".`,
        fix: `Write "${name}".`,
        ...renaming(written, name),
      },
    ];
  }
  if (isEnd(to) || canonicalName(written) !== 'finish') return [];
  return [
    {
      line,
      code: 'finish/ambiguous',
      message: `${quoted} was taken for the step of that name.`,
      fix: 'Write FINISH for the end of the workflow, or give the step another name.',
    },
  ];
}

function danglingFix(written: string, targets: Targets): Pick<Warning, 'fix' | 'edit'> {
  const meant = misspelt(written.replaceAll(/^["'`]+|["'`]+$/g, ''), targets.steps);
  if (meant !== undefined) return { fix: `Write "${meant}".`, ...renaming(written, meant) };
  const nearest = targets.nearest(written);
  return nearest === undefined ? {} : { fix: `Did you mean "${nearest}"?` };
}

function renaming(written: string, name: string): Pick<Warning, 'edit'> {
  const to = quotedName(name, written);
  return to === undefined ? {} : { edit: { from: written, to } };
}

/** A step called FINISH is the end, and no other. */
function isEnd(to: Target): boolean {
  return to.kind === 'finish' || (to.kind === 'step' && to.step === FINISH);
}

function judgement({ text, line }: { readonly text: string; readonly line: number }): Warning {
  const message = `Not understood word by word, so it is left to the client, a model or a person: ${JSON.stringify(text.slice(0, 120))}.`;
  return {
    line,
    code: 'guidance/judgement',
    message,
    fix: 'If it is a rule, write it under "# Transitions": - `condition -> step`. If it only explains, write it under a heading such as "# Notes".',
  };
}

/** Where the rules stand elsewhere, prose that names no way on explains them. */
function isWritten({ transitions, frontMatter }: GuidanceSource): boolean {
  return transitions !== undefined || frontMatter !== undefined;
}

function lintWayOn(source: GuidanceSource, reading: Reading, targets: Targets): readonly Warning[] {
  const isLast = targets.index === targets.steps.length - 1;
  if (reading.ways.length > 0 || isLast || isWritten(source)) return [];
  const message = `The guidance of "${source.step}" names no way on; after a success the next step in order is taken.`;
  return [
    {
      line: source.guidance[0]?.line ?? 1,
      code: 'guidance/no-transition',
      message,
      fix: 'Say where to go, such as: Proceed to "…".',
    },
  ];
}
