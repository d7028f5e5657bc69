import { TuttiError } from '../../../core/kernel/errors.ts';
import type { OpenQuestion } from '../../../core/workflow/people.ts';
import { questionText } from '../../../core/workflow/person-form.ts';
import { toWireDirective, toWireTime } from '../../mcp/wire.ts';
import { askedAtIn, toWireQuestion } from '../../mcp/question-wire.ts';
import { directiveText } from '../directive-text.ts';
import { EXIT } from '../failure.ts';
import { confirm } from '../prompt.ts';
import { withApp, type Session } from '../session.ts';
import { table } from '../table.ts';
import type { Terminal } from '../terminal.ts';
import { clean, cleanLine, wrap } from '../text.ts';
import { operatorName, time } from './approvals.ts';

/** Everybody's: whoever may read the store is its operator. */
export async function listWaiting(session: Session, { limit }: { readonly limit: number }): Promise<void> {
  const { terminal } = session;
  const waiting = await withApp(session, ({ orchestrator }) => orchestrator.people.waiting({ limit }));
  terminal.answer({ waiting: waiting.map(toWireQuestion) }, () => {
    if (waiting.length === 0) return 'No instance waits for a person.';
    const rows = waiting.map((each) => [
      each.instanceId,
      each.workflow,
      each.step,
      each.outcomes.map(({ id }) => id).join(', '),
      each.requestedBy,
      toWireTime(each.askedAt),
      time(each.expiresAt),
    ]);
    return [
      table(
        [{ whole: 'instance' }, 'workflow', 'step', 'outcomes', 'reported by', 'asked', 'until'],
        rows,
        terminal,
      ),
      'Decide with: tutti instances decide ID --outcome X --because "…"',
      'It shows the question and asks; where there is no terminal, add --asked AT.',
    ].join('\n');
  });
}

export interface DecideOptions {
  readonly outcome?: string;
  readonly because?: string;
  readonly asked?: string;
  readonly yes?: boolean;
}

/**
 * Shows the question; with an outcome and a reason it is decided, once. Whoever has a terminal is shown it and asked whether it is meant;
 * whoever is not says which one he read, so that nobody decides on a report that came since.
 */
export async function decideInstance(
  session: Session,
  id: string,
  { outcome, because, asked, yes = false }: DecideOptions,
): Promise<void> {
  const { terminal } = session;
  const { question, directive } = await withApp(session, async ({ orchestrator: { people } }) => {
    const found = await people.question(id);
    if (outcome === undefined) return { question: found, directive: undefined };
    if (because === undefined)
      throw new TuttiError('input/missing-field', '--because is missing. Say why: it stands in the journal.');
    const askedAt = askedAtOf(found, { asked, isShown: terminal.interactive && !yes });
    const isMeant = yes || (await agrees(found, { outcome, terminal }));
    if (isMeant === false) return { question: found, directive: undefined };
    const by = operatorName();
    const decision = { instanceId: id, askedAt, outcome, because, by, confirmed: isMeant === true };
    return { question: found, directive: await people.decide(decision) };
  });
  if (!directive) {
    if (outcome !== undefined) process.exitCode = EXIT.refused;
    const told = outcome === undefined ? wayOf(question) : 'Nothing was decided.';
    terminal.answer({ question: toWireQuestion(question) }, () =>
      [shown(question, terminal), told].join('\n\n'),
    );
    return;
  }
  terminal.answer(toWireDirective(directive), () => directiveText(directive, terminal));
}

function askedAtOf(
  question: OpenQuestion,
  { asked, isShown }: { readonly asked: string | undefined; readonly isShown: boolean },
): number {
  if (asked !== undefined) return askedAtIn(asked);
  if (isShown) return question.askedAt;
  throw new TuttiError(
    'input/missing-field',
    `--asked is missing. Nobody is shown the question here: read it with \`tutti instances decide ${question.instanceId}\`, then decide with the --asked that stands there.`,
  );
}

function wayOf({ instanceId, askedAt }: OpenQuestion): string {
  return `Decide with: tutti instances decide ${instanceId} --outcome X --because "…" --asked ${toWireTime(askedAt)}`;
}

/** `undefined` without a terminal: then it is neither confirmed nor called off. */
async function agrees(
  question: OpenQuestion,
  { outcome, terminal }: { readonly outcome: string; readonly terminal: Terminal },
): Promise<boolean | undefined> {
  if (!terminal.interactive) return undefined;
  terminal.note(shown(question, terminal));
  return await confirm(`Decide for ${cleanLine(outcome)}? Type yes: `);
}

function shown(question: OpenQuestion, terminal: Terminal): string {
  return wrap(clean(questionText(question)), terminal.width);
}
