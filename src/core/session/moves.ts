import type { Caller } from '../kernel/caller.ts';
import { TuttiError } from '../kernel/errors.ts';
import type { Decision } from '../kernel/instance.ts';
import { cleanText } from '../policy/clean.ts';
import type { Move } from '../ports/store.ts';
import { sameTarget, transition } from '../workflow/transition.ts';
import type { Workflow } from '../workflow/workflow.ts';
import type { Agent, State, Strictness } from './agent.ts';
import { lowerAgent } from './lower.ts';
import type { Desk } from './desk.ts';
import type { Opened } from './opened.ts';
import type { MoveInput, Moved, SessionView } from './session.ts';
import { findState, openMoves } from './transitions.ts';

const SHOWN_LENGTH = 100;
const REASON_MAX_LENGTH = 4_000;
/** A full session can still move for so long: else it would be held for ever by the state it stands in. */
const MOVES_BYTES = 1_048_576;

/** What is to be made of a wish to move. */
interface Step {
  readonly decision: Decision;
  /** How the table sees it, for the journal. */
  readonly standing: 'allowed' | 'outside' | 'forced';
  readonly warning?: string;
}

export interface MoveOptions {
  readonly desk: Desk;
  readonly view: (opened: Opened) => Promise<SessionView>;
}

/** Moves a session by the one transition that moves workflows too. */
export async function moveSession(
  { desk, view }: MoveOptions,
  caller: Caller,
  input: MoveInput,
): Promise<Moved> {
  const { clock, settings } = desk.parts;
  checkReason(input);
  let moved: Pick<Moved, 'from' | 'to' | 'warning'> | undefined;
  const opened = await desk.write(caller, input.session, (before) => {
    const { agent, state, instance } = before;
    const to = stateNamed(agent, input.to);
    const step = stepTo(before, to, { input, strictness: agent.transitions ?? settings.transitions });
    moved = { from: state.name, to: to.name, ...(step.warning !== undefined && { warning: step.warning }) };
    const move = transition({
      workflow: withOutcome(lowerAgent(agent), instance.step, step.decision),
      instance,
      decision: step.decision,
      report: { status: step.standing },
      contextUpdates: {},
      at: clock.now(),
      token: clock.id(),
    }) satisfies Pick<Move, 'instance' | 'entry'>;
    return { ...move, beyondBytes: input.isForced ? Infinity : MOVES_BYTES };
  });
  if (!moved) throw new TuttiError('internal/error', 'A move of a session was made without being judged.');
  return { ...moved, session: await view(opened) };
}

/** Where a session may move now. */
export function movesFrom({ agent, state, instance }: Opened): readonly string[] {
  return openMoves(agent, state, { data: instance.context, visits: instance.visits });
}

/** @throws TuttiError `state/unknown`, naming those there are. */
export function stateNamed(agent: Agent, wanted: string): State {
  const state = findState(agent, wanted);
  if (state) return state;
  const names = agent.states.map(({ name }) => name);
  throw new TuttiError(
    'state/unknown',
    `Invalid state: ${cleanText(wanted, SHOWN_LENGTH).trim() || 'an empty name'}. Valid states are: ${names.join(', ')}`,
    { data: { states: names } },
  );
}

function checkReason({ reason, isForced }: MoveInput): void {
  if (isForced === true && isBlank(reason)) {
    throw new TuttiError('input/missing-field', 'A forced move needs a reason; it is kept in the journal.');
  }
  if ((reason?.length ?? 0) > REASON_MAX_LENGTH) {
    throw new TuttiError(
      'input/too-large',
      `reason has ${reason?.length} characters; at most ${REASON_MAX_LENGTH} are kept. Say it shorter.`,
    );
  }
}

function stepTo(
  opened: Opened,
  to: State,
  { input, strictness }: { readonly input: MoveInput; readonly strictness: Strictness },
): Step {
  const from = opened.state.name;
  const { reason, isForced = false } = input;
  const said = isBlank(reason) ? undefined : reason;
  const isAllowed = movesFrom(opened).includes(to.name);
  if (!isAllowed && !isForced) checkStrictness(opened, to, { strictness, isReasoned: said !== undefined });
  const fallback = isAllowed ? `${from} leads to ${to.name}.` : `${from} does not lead to ${to.name}.`;
  const decision: Decision = {
    to: { kind: 'step', step: to.name },
    by: isForced ? 'human' : 'caller',
    because: said ?? fallback,
  };
  if (isAllowed) return { decision, standing: 'allowed' };
  const warning = `The table does not hold the move from ${from} to ${to.name}. It was made and journalled${said === undefined ? '' : ' with its reason'}.`;
  return { decision, standing: isForced ? 'forced' : 'outside', warning };
}

/** @throws TuttiError `state/not-allowed`. */
function checkStrictness(
  opened: Opened,
  to: State,
  { strictness, isReasoned }: { readonly strictness: Strictness; readonly isReasoned: boolean },
): void {
  if (strictness === 'off' || (strictness === 'warn' && isReasoned)) return;
  const { state } = opened;
  const allowed = movesFrom(opened);
  const guard = state.transitions.find((each) => each.to === to.name && each.when !== undefined)?.when;
  const why =
    guard === undefined
      ? `${state.name} does not lead to ${to.name}.`
      : `${state.name} leads to ${to.name} only when ${guard.text}.`;
  const where =
    allowed.length === 0 ? 'It leads nowhere now.' : `Allowed from ${state.name} now: ${allowed.join(', ')}.`;
  const how = strictness === 'warn' ? ' Send a reason to move nevertheless; it is journalled.' : '';
  throw new TuttiError('state/not-allowed', `${why} ${where}${how}`, {
    data: { state: state.name, allowed },
  });
}

/** The same workflow with this move among the outcomes of the step. */
function withOutcome(workflow: Workflow, from: string, { to }: Decision): Workflow {
  const steps = workflow.steps.map((step) => {
    const { outcomes } = step.guidance;
    if (step.name !== from || outcomes.some((outcome) => sameTarget(outcome.to, to))) return step;
    const added = { id: 'outside', when: '', to };
    return { ...step, guidance: { ...step.guidance, outcomes: [...outcomes, added] } };
  });
  return { ...workflow, steps };
}

function isBlank(text: string | undefined): boolean {
  return text === undefined || text.trim() === '';
}
