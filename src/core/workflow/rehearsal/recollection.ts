import { TuttiError } from '../../kernel/errors.ts';
import type { Decision, Entry, Report } from '../../kernel/instance.ts';
import type { Json, JsonObject } from '../../kernel/json.ts';
import { redact, REDACTED, redactText } from '../../policy/secrets.ts';
import type { Model, ModelChoice } from '../../ports/model.ts';
import { sameTarget } from '../transition.ts';
import type { Workflow } from '../workflow.ts';
import { HALT, UNDECIDED, withoutPeople } from './golden.ts';
import type { Golden, GoldenStep } from './golden.ts';

/** A real run as a golden file. */
export interface Recollection {
  readonly golden: Golden;
  /** Where values stood that look like secrets, as paths into the file. */
  readonly masked: readonly string[];
  /** What of the run the file does not tell. */
  readonly left: readonly string[];
}

interface Run {
  readonly name: string;
  /** The whole of it, oldest first. */
  readonly journal: readonly Entry[];
  /** As it is now, with the deciders it is run with. */
  readonly workflow: Workflow;
}

const LEFT: Partial<Record<Entry['kind'], string>> = {
  CANCELLED: 'It was cancelled; the file ends before that.',
  UPGRADED: 'It was bound to a newer definition on the way.',
};

/**
 * Turns the journal of a run into a golden file, values that look like secrets masked.
 *
 * @throws TuttiError `input/invalid-format` for a run that did not begin at the first step.
 */
export function recollect({ name, journal, workflow }: Run): Recollection {
  const [first, ...entries] = journal;
  if (first?.kind !== 'STARTED') throw notFromTheStart(first);
  const steps: GoldenStep[] = [];
  let carried: JsonObject = {};
  let { status } = first;
  for (const entry of entries) {
    const step = toStep(entry, carried, workflow);
    if (step) {
      steps.push(step);
      ({ status } = entry);
      carried = {};
    } else carried = { ...carried, ...entry.contextUpdates };
  }
  const left = [...new Set(entries.flatMap((entry) => leftOf(entry)))];
  const asked = entries.some(({ decision }) => decision?.by === 'model');
  const deciders = withoutPeople([...(asked ? (['model'] as const) : []), ...workflow.deciders]);
  const isDefault = deciders.length === 1 && deciders[0] === 'caller';
  const whole: Golden = {
    name,
    ...(Object.keys(first.contextUpdates).length > 0 && { context: first.contextUpdates }),
    ...(!isDefault && { deciders }),
    start: first.step,
    steps,
    status,
  };
  const golden = withoutSecrets(whole);
  return { golden, masked: maskedPaths(whole as unknown as Json, golden as unknown as Json, ''), left };
}

function leftOf({ kind, contextUpdates }: Entry): readonly string[] {
  if (kind === 'RESUMING' && Object.keys(contextUpdates).length > 0)
    return ['What it was resumed with is told with the report after it.'];
  return [LEFT[kind] ?? []].flat();
}

/** What was reported, and what came of it; `undefined` for entries that no report made. */
function toStep(entry: Entry, carried: JsonObject, workflow: Workflow): GoldenStep | undefined {
  const { kind, report, decision } = entry;
  if (!report || !['ADVANCED', 'PENDING', 'SUSPENDED'].includes(kind)) return undefined;
  const decided = decision?.contextUpdates ?? {};
  const own = Object.entries(entry.contextUpdates).filter(([key]) => !Object.hasOwn(decided, key));
  const contextUpdates = { ...carried, ...Object.fromEntries(own) };
  return {
    report: asClient(report, entry, workflow),
    ...(Object.keys(contextUpdates).length > 0 && { contextUpdates }),
    ...(kind === 'ADVANCED' && decision ? followed(entry, decision) : {}),
    ...(kind === 'PENDING' && { expect: UNDECIDED }),
    ...(kind === 'SUSPENDED' && { expect: 'BUDGET_EXCEEDED' }),
  };
}

function followed({ next }: Entry, { to, by, contextUpdates = {} }: Decision): Partial<GoldenStep> {
  return {
    expect: to.kind === 'halt' ? HALT : next,
    by: by === 'human' ? 'caller' : by,
    ...(Object.keys(contextUpdates).length > 0 && { context: contextUpdates }),
  };
}

/**
 * The report of a client that is where the run is. What a person decided is what this client chooses, and nothing is what it chose
 * while a person was to decide: a rehearsal has no people.
 */
function asClient(report: Report, entry: Entry, workflow: Workflow): Report {
  const { stepId: _stepId, outcome: sent, ...said } = report;
  if (entry.kind === 'PENDING') return said;
  const outcome = entry.decision?.by === 'human' ? outcomeOf(entry, workflow) : sent;
  return outcome === undefined ? said : { ...said, outcome };
}

/** The id of the outcome that a decision took; `undefined` where the step has none that leads there. */
function outcomeOf({ step, decision }: Entry, { steps }: Workflow): string | undefined {
  const outcomes = steps.find(({ name }) => name === step)?.guidance.outcomes ?? [];
  return outcomes.find(({ to }) => decision && sameTarget(to, decision.to))?.id;
}

function withoutSecrets({ context, steps, ...rest }: Golden): Golden {
  return {
    ...rest,
    ...(context && { context: plain(context) }),
    steps: steps.map((step) => ({
      ...step,
      report: plain(step.report as unknown as JsonObject) as unknown as Report,
      ...(step.contextUpdates && { contextUpdates: plain(step.contextUpdates) }),
      ...(step.context && { context: plain(step.context) }),
    })),
  };
}

function plain(value: JsonObject): JsonObject {
  return redact(value) as JsonObject;
}

/** Where the two differ, as paths such as `steps[0].context_updates.token`. */
function maskedPaths(before: Json, after: Json, path: string): readonly string[] {
  if (typeof after === 'string') return after !== before && after.includes(REDACTED) ? [path] : [];
  if (after === null || typeof after !== 'object') return [];
  return Object.entries(after as JsonObject).flatMap(([key, value]) => {
    const name = key === 'contextUpdates' ? 'context_updates' : key;
    const at = Array.isArray(after) ? `${path}[${key}]` : path === '' ? name : `${path}.${name}`;
    return maskedPaths((before as JsonObject | null)?.[key] ?? null, value, at);
  });
}

function notFromTheStart(first: Entry | undefined): TuttiError {
  const how = first ? `began as ${first.kind} at "${first.step}"` : 'has no journal';
  return new TuttiError(
    'input/invalid-format',
    `A golden file begins at the first step, and this instance ${how}. Expected one that was started with start_workflow.`,
  );
}

/**
 * A model that answers as the one in the journal did, question after question: so a run that is played again asks what was asked then.
 * Where the model was not sure, its answer was not kept, and it is not sure again.
 */
export function remembering({ journal, workflow }: Pick<Run, 'journal' | 'workflow'>): Model {
  const asked = journal
    .filter(({ kind, decision }) => kind === 'PENDING' || decision?.by === 'model')
    .values();
  return {
    choose: async ({ choices }) => {
      const entry = asked.next().value;
      if (entry) return toChoice(entry, workflow, choices);
      throw new TuttiError('model/failed', 'The run was asked nothing more than this.');
    },
    shape: async () => {
      throw new TuttiError('model/failed', 'The run was asked closed questions alone.');
    },
  };
}

function toChoice(entry: Entry, workflow: Workflow, choices: readonly string[]): ModelChoice {
  const { decision } = entry;
  const unsure = { choice: choices[0] ?? '', confidence: 0, because: 'The model was not sure.' };
  const usage = decision?.model ?? { name: 'unknown', latencyMs: 0 };
  if (decision?.by !== 'model') return { ...unsure, usage };
  return {
    choice: outcomeOf(entry, workflow) ?? unsure.choice,
    confidence: decision.confidence ?? 1,
    because: redactText(decision.because),
    ...(decision.contextUpdates && { contextUpdates: plain(decision.contextUpdates) }),
    ...(decision.status && { status: decision.status }),
    usage,
  };
}
