import { FINISH } from '../../kernel/instance.ts';
import type { Instance, Status } from '../../kernel/instance.ts';
import type { JsonObject } from '../../kernel/json.ts';
import { HALT, UNDECIDED } from './golden.ts';
import type { Golden, GoldenStep } from './golden.ts';
import type { Move, Stage } from './stage.ts';

/** What the engine did with a golden file's reports. */
export interface Played {
  readonly start: string;
  /** One for each report that was played. */
  readonly moves: readonly Move[];
  readonly status: Status;
  readonly context: JsonObject;
}

/**
 * What follows where the run takes another way than was expected: `stop`, for the reports that follow are for other steps; `go` on with
 * them all the same; or go on from where it was `expected` to be, so that every report is decided where it was once decided.
 */
export type AfterDifference = 'stop' | 'go' | 'expected';

/** Plays the reports of a golden file, one after the other. */
export async function playGolden(stage: Stage, golden: Golden, after: AfterDifference): Promise<Played> {
  const started = await stage.start(golden.context);
  const moves: Move[] = [];
  for (const step of golden.steps) {
    const before = await stage.instance();
    const move = await stage.advance(step);
    moves.push(move);
    if (step.expect === undefined || step.expect === move.to || after === 'go') continue;
    const place = after === 'stop' ? undefined : placeOf(step, { before, move, stage });
    if (!place) break;
    await stage.seat(place);
  }
  const { status, context } = await stage.instance();
  return { start: started.next.step, moves, status, context };
}

interface Astray {
  readonly before: Instance;
  readonly move: Move;
  readonly stage: Stage;
}

type Place = Parameters<Stage['seat']>[0];

/** Where the run would stand, had it gone as expected; `undefined` where nothing follows, or there is no such place any more. */
function placeOf(step: GoldenStep, { before, move, stage }: Astray): Place | undefined {
  const { report, contextUpdates = {}, expect = '' } = step;
  const { visits, context } = before;
  const there = { step: before.step, visits, context, pending: null, status: 'RUNNING' } as const;
  const updated = { ...context, ...contextUpdates, ...move.context };
  if (expect === FINISH) return undefined;
  if (expect === UNDECIDED) return { ...there, pending: { report, contextUpdates } };
  if (expect === HALT) return { ...there, context: updated, status: 'SUSPENDED' };
  if (stage.workflow.steps.some(({ name }) => name === expect)) {
    const entered = Object.hasOwn(visits, expect) ? (visits[expect] ?? 0) : 0;
    const visited = { ...visits, [expect]: entered + 1 };
    return { ...there, context: updated, step: expect, visits: visited };
  }
  return /^[A-Z]+(?:_[A-Z]+)+$/.test(expect) ? there : undefined;
}
