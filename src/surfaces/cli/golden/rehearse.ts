import { basename, join } from 'node:path';
import type { Fault } from '../../../core/kernel/fault.ts';
import type { Model } from '../../../core/ports/model.ts';
import type { Coverage } from '../../../core/workflow/rehearsal/coverage.ts';
import { coverageOf } from '../../../core/workflow/rehearsal/coverage.ts';
import { differencesOf } from '../../../core/workflow/rehearsal/difference.ts';
import type { Difference } from '../../../core/workflow/rehearsal/difference.ts';
import { redecided } from '../../../core/workflow/rehearsal/drift.ts';
import type { Redecided } from '../../../core/workflow/rehearsal/drift.ts';
import { playGolden } from '../../../core/workflow/rehearsal/play.ts';
import type { AfterDifference, Played } from '../../../core/workflow/rehearsal/play.ts';
import type { Move } from '../../../core/workflow/rehearsal/stage.ts';
import { createTape } from '../../../core/workflow/rehearsal/tape.ts';
import type { Tape } from '../../../core/workflow/rehearsal/tape.ts';
import type { Workflow } from '../../../core/workflow/workflow.ts';
import type { Rehearsal } from '../../../rehearsal.ts';
import {
  goldenFiles,
  GOLDEN_FOLDER,
  readGolden,
  readTape,
  tapePath,
  troubleWith,
  writeTape,
  writeText,
} from './golden-folder.ts';
import { parseGolden } from './golden-file.ts';
import type { GoldenFile } from './golden-file.ts';
import { updatedText } from './golden-update.ts';

/** What is to be done with the golden files. */
export interface Plan {
  readonly rehearsal: Rehearsal;
  /** Asked instead of a recording. */
  readonly model?: Model | undefined;
  /** Keep what the model answers. */
  readonly record?: boolean;
  /** Write what was found into the files. */
  readonly update?: boolean;
  /** Decide every report where it was once decided. */
  readonly drift?: boolean;
}

/** One golden file, played. */
export interface Tested {
  /** Within the workflow's folder. */
  readonly file: string;
  readonly name: string;
  readonly faults: readonly Fault[];
  readonly differences: readonly (Difference & { readonly line: number })[];
  readonly decisions: readonly (Redecided & { readonly line: number })[];
  readonly updated: boolean;
  /** It was to be updated and was left alone: a model gave no answer. */
  readonly withheld: boolean;
  /** Calls of a model that were kept. */
  readonly recorded: number;
  readonly played: Played | undefined;
}

/** One workflow, its golden files played. */
export interface TestedWorkflow {
  readonly workflow: string;
  /** Why it could not be started at all. */
  readonly faults: readonly Fault[];
  readonly tests: readonly Tested[];
  readonly coverage: Coverage | undefined;
}

/** Plays the golden files of a workflow. @throws TuttiError `definition/not-found` where there is no such workflow. */
export async function rehearseWorkflow(name: string, plan: Plan): Promise<TestedWorkflow> {
  const { rehearsal } = plan;
  const definition = await rehearsal.get(name);
  if (definition?.faults)
    return { workflow: name, faults: definition.faults, tests: [], coverage: undefined };
  const workflow = await rehearsal.startable(name);
  const folder = (await rehearsal.folderOf(name)) ?? '';
  let files: readonly string[];
  try {
    files = goldenFiles(folder);
  } catch (error) {
    return { workflow: name, faults: [faultOf(GOLDEN_FOLDER, error)], tests: [], coverage: undefined };
  }
  const tests = await Promise.all(
    files.map(async (file) => await rehearse(workflow, join(folder, GOLDEN_FOLDER, file), plan)),
  );
  const moves = tests.flatMap(({ played }) => played?.moves ?? []);
  return { workflow: name, faults: [], tests, coverage: coverageOf(workflow, moves) };
}

async function rehearse(workflow: Workflow, path: string, plan: Plan): Promise<Tested> {
  const file = `${GOLDEN_FOLDER}/${basename(path)}`;
  const untold = {
    file,
    differences: [],
    decisions: [],
    updated: false,
    withheld: false,
    recorded: 0,
    played: undefined,
  };
  let name = basename(path);
  try {
    const golden = parseGolden(readGolden(path), file);
    if ('faults' in golden) return { ...untold, name, faults: golden.faults };
    ({ name } = golden.golden);
    return { ...untold, name, faults: [], ...(await perform(workflow, { path, golden }, plan)) };
  } catch (error) {
    return { ...untold, name, faults: [faultOf(file, error)] };
  }
}

function faultOf(file: string, error: unknown): Fault {
  return { file, line: 1, severity: 'error', ...troubleWith(error) };
}

type Performed = Omit<Tested, 'file' | 'name' | 'faults'>;

interface Read {
  readonly path: string;
  readonly golden: GoldenFile;
}

async function perform(workflow: Workflow, { path, golden: file }: Read, plan: Plan): Promise<Performed> {
  const { golden } = file;
  const { record = false, update = false, drift = false } = plan;
  const deciders = golden.deciders ?? workflow.deciders;
  const tape = record ? createTape() : readTape(tapePath(path));
  const stage = await plan.rehearsal.stage(workflow.name, {
    deciders,
    ...(deciders.includes('model') && { model: modelFor(plan, tape) }),
  });
  const played = await playGolden(stage, golden, afterDifference({ update, drift }));
  const reasons = drift ? await recorded(played, plan.rehearsal.replaying(tape)) : NO_REASONS;
  // What follows where nobody answered is nothing to expect from now on.
  const isAnswered = wasAnswered(played);
  const kept = isAnswered ? written({ path, golden: file }, { update, record, played, tape }) : UNWRITTEN;
  return {
    ...judged(file, played, { update, drift, reasons }),
    ...kept,
    withheld: update && !isAnswered,
    played,
  };
}

const UNWRITTEN = { updated: false, recorded: 0 } as const;

interface Found {
  readonly update: boolean;
  readonly record: boolean;
  readonly played: Played;
  readonly tape: Tape;
}

function written(
  { path, golden }: Read,
  { update, record, played, tape }: Found,
): Pick<Tested, 'updated' | 'recorded'> {
  return { updated: update && rewrite(path, golden, played), recorded: record ? keep(path, tape) : 0 };
}

type Reasons = ReadonlyMap<Move, string>;
const NO_REASONS: Reasons = new Map();

/** What the model said when it was recorded, of questions that are still the same. */
async function recorded({ moves }: Played, tape: Model): Promise<Reasons> {
  const reasons = new Map<Move, string>();
  for (const move of moves) {
    const answer = move.asked && (await tape.choose(move.asked).catch(() => undefined));
    if (answer) reasons.set(move, answer.because);
  }
  return reasons;
}

function modelFor({ rehearsal, model, record }: Plan, tape: Tape): Model {
  if (!model) return rehearsal.replaying(tape);
  return record ? rehearsal.recording(model, tape) : model;
}

/** What was taken over differs no more; a model that gave no answer is a fault all the same. */
function judged(
  { golden, lineOf }: GoldenFile,
  played: Played,
  {
    update,
    drift,
    reasons,
  }: { readonly update: boolean; readonly drift: boolean; readonly reasons: Reasons },
): Pick<Tested, 'differences' | 'decisions'> {
  const differences = drift ? [] : differencesOf(golden, played);
  const standing = update ? differences.filter(({ what }) => what === 'model') : differences;
  const decisions = drift ? redecided(golden, played, (move) => reasons.get(move)) : [];
  return {
    differences: standing.map((each) => Object.assign({ line: lineOf(each.path) }, each)),
    decisions: decisions.map((each) => Object.assign({ line: lineOf(['steps', each.index]) }, each)),
  };
}

/** @returns whether there was anything to write. */
function rewrite(path: string, file: GoldenFile, played: Played): boolean {
  const text = updatedText(file, played);
  if (text !== file.text) writeText(path, text);
  return text !== file.text;
}

/** Whether every question to a model had an answer. */
function wasAnswered({ moves }: Played): boolean {
  return moves.every(({ unanswered }) => unanswered === undefined);
}

/** A recording is kept whole or not at all. @returns how many calls were. */
function keep(path: string, tape: Tape): number {
  if (tape.calls.length === 0) return 0;
  writeTape(tapePath(path), tape);
  return tape.calls.length;
}

function afterDifference({
  update,
  drift,
}: {
  readonly update: boolean;
  readonly drift: boolean;
}): AfterDifference {
  if (drift) return 'expected';
  return update ? 'go' : 'stop';
}

/** Whether everything is as the golden files expect. */
export function hasPassed({ faults, differences, decisions }: Omit<Tested, 'played'>): boolean {
  return faults.length === 0 && differences.length === 0 && decisions.every(({ differs }) => !differs);
}
