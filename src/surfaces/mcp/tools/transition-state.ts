import type { Caller } from '../../../core/kernel/caller.ts';
import type { Moved, Sessions } from '../../../core/session/session.ts';
import { inSession, IN_SESSION } from '../session-input.ts';
import { currentState } from '../session-wire.ts';
import { TEXT, answers, takes } from '../schemas.ts';
import { paragraphs } from '../texts.ts';
import { writes } from '../tool.ts';
import type { McpTool } from '../tool.ts';

export const transitionState: McpTool = {
  definition: {
    name: 'transition_state',
    title: 'Move to a state',
    description:
      'Move your agent session to another state. Answers with the prompt of that state: follow it. A move the table does not hold is refused, naming those it holds.',
    inputSchema: takes(
      {
        new_state: TEXT,
        reason: { type: 'string', description: 'Why; kept in the journal' },
        ...IN_SESSION,
      },
      ['new_state'],
    ),
    outputSchema: answers({
      from: TEXT,
      to: TEXT,
      session_id: TEXT,
      agent: TEXT,
      state: TEXT,
      description: TEXT,
      available_transitions: { type: 'array' },
      prompt: TEXT,
      warning: TEXT,
    }),
    annotations: writes({ additive: true }),
  },
  async run(input, { orchestrator: { sessions }, caller }) {
    const reason = input.optionalProse('reason');
    const moved = await sessions.move(caller, {
      to: input.word('new_state'),
      ...(reason !== undefined && { reason }),
      ...inSession(input),
    });
    const { from, to, session, warning } = moved;
    // The move is made, whatever becomes of its prompt.
    const prompt = await promptOf(sessions, caller, moved);
    const warnings = [warning, prompt === undefined ? promptWarning(to) : undefined];
    const said = paragraphs(warnings);
    return {
      structured: {
        from,
        to,
        ...currentState(session),
        ...(prompt !== undefined && { prompt }),
        ...(said !== '' && { warning: said }),
      },
      text: paragraphs([`Transitioned from ${from} to ${to}`, ...warnings]),
      ...(prompt !== undefined && { more: prompt }),
    };
  },
};

async function promptOf(
  sessions: Sessions,
  caller: Caller,
  { to, session }: Moved,
): Promise<string | undefined> {
  try {
    return (await sessions.prompt(caller, { session: session.id, state: to })).text;
  } catch {
    return undefined;
  }
}

function promptWarning(to: string): string {
  return `The move was made, but the prompt of ${to} could not be put together. Read state://${encodeURIComponent(to.toLowerCase())}/prompt for it.`;
}
