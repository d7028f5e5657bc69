import { existsSync } from 'node:fs';
import { resolve } from 'node:path';
import { TuttiError } from '../../../core/kernel/errors.ts';
import { refuseOthers } from '../../../core/workflow/instance-kind.ts';
import { differencesOf } from '../../../core/workflow/rehearsal/difference.ts';
import { playGolden } from '../../../core/workflow/rehearsal/play.ts';
import { recollect, remembering } from '../../../core/workflow/rehearsal/recollection.ts';
import type { Recollection } from '../../../core/workflow/rehearsal/recollection.ts';
import { createTape } from '../../../core/workflow/rehearsal/tape.ts';
import type { Tape } from '../../../core/workflow/rehearsal/tape.ts';
import { createRehearsal } from '../../../rehearsal.ts';
import { tapePath, writeTape, writeText } from '../golden/golden-folder.ts';
import { goldenText } from '../golden/golden-text.ts';
import { pathText, valueText } from '../golden/tested-text.ts';
import { withApp } from '../session.ts';
import type { Session } from '../session.ts';
import { cleanLine } from '../text.ts';
import { readInstance } from './instances.ts';

export interface ToTestOptions {
  readonly out?: string;
  readonly name?: string;
  readonly force?: boolean;
}

interface Taken extends Recollection {
  readonly text: string;
  readonly tape: Tape;
  readonly workflow: string;
  /** What would differ if the file were played now. */
  readonly differences: readonly string[];
}

/** Writes a run as a golden file, to stdout or where `--out` says, with what its model answered beside it. */
export async function toTest(session: Session, id: string, options: ToTestOptions): Promise<void> {
  const { terminal } = session;
  const file = options.out === undefined ? undefined : checkedOut(options.out, options.force ?? false);
  const taken = await recall(session, id, options.name ?? `the run ${id}`);
  const written = file === undefined ? undefined : write(file, taken);
  if (terminal.json) {
    const { text: golden, masked, left, workflow, differences } = taken;
    terminal.answer({ workflow, ...written, masked, left, differences, golden }, () => '');
    return;
  }
  if (!written) terminal.line(taken.text.trimEnd());
  for (const note of notesOf(taken, written)) terminal.note(cleanLine(note));
}

interface Written {
  readonly file: string;
  /** Where the answers of a model stand, if it gave any. */
  readonly recording?: string;
}

function write(file: string, { text, tape }: Taken): Written {
  writeText(file, text);
  if (tape.calls.length === 0) return { file };
  const recording = tapePath(file);
  writeTape(recording, tape);
  return { file, recording };
}

function notesOf(
  { masked, left, tape, differences }: Taken,
  written: Written | undefined,
): readonly string[] {
  const { length: calls } = tape.calls;
  return [
    ...(written ? [`Wrote ${Object.values(written).join(' and ')}.`] : []),
    ...(masked.length > 0 ? [`Masked, since it looks like a secret: ${masked.join(', ')}.`] : []),
    ...left,
    ...(!written && calls > 0
      ? [`The model was asked ${calls} time(s): its answers are written beside the file, with --out.`]
      : []),
    ...(differences.length > 0 ? ['Played on the definition as it is now, it differs:', ...differences] : []),
  ];
}

async function recall(session: Session, id: string, name: string): Promise<Taken> {
  return await withApp(session, async (app, config) => {
    const { view, journal } = await readInstance(app, id);
    const { instance } = view;
    refuseOthers(instance);
    const rehearsal = createRehearsal(config);
    const workflow = await app.orchestrator.workflow(instance.workflow);
    const recollection = recollect({ name, journal, workflow });
    const { golden } = recollection;
    const tape = createTape();
    const stage = await rehearsal.stage(workflow.name, {
      ...(golden.deciders && { deciders: golden.deciders }),
      model: rehearsal.recording(remembering({ journal, workflow }), tape),
    });
    const played = await playGolden(stage, golden, 'stop');
    const differences = differencesOf(golden, played).map(
      ({ path, expected, found }) =>
        `${pathText(path)}: expected ${valueText(expected)}, found ${valueText(found)}`,
    );
    const head = headOf(recollection, {
      id,
      workflow: workflow.name,
      sameDefinition: workflow.hash === instance.definition,
    });
    return { ...recollection, text: goldenText(golden, head), tape, workflow: workflow.name, differences };
  });
}

interface Origin {
  readonly id: string;
  readonly workflow: string;
  readonly sameDefinition: boolean;
}

/** What whoever reads the file must know of where it comes from. */
function headOf(
  { golden, masked, left }: Recollection,
  { id, workflow, sameDefinition }: Origin,
): readonly string[] {
  return [
    `The run ${id} of ${workflow}: ${golden.steps.length} report(s), taken over from its journal`,
    'with all that was reported and every change of the context.',
    masked.length === 0
      ? 'Nothing in it was found to look like a secret. Read it before you share it.'
      : `Masked, since it looks like a secret: ${masked.map(cleanLine).join(', ')}. Read the rest before you share it.`,
    ...left,
    ...(sameDefinition ? [] : ['The definition has changed since the run.']),
  ];
}

function checkedOut(out: string, force: boolean): string {
  const file = resolve(out);
  if (!/\.ya?ml$/.test(file))
    throw new TuttiError('input/invalid-format', `--out: expected a file that ends in .yaml, found ${out}.`);
  if (!force && existsSync(file))
    throw new TuttiError(
      'input/invalid-format',
      `--out: ${out} is there already. Choose another name, or replace it with --force.`,
    );
  return file;
}
