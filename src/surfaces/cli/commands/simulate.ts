import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { TuttiError } from '../../../core/kernel/errors.ts';
import type { Directive } from '../../../core/workflow/directive.ts';
import { UNDECIDED } from '../../../core/workflow/rehearsal/golden.ts';
import type { Golden, GoldenStep } from '../../../core/workflow/rehearsal/golden.ts';
import type { Move, Said, Stage } from '../../../core/workflow/rehearsal/stage.ts';
import type { Tape } from '../../../core/workflow/rehearsal/tape.ts';
import { createRehearsal } from '../../../rehearsal.ts';
import { directiveText, outcomeLines } from '../directive-text.ts';
import { EXIT } from '../failure.ts';
import { parseSteps } from '../golden/golden-file.ts';
import { readTape, tapePath } from '../golden/golden-folder.ts';
import { parseJsonObject } from '../json-argument.ts';
import { createPrompt } from '../prompt.ts';
import { askReport, parseAnswer } from '../report-dialog.ts';
import { sessionConfig } from '../session.ts';
import type { Session } from '../session.ts';
import type { Terminal } from '../terminal.ts';
import { cleanLine, wrap } from '../text.ts';

export interface SimulateOptions {
  readonly script?: string;
  readonly context?: string;
  readonly dir?: string;
}

/** Walks a workflow with nothing kept and nobody called: by a script of reports, or asking for each. */
export async function simulate(session: Session, name: string, options: SimulateOptions): Promise<void> {
  const said = options.script === undefined ? undefined : readScript(options.script);
  const given = options.context === undefined ? said?.context : parseJsonObject(options.context, '--context');
  const stage = await open(session, name, { ...options, said });
  const started = await stage.start(given);
  const { moves, stopped } = said
    ? await playScript({ session, stage, started }, said.steps)
    : { moves: await playDialog({ session, stage, started }), stopped: undefined };
  if (stopped !== undefined) session.terminal.note(`tutti: ${cleanLine(stopped)}`);
  if (stopped !== undefined || moves.some(isRefused)) process.exitCode = EXIT.failed;
  if (session.terminal.json && said) await conclude({ session, stage, started }, { moves, stopped });
}

async function open(
  session: Session,
  name: string,
  { dir, said }: Pick<SimulateOptions, 'dir'> & { readonly said: Script | undefined },
): Promise<Stage> {
  const rehearsal = createRehearsal(sessionConfig(session), dir === undefined ? undefined : resolve(dir));
  return await rehearsal.stage(name, {
    ...(said?.deciders && { deciders: said.deciders }),
    ...(said?.tape && { model: rehearsal.replaying(said.tape) }),
  });
}

async function conclude({ session, stage, started }: Walk, { moves, stopped }: Walked): Promise<void> {
  const { status, context } = await stage.instance();
  const told = {
    workflow: stage.workflow.name,
    start: started.next.step,
    moves: moves.map(toJson),
    status,
    context,
    ...(stopped !== undefined && { stopped }),
  };
  session.terminal.answer(told, () => '');
}

interface Walked {
  readonly moves: readonly Move[];
  /** Why not all of the script was played. */
  readonly stopped: string | undefined;
}

interface Walk {
  readonly session: Session;
  readonly stage: Stage;
  readonly started: Directive;
}

async function playScript(
  { session: { terminal }, stage, started }: Walk,
  steps: Script['steps'],
): Promise<Walked> {
  const moves: Move[] = [];
  if (!terminal.json) terminal.line(directiveText(started, terminal));
  for (const [at, step] of steps.entries()) {
    const { report, contextUpdates } = step;
    const said: Said = { report, ...(contextUpdates && { contextUpdates }) };
    const move = await stage.advance(said);
    moves.push(move);
    if (!terminal.json) terminal.line(`\n${moveText(move, said, terminal)}`);
    const next = steps[at + 1];
    const reason = next && barring(step, move, next);
    if (reason !== undefined)
      return { moves, stopped: `Report ${at + 2} of ${steps.length} was not played: ${reason}` };
  }
  return { moves, stopped: undefined };
}

/** Why the next report of a script would be played at another step than it is for. */
function barring(step: Script['steps'][number], move: Move, next: Said): string | undefined {
  const model = move.unanswered === undefined ? '' : ` ${move.unanswered}`;
  if (step.expect !== undefined)
    return step.expect === move.to
      ? undefined
      : `"${move.from}" was expected to lead to "${step.expect}" and led to "${move.to}".${model}`;
  return move.to === UNDECIDED && next.report.outcome === undefined
    ? `at "${move.from}" a decision is required first; expected a report with an outcome.${model}`
    : undefined;
}

async function playDialog({ session: { terminal }, stage, started }: Walk): Promise<readonly Move[]> {
  const prompt = createPrompt(terminal.interactive);
  const moves: Move[] = [];
  try {
    show(terminal, started);
    for (let directive = started; !hasEnded(directive);) {
      if (!terminal.json) for (const line of outcomeLines(directive, terminal)) terminal.line(line);
      const answer = await askReport(directive, prompt, terminal.json);
      if (!answer) break;
      const move = await stage.advance(answer);
      moves.push(move);
      ({ directive } = move);
      if (isRefused(move)) terminal.note(`tutti: ${cleanLine(move.because)} [${move.to}]`);
      else show(terminal, directive);
    }
  } finally {
    prompt.close();
  }
  return moves;
}

function show(terminal: Terminal, directive: Directive): void {
  if (terminal.json) terminal.line(JSON.stringify(directive));
  else terminal.line(`\n${directiveText(directive, terminal)}`);
}

function moveText(move: Move, { report, contextUpdates }: Said, terminal: Terminal): string {
  const { bold, dim, red } = terminal.colors;
  const updates = contextUpdates ? ` ${JSON.stringify(contextUpdates)}` : '';
  const said = wrap(cleanLine(`reported ${JSON.stringify(report)}${updates}`), terminal.width);
  if (isRefused(move))
    return [dim(said), red(wrap(`${move.to}: ${cleanLine(move.because)}`, terminal.width))].join('\n');
  const way = bold(cleanLine(`${move.from} → ${move.to}`));
  return [dim(said), way, directiveText(move.directive, terminal)].join('\n');
}

/** A directive came of everything but a refusal, and only a refusal has a reason and nobody who decided. */
function isRefused({ by, because }: Move): boolean {
  return by === undefined && because !== '';
}

function hasEnded({ status }: Directive): boolean {
  return status === 'COMPLETED' || status === 'FAILED' || status === 'CANCELLED';
}

function toJson({ from, to, by, because, status, context }: Move): object {
  return { from, to, ...(by && { by }), ...(because && { because }), status, context };
}

interface Script extends Pick<Golden, 'context' | 'deciders'> {
  readonly steps: readonly (Said & Pick<GoldenStep, 'expect'>)[];
  /** What a model answered, as it stands beside a golden file. */
  readonly tape?: Tape;
}

/** Lines of JSON as `tutti run --json` takes them, or YAML: steps as in a golden file, or the file itself. */
function readScript(file: string): Script {
  const text = readText(file);
  if (/\.(?:jsonl|ndjson)$/.test(file)) {
    const lines = text.split('\n').map((line, at) => ({ line: line.trim(), at: at + 1 }));
    return {
      steps: lines
        .filter(({ line }) => line !== '')
        .map(({ line, at }) => parseAnswer(line, `${file}:${at}`)),
    };
  }
  const parsed = parseSteps(text, file);
  const path = tapePath(file);
  if (!('faults' in parsed)) return { ...parsed, ...(path !== file && { tape: readTape(path) }) };
  const [first] = parsed.faults;
  throw new TuttiError('input/invalid-format', `${first?.file}:${first?.line}: ${first?.message}`, {
    data: { faults: parsed.faults },
  });
}

function readText(file: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch (cause) {
    throw new TuttiError(
      'input/invalid-format',
      `--script: ${file} cannot be read. Name a file of reports.`,
      {
        cause,
      },
    );
  }
}
