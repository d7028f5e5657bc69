import type { StepChange } from '../../../core/workflow/lifecycle.ts';
import { directiveText } from '../directive-text.ts';
import { createPrompt } from '../prompt.ts';
import { withApp, type Session } from '../session.ts';
import type { Terminal } from '../terminal.ts';
import { clean, cleanLine } from '../text.ts';

export interface UpgradeOptions {
  readonly dryRun?: boolean;
  readonly yes?: boolean;
}

/** Shows what a newer definition changes, and binds the instance to it once that is agreed. */
export async function upgradeInstance(
  session: Session,
  id: string,
  { dryRun, yes }: UpgradeOptions,
): Promise<void> {
  const { terminal } = session;
  await withApp(session, async ({ orchestrator, caller }) => {
    const proposed = await orchestrator.upgrade(caller, { instanceId: id, dryRun: true });
    const isCurrent = proposed.from === proposed.to;
    if (!terminal.json)
      terminal.line(
        isCurrent ? 'The instance has the newest definition.' : changesText(proposed.changes, terminal),
      );
    const agreed = !isCurrent && !dryRun && (yes || (await agree(terminal)));
    const upgrade = agreed ? await orchestrator.upgrade(caller, { instanceId: id }) : proposed;
    if (terminal.json) terminal.answer({ ...upgrade, upgraded: agreed }, () => '');
    else if (upgrade.directive) terminal.line(`\n${directiveText(upgrade.directive, terminal)}`);
    else if (!isCurrent) terminal.line('Nothing was changed. `--yes` makes the change without asking.');
  });
}

async function agree(terminal: Terminal): Promise<boolean> {
  if (!terminal.interactive) return false;
  const prompt = createPrompt(true);
  try {
    return /^y(es)?$/i.test((await prompt.ask('Upgrade? (y/N) ')) ?? '');
  } finally {
    prompt.close();
  }
}

function changesText(changes: readonly StepChange[], { colors }: Terminal): string {
  if (changes.length === 0) return 'The steps are the same; only texts around them differ.';
  return changes
    .flatMap(({ step, change, before, after }) => [
      colors.bold(`${change}: ${cleanLine(step)}`),
      ...changedLines(before, after).map((line) =>
        line.startsWith('+') ? colors.green(line) : colors.red(line),
      ),
    ])
    .join('\n');
}

/** Lines that only one side has, as a reader's diff: removed ones first, in order. */
function changedLines(before: string, after: string): readonly string[] {
  const old = clean(before).split('\n');
  const now = clean(after).split('\n');
  const oldSet = new Set(old);
  const nowSet = new Set(now);
  return [
    ...old.filter((line) => line.trim() && !nowSet.has(line)).map((line) => `- ${line}`),
    ...now.filter((line) => line.trim() && !oldSet.has(line)).map((line) => `+ ${line}`),
  ];
}
