import type { KnowledgeEntry, Space } from '../../../core/ports/knowledge.ts';
import type { Line, SessionView } from '../../../core/session/session.ts';
import type { Session } from '../session.ts';
import { withApp } from '../session.ts';
import { table } from '../table.ts';
import type { Terminal } from '../terminal.ts';
import { clean, cleanLine, wrap } from '../text.ts';

const MAX_FOUND = 100;

interface InSession {
  readonly session?: string;
}

export interface ListOptions {
  readonly limit: number;
  readonly cursor?: string;
}

export async function listSessions(session: Session, { limit, cursor }: ListOptions): Promise<void> {
  const { terminal } = session;
  const page = await withApp(
    session,
    async ({ orchestrator, caller }) =>
      await orchestrator.sessions.list(caller, { limit, ...(cursor !== undefined && { cursor }) }),
  );
  terminal.answer(page, () => {
    if (page.sessions.length === 0)
      return "No sessions of this machine's own. One begins with the first thing that an agent stores in it.";
    const rows = page.sessions.map(({ id, agent, revision, updatedAt }) => [
      id,
      agent,
      String(revision),
      updatedAt === null ? '' : new Date(updatedAt).toISOString(),
    ]);
    const more = page.nextCursor === undefined ? [] : [`More: --cursor ${page.nextCursor}`];
    return [table([{ whole: 'session' }, 'agent', 'revision', 'changed'], rows, terminal), ...more].join(
      '\n',
    );
  });
}

export interface TranscriptOptions extends InSession {
  readonly last: number;
  readonly moves?: boolean;
}

export async function showTranscript(
  session: Session,
  { last, moves = false, ...about }: TranscriptOptions,
): Promise<void> {
  const { terminal } = session;
  const { lines, isCut, lacksMoves } = await withApp(
    session,
    async ({ orchestrator, caller }) =>
      await orchestrator.sessions.transcript(caller, {
        ...about,
        maxMessages: last,
        withTransitions: moves,
      }),
  );
  if (isCut) terminal.note('Older messages were left out: they hold too much text. Ask for fewer.');
  if (lacksMoves) terminal.note('Older moves between states were left out.');
  terminal.answer({ lines }, () =>
    lines.length === 0 ? 'Nothing was said yet.' : lines.map((line) => lineText(line, terminal)).join('\n'),
  );
}

function lineText(line: Line, terminal: Terminal): string {
  const { bold, cyan, dim } = terminal.colors;
  const at = dim(new Date(line.at).toISOString());
  if (line.kind === 'transition')
    return `${at} ${cyan(`${cleanLine(line.from)} → ${cleanLine(line.to)}`)} ${cleanLine(line.because)}`;
  return `${at} ${bold(line.role)}\n${wrap(clean(line.content), terminal.width, '  ')}`;
}

export interface KnowledgeOptions extends InSession {
  readonly namespace?: Space;
  readonly limit: number;
}

/** What is known: found by words, or all of a namespace in the order of the keys. */
export async function showKnowledge(
  session: Session,
  query: string | undefined,
  { namespace, limit, ...about }: KnowledgeOptions,
): Promise<void> {
  const { terminal } = session;
  const knowledge = await withApp(session, async ({ orchestrator: { sessions }, caller }) => {
    if (query === undefined) {
      const space = namespace ?? 'session';
      const entries: KnowledgeEntry[] = [];
      for (let isMore = true; isMore && entries.length < limit;) {
        const after = entries.at(-1)?.key;
        const page = await sessions.exportKnowledge(caller, {
          ...about,
          space,
          ...(after !== undefined && { after }),
        });
        entries.push(...page);
        isMore = page.length > 0;
      }
      return entries.slice(0, limit).map((entry) => placed(space, entry));
    }
    const found = await sessions.searchKnowledge(caller, {
      ...about,
      text: query,
      limit: Math.min(limit, MAX_FOUND),
      ...(namespace !== undefined && { space: namespace }),
    });
    return found.map(({ shelf, entry }) => placed(shelf.space, entry));
  });
  terminal.answer({ knowledge }, () => {
    if (knowledge.length === 0) return 'Nothing is known here.';
    const rows = knowledge.map(({ key, value, tags, isUntrusted, namespace: space }) => [
      key,
      [space, ...tags, ...(isUntrusted ? ['untrusted'] : [])].join(', '),
      typeof value === 'string' ? value : JSON.stringify(value),
    ]);
    return table(['key', 'where', 'what'], rows, terminal);
  });
}

function placed(namespace: Space, entry: KnowledgeEntry): KnowledgeEntry & { readonly namespace: Space } {
  return { namespace, ...entry };
}

export interface MoveOptions extends InSession {
  readonly reason: string;
}

/** A person may move a session whatever the table says. */
export async function moveSession(
  session: Session,
  to: string,
  { reason, ...about }: MoveOptions,
): Promise<void> {
  const { terminal } = session;
  const moved = await withApp(
    session,
    async ({ orchestrator, caller }) =>
      await orchestrator.sessions.move(caller, { ...about, to, reason, isForced: true }),
  );
  const { from, to: reached, warning } = moved;
  terminal.answer({ from, to: reached, session: moved.session.id, warning }, () =>
    [
      `Moved from ${cleanLine(from)} to ${cleanLine(reached)}.`,
      ...(warning === undefined ? [] : [warning]),
    ].join('\n'),
  );
}

export async function upgradeSession(session: Session, about: InSession): Promise<void> {
  const { terminal } = session;
  const view: SessionView = await withApp(
    session,
    async ({ orchestrator, caller }) => await orchestrator.sessions.upgrade(caller, about),
  );
  const { id, agent, state } = view;
  terminal.answer({ session: id, agent, state: state.name }, () =>
    cleanLine(`Session ${id} follows the agent ${agent} as it is now, in ${state.name}.`),
  );
}

export interface ForgetOptions extends InSession {
  readonly namespace: Space;
  readonly reason?: string;
}

/** A person may take out what others share. */
export async function forgetKnowledge(
  session: Session,
  key: string,
  { namespace, reason, ...about }: ForgetOptions,
): Promise<void> {
  const { terminal } = session;
  const deleted = await withApp(
    session,
    async ({ orchestrator, caller }) =>
      await orchestrator.sessions.removeKnowledge(caller, {
        ...about,
        key,
        space: namespace,
        isForced: true,
        ...(reason !== undefined && { reason }),
      }),
  );
  const said = deleted ? 'Deleted what was known under' : 'Nothing was known under';
  terminal.answer({ key, namespace, deleted }, () => cleanLine(`${said} ${key} in ${namespace}.`));
}
