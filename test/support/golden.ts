import { readFileSync, readdirSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { parse } from 'yaml';
import { z } from 'zod';
import { TuttiError, wireCode } from '../../src/core/kernel/errors.ts';
import type { Report, Status } from '../../src/core/kernel/instance.ts';
import type { Orchestrator } from '../../src/core/orchestrator.ts';
import type { Directive } from '../../src/core/workflow/directive.ts';
import type { AdvanceInput } from '../../src/core/workflow/engine.ts';

const SHIPPED: string = resolve('workflows');

const report = z.strictObject({
  status: z.string(),
  outcome: z.string().optional(),
  result: z.json().optional(),
  details: z.json().optional(),
  message: z.json().optional(),
  error: z.json().optional(),
});
const context = z.record(z.string(), z.json());
const golden = z.strictObject({
  name: z.string(),
  context: context.optional(),
  start: z.string(),
  steps: z.array(
    z.strictObject({
      report,
      context_updates: context.optional(),
      /** The step that follows, FINISH, HALT, `decision_required`, or an error code such as BUDGET_EXCEEDED. */
      expect: z.string(),
      by: z.enum(['rule', 'prose', 'outcome', 'caller']).optional(),
    }),
  ),
  status: z.enum(['RUNNING', 'SUSPENDED', 'COMPLETED', 'FAILED', 'CANCELLED']),
});

/** A transcript: reports in, expected steps out. */
type Golden = z.infer<typeof golden>;

/** What the engine did with a transcript, in the transcript's own terms. */
interface Played {
  readonly start: string;
  readonly moves: readonly Move[];
  readonly status: Status;
}

export interface Move {
  readonly from: string;
  readonly to: string;
  readonly by: string | undefined;
  readonly because: string | undefined;
  /** What the client is told to do next. */
  readonly instructions: string;
}

/** The transcripts beside a shipped workflow, by file name. */
export function goldensOf(workflow: string): readonly (readonly [file: string, golden: Golden])[] {
  const dir = join(SHIPPED, workflow, 'tests');
  const files = readdirSync(dir).filter((file) => file.endsWith('.yaml'));
  return files.toSorted().map((file) => [file, golden.parse(parse(readFileSync(join(dir, file), 'utf8')))]);
}

/** Plays the reports of a transcript through the engine, one after the other, with the step tokens a client would send. */
export async function play(
  orchestrator: Orchestrator,
  workflow: string,
  transcript: Golden,
): Promise<Played> {
  const caller = { owner: 'golden' };
  const started = await orchestrator.start(caller, {
    workflow,
    context: transcript.context ?? {},
  });
  const { instanceId } = started;
  const moves: Move[] = [];
  let directive = started;
  for (const each of transcript.steps) {
    const found = await answer(orchestrator, {
      instanceId,
      ...(directive.token !== undefined && { token: directive.token }),
      report: each.report as Report,
      contextUpdates: each.context_updates ?? {},
    });
    moves.push(found instanceof TuttiError ? refused(directive, found) : moved(directive, found));
    if (!(found instanceof TuttiError)) directive = found;
  }
  const { instance } = await orchestrator.status(caller, instanceId);
  return { start: started.next.step, moves, status: instance.status };
}

async function answer(orchestrator: Orchestrator, input: AdvanceInput): Promise<Directive | TuttiError> {
  try {
    return await orchestrator.advance({ owner: 'golden' }, input);
  } catch (fault) {
    if (fault instanceof TuttiError) return fault;
    throw fault;
  }
}

function moved(from: Directive, directive: Directive): Move {
  return {
    from: from.next.step,
    to: arrival(directive),
    by: directive.decisionRequired ? undefined : directive.decided?.by,
    because: directive.decided?.because,
    instructions: directive.next.instructions,
  };
}

function arrival(directive: Directive): string {
  if (directive.decisionRequired) return 'decision_required';
  return directive.status === 'SUSPENDED' ? 'HALT' : directive.next.step;
}

function refused(from: Directive, fault: TuttiError): Move {
  return {
    from: from.next.step,
    to: wireCode(fault.code),
    by: undefined,
    because: fault.message,
    instructions: from.next.instructions,
  };
}
