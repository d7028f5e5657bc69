import type { Fault } from '../../../core/kernel/fault.ts';
import { TuttiError } from '../../../core/kernel/errors.ts';
import { aroundChanges, compareLines } from '../../../core/kernel/line-diff.ts';
import type { Orchestrator } from '../../../core/orchestrator.ts';
import type { FileChange } from '../../../core/workflow/authoring.ts';
import { suggestionText } from '../../../core/workflow/suggest.ts';
import type { Suggestion } from '../../../core/workflow/suggest.ts';
import { EXIT } from '../failure.ts';
import { faultLines, pasteable } from '../fault-lines.ts';
import { withApp, type Session } from '../session.ts';
import type { Terminal } from '../terminal.ts';
import { clean, cleanLine } from '../text.ts';

export interface LintOptions {
  readonly fix?: boolean;
  readonly dryRun?: boolean;
  readonly suggest?: boolean;
}

interface Linted {
  readonly workflow: string;
  readonly valid: boolean;
  readonly faults: readonly Fault[];
  readonly suggestions?: readonly Suggestion[];
  /** With `--fix`. */
  readonly changes?: readonly FileChange[];
  readonly mended?: readonly Fault[];
  readonly contracts?: readonly Suggestion[];
  /** Without `--fix`: how many faults it would mend. */
  readonly mendable?: number;
  /** Why a workflow was only looked at. */
  readonly kept?: string;
}

/** Lints the named workflows, or all, and mends what can be mended. Sets exit code 1 when one has errors. */
export async function lintWorkflows(
  session: Session,
  names: readonly string[],
  options: LintOptions,
): Promise<void> {
  const { terminal } = session;
  if (options.dryRun && !options.fix)
    throw new TuttiError('input/invalid-format', '--dry-run says what --fix would write. Give both.');
  const linted = await withApp(session, async ({ orchestrator }) => {
    const all = names.length > 0 ? names : (await orchestrator.listWorkflows()).map(({ name }) => name);
    const results: Linted[] = [];
    for (const workflow of all)
      results.push(
        options.fix
          ? await mended(orchestrator, workflow, { ...options, named: names.length > 0 })
          : await looked(orchestrator, workflow),
      );
    return results;
  });
  if (linted.some(({ valid }) => !valid)) process.exitCode = EXIT.failed;
  terminal.answer({ workflows: linted.map((each) => toJson(each)) }, () =>
    [
      ...linted.flatMap((each) => mendingLines(each, terminal, options)),
      ...(options.suggest ? linted.flatMap((each) => suggestionLines(each, terminal)) : []),
      faultLines(
        linted.map(({ workflow, faults }) => ({ name: workflow, faults })),
        'workflow',
        terminal,
      ),
      ...hint(linted, options),
    ].join('\n'),
  );
}

/** What is wrong, and how much of it `--fix` would mend: what one edit uncovers counts, what none can be made for does not. */
async function looked(orchestrator: Orchestrator, workflow: string): Promise<Linted> {
  const found = await orchestrator.validate({ workflow });
  if (!found.faults.some(({ edit }) => edit)) return { workflow, ...found };
  const { mended: gone } = await orchestrator.mend({ workflow, dryRun: true });
  return { workflow, ...found, mendable: gone.length };
}

/** A workflow that is served from elsewhere is mended only where nobody asked for it by name: then it is looked at, and left. */
async function mended(
  orchestrator: Orchestrator,
  workflow: string,
  { dryRun, suggest, named }: LintOptions & { readonly named: boolean },
): Promise<Linted> {
  try {
    const mending = await orchestrator.mend({
      workflow,
      ...(dryRun && { dryRun }),
      ...(suggest && { contracts: suggest }),
    });
    return { workflow, ...mending };
  } catch (error) {
    const isElsewhere = error instanceof TuttiError && error.code === 'definition/outside';
    if (named || !isElsewhere) throw error;
    return { workflow, ...(await orchestrator.validate({ workflow })), kept: error.message };
  }
}

function toJson({ changes, mendable: _mendable, ...rest }: Linted): object {
  return {
    ...rest,
    ...(changes && { changes: changes.map((change) => ({ file: change.file, diff: diffOf(change) })) }),
  };
}

function diffOf({ before, after }: FileChange): readonly string[] {
  return aroundChanges(compareLines(linesOf(before), linesOf(after)));
}

function linesOf(text: string): readonly string[] {
  return text.split(/\r\n?|\n/);
}

function mendingLines(
  { workflow, changes = [], mended: gone = [], contracts = [], kept }: Linted,
  { colors }: Terminal,
  { dryRun }: LintOptions,
): readonly string[] {
  if (kept !== undefined) return [colors.dim(cleanLine(kept))];
  if (changes.length === 0) return [];
  const diffs = changes.flatMap((change) => [
    colors.bold(cleanLine(`${workflow}/${change.file}`)),
    ...diffOf(change).map((line) => colored(clean(line), colors)),
  ]);
  const written = contracts.length > 0 ? ` and ${contracts.length} outcome(s) asked for` : '';
  const verb = dryRun ? 'would be mended' : 'mended';
  return [...diffs, `${cleanLine(workflow)}: ${gone.length} fault(s)${written} ${verb}`, ''];
}

function colored(line: string, { green, red, dim }: Terminal['colors']): string {
  if (line.startsWith('+')) return green(line);
  return line.startsWith('-') ? red(line) : dim(line);
}

function suggestionLines({ workflow, suggestions = [] }: Linted, { colors }: Terminal): readonly string[] {
  return suggestions.map(
    (suggestion) =>
      `${cleanLine(`${workflow}/${suggestion.file}`)}:${suggestion.line} ${colors.cyan('suggestion')} ` +
      `${cleanLine(suggestion.sentence)}\n${pasteable(suggestionText(suggestion))}`,
  );
}

function hint(linted: readonly Linted[], { suggest, fix }: LintOptions): readonly string[] {
  const open = linted.flatMap(({ suggestions = [] }) => suggestions).length;
  const mendable = fix ? 0 : linted.reduce((sum, each) => sum + (each.mendable ?? 0), 0);
  return [
    ...(mendable > 0 ? [`${mendable} can be mended: add --fix, with --dry-run to look first.`] : []),
    ...(open > 0 && !suggest
      ? [`${open} way(s) on are left to judgement without being asked for: add --suggest.`]
      : []),
  ];
}
