import type { Fault } from '../../../core/kernel/fault.ts';
import { EXIT } from '../failure.ts';
import { withApp, type Session } from '../session.ts';
import type { Terminal } from '../terminal.ts';
import { cleanLine } from '../text.ts';

interface Linted {
  readonly workflow: string;
  readonly valid: boolean;
  readonly faults: readonly Fault[];
}

/** Lints the named workflows, or all. Sets exit code 1 when one has errors. */
export async function lintWorkflows(session: Session, names: readonly string[]): Promise<void> {
  const { terminal } = session;
  const linted = await withApp(session, async ({ orchestrator }) => {
    const all = names.length > 0 ? names : (await orchestrator.listWorkflows()).map(({ name }) => name);
    const results: Linted[] = [];
    for (const workflow of all) results.push({ workflow, ...(await orchestrator.validate({ workflow })) });
    return results;
  });
  if (linted.some(({ valid }) => !valid)) process.exitCode = EXIT.failed;
  terminal.answer({ workflows: linted }, () => toText(linted, terminal));
}

function toText(linted: readonly Linted[], { colors }: Terminal): string {
  const lines = linted.flatMap(({ workflow, faults }) =>
    faults.map(({ file, line, severity, code, message, fix }) => {
      const level = severity === 'error' ? colors.red(severity) : colors.yellow(severity);
      const remedy = fix ? `\n    fix: ${cleanLine(fix)}` : '';
      return `${cleanLine(`${workflow}/${file}`)}:${line} ${level} ${code} ${cleanLine(message)}${remedy}`;
    }),
  );
  const faults = linted.flatMap((each) => each.faults);
  const errors = faults.filter(({ severity }) => severity === 'error').length;
  return [
    ...lines,
    `${linted.length} workflow(s), ${errors} error(s), ${faults.length - errors} warning(s)`,
  ].join('\n');
}
