import type { App } from '../../../app.ts';
import { TuttiError } from '../../../core/kernel/errors.ts';
import type { Directive } from '../../../core/workflow/directive.ts';
import { directiveText, outcomeLines } from '../directive-text.ts';
import { EXIT } from '../failure.ts';
import { parseJsonObject } from '../json-argument.ts';
import { createPrompt, type Prompt } from '../prompt.ts';
import { askReport, type Answer } from '../report-dialog.ts';
import { withApp, type Session } from '../session.ts';

export interface RunOptions {
  readonly context?: string;
  readonly resume?: string;
}

/** Plays the client of a workflow until it ends or the answers do. */
export async function run(
  session: Session,
  workflow: string | undefined,
  options: RunOptions,
): Promise<void> {
  if ((workflow === undefined) === (options.resume === undefined)) {
    throw new TuttiError(
      'input/missing-field',
      'Name a workflow to start, or an instance with --resume; not both.',
    );
  }
  const context = options.context === undefined ? undefined : parseJsonObject(options.context, '--context');
  const last = await withApp(session, async (app) => {
    const directive = options.resume
      ? await resume(app, options.resume)
      : await app.orchestrator.start(app.caller, { workflow: workflow ?? '', ...(context && { context }) });
    const prompt = createPrompt(session.terminal.interactive);
    try {
      return await play({ app, session, prompt }, directive);
    } finally {
      prompt.close();
    }
  });
  conclude(session, last);
}

async function resume({ orchestrator, caller }: App, instanceId: string): Promise<Directive> {
  const { instance } = await orchestrator.status(caller, instanceId);
  return orchestrator.resume(caller, { instanceId, assumedStep: instance.step });
}

interface Stage {
  readonly app: App;
  readonly session: Session;
  readonly prompt: Prompt;
}

async function play({ app, session, prompt }: Stage, first: Directive): Promise<Directive> {
  const { terminal } = session;
  let directive = first;
  show(session, directive);
  while (!hasEnded(directive) && !directive.decisionRequired?.person) {
    if (!terminal.json) for (const line of outcomeLines(directive, terminal)) terminal.line(line);
    try {
      const answer = await askReport(directive, prompt, terminal.json);
      if (!answer) return directive;
      directive = await advance(app, directive, answer);
      show(session, directive);
    } catch (error) {
      if (!isCorrectable(error)) throw error;
      terminal.note(`tutti: ${error.message} [${error.code}]`);
    }
  }
  return directive;
}

function advance(
  app: App,
  { instanceId, token }: Directive,
  { report, contextUpdates }: Answer,
): Promise<Directive> {
  return app.orchestrator.advance(app.caller, {
    instanceId,
    ...(token !== undefined && { token }),
    report,
    ...(contextUpdates && { contextUpdates }),
  });
}

function show({ terminal }: Session, directive: Directive): void {
  if (terminal.json) terminal.line(JSON.stringify(directive));
  else terminal.line(`\n${directiveText(directive, terminal)}`);
}

function hasEnded({ status }: Directive): boolean {
  return status === 'COMPLETED' || status === 'FAILED' || status === 'CANCELLED';
}

/** An answer that another answer can put right. */
function isCorrectable(error: unknown): error is TuttiError {
  return (
    error instanceof TuttiError && (error.code.startsWith('outcome/') || error.code.startsWith('input/'))
  );
}

function conclude({ terminal }: Session, { instanceId, status, next, decisionRequired }: Directive): void {
  if (status === 'COMPLETED') return;
  process.exitCode = EXIT.failed;
  if (decisionRequired?.person)
    terminal.note(`\ntutti: a person is asked. Answer with: tutti instances decide ${instanceId}`);
  if (status === 'RUNNING' || status === 'SUSPENDED') {
    terminal.note(`\ntutti: left at "${next.step}". Go on with: tutti run --resume ${instanceId}`);
  }
}
