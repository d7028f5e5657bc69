import type { Fault } from '../../../core/kernel/fault.ts';
import { EXIT } from '../failure.ts';
import { faultLines } from '../fault-lines.ts';
import { withApp, type Session } from '../session.ts';

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
  terminal.answer({ workflows: linted }, () =>
    faultLines(
      linted.map(({ workflow, faults }) => ({ name: workflow, faults })),
      'workflow',
      terminal,
    ),
  );
}
