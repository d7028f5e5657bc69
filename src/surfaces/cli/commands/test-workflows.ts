import { resolve } from 'node:path';
import type { Config } from '../../../config.ts';
import { TuttiError } from '../../../core/kernel/errors.ts';
import type { Model } from '../../../core/ports/model.ts';
import { onAccountOf } from '../../../core/workflow/rehearsal/account.ts';
import { createRehearsal } from '../../../rehearsal.ts';
import { EXIT, inCommands } from '../failure.ts';
import { troubleWith, writeText } from '../golden/golden-folder.ts';
import { junitXml } from '../golden/junit.ts';
import type { Uncovered } from '../golden/junit.ts';
import { hasPassed, rehearseWorkflow } from '../golden/rehearse.ts';
import type { Tested, TestedWorkflow } from '../golden/rehearse.ts';
import { pathText, shownPercent, testedText } from '../golden/tested-text.ts';
import { readConfig, sessionConfig, withApp } from '../session.ts';
import type { Session } from '../session.ts';
import { cleanLine } from '../text.ts';

export interface TestOptions {
  readonly dir?: string;
  readonly minCoverage?: number;
  readonly junit?: string;
  readonly update?: boolean;
  readonly record?: boolean;
  readonly drift?: boolean;
}

/** Plays the golden files of the named workflows, or of all. Sets exit code 1 when one fails. */
export async function testWorkflows(
  session: Session,
  names: readonly string[],
  options: TestOptions,
): Promise<void> {
  const asks = options.record || options.drift;
  const tested =
    asks && readConfig(session.globals, 'warn').model
      ? await withApp(
          session,
          async ({ model, caller: { owner } }, config) =>
            await play(config, names, { ...options, model: model && onAccountOf({ owner }, model) }),
        )
      : await play(sessionConfig(session), names, options);
  conclude(session, tested, options);
}

async function play(
  config: Config,
  names: readonly string[],
  { dir, record, update, drift, model }: TestOptions & { readonly model?: Model | undefined },
): Promise<readonly TestedWorkflow[]> {
  if (record) requireModel(config, model);
  const rehearsal = createRehearsal(config, dir === undefined ? undefined : resolve(dir));
  const all = names.length > 0 ? names : await rehearsal.names();
  if (all.length === 0) throw new TuttiError('definition/not-found', inCommands(await rehearsal.emptiness()));
  const plan = {
    rehearsal,
    model,
    ...(record && { record }),
    ...(update && { update }),
    ...(drift && { drift }),
  };
  const tested: TestedWorkflow[] = [];
  for (const name of new Set(all)) tested.push(await rehearseWorkflow(name, plan));
  return tested;
}

/** @throws TuttiError `config/invalid`. */
function requireModel(config: Config, model: Model | undefined): void {
  const isStub = config.model?.kind === 'stub';
  if (model && !isStub) return;
  const found = isStub
    ? 'what is configured (USE_STUB_AI_CLIENT, or "kind": "stub") answers without reading'
    : 'none is configured';
  throw new TuttiError(
    'config/invalid',
    `Recording asks a model, and ${found}. Configure one under "model", or leave --record out.`,
  );
}

function conclude({ terminal }: Session, tested: readonly TestedWorkflow[], options: TestOptions): void {
  const tests = tested.flatMap((each) => each.tests);
  const uncovered = tested.flatMap((each) => lacking(each, options.minCoverage));
  const failed = tests.filter((test) => !hasPassed(test)).length;
  const unplayed = tests.filter(({ faults }) => faults.length > 0).length;
  const passed =
    failed === 0 &&
    uncovered.length === 0 &&
    tests.length > 0 &&
    tested.every(({ faults }) => faults.length === 0);
  if (!passed) process.exitCode = EXIT.failed;
  const answer = {
    passed,
    tests: tests.length,
    failed,
    workflows: tested.map((each) => toJson(each, options)),
    uncovered,
  };
  terminal.answer(answer, () =>
    [
      ...tested.map((each) => testedText(each, terminal)),
      ...uncovered.map(({ message }) => terminal.colors.red(cleanLine(message))),
      summary({ tests: tests.length, failed, unplayed, workflows: tested.length }, options),
    ].join('\n'),
  );
  if (options.junit !== undefined) writeJunit(terminal, options.junit, junitXml(tested, uncovered));
}

/** The result stands, whatever becomes of the file. */
function writeJunit(terminal: Session['terminal'], path: string, xml: string): void {
  try {
    writeText(resolve(path), xml);
  } catch (error) {
    process.exitCode = EXIT.failed;
    const { message } = troubleWith(error);
    terminal.note(`tutti: --junit ${cleanLine(path)} was not written: ${cleanLine(message)} Name a file.`);
  }
}

interface Counted {
  readonly tests: number;
  readonly failed: number;
  /** Of those that failed. */
  readonly unplayed: number;
  readonly workflows: number;
}

function summary({ tests, failed, unplayed, workflows }: Counted, { drift }: TestOptions): string {
  if (tests === 0)
    return 'There is no golden file: write tests/NAME.yaml beside a workflow, or see `tutti instances to-test`.';
  const apart = unplayed > 0 ? `, ${unplayed} that could not be played` : '';
  const outcome = drift ? `${failed - unplayed} with decisions that differ now${apart}` : `${failed} failed`;
  return `${workflows} workflow(s), ${tests} golden file(s), ${outcome}`;
}

function lacking({ workflow, coverage }: TestedWorkflow, least: number | undefined): readonly Uncovered[] {
  const percent = coverage?.percent ?? 0;
  if (least === undefined || !coverage || percent >= least) return [];
  const message = `${workflow}: ${shownPercent(percent)} % of the transitions are taken, expected at least ${least} %.`;
  return [{ workflow, message }];
}

function toJson({ workflow, faults, tests, coverage }: TestedWorkflow, { drift }: TestOptions): object {
  return {
    workflow,
    faults,
    tests: tests.map((test) => testJson(test, drift ?? false)),
    ...(coverage && {
      coverage: {
        taken: coverage.taken,
        total: coverage.total,
        percent: shownPercent(coverage.percent),
        notTaken: coverage.ways
          .filter((way) => !way.taken)
          .map(({ step, outcome, when, to }) => ({ step, outcome, when, to })),
      },
    }),
  };
}

function testJson(test: Tested, drift: boolean): object {
  const { file, name, faults, differences, decisions, updated, withheld, recorded } = test;
  return {
    file,
    name,
    passed: hasPassed(test),
    ...(faults.length > 0 && { faults }),
    ...(differences.length > 0 && {
      differences: differences.map(({ path, ...rest }) => Object.assign({ path: pathText(path) }, rest)),
    }),
    ...(drift && { decisions }),
    ...(updated && { updated }),
    ...(withheld && { withheld }),
    ...(recorded > 0 && { recorded }),
  };
}
