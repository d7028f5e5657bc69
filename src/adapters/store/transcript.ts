import { type Kysely, sql } from 'kysely';
import type { Role } from '../../core/kernel/role.ts';
import type { Message, Transcript } from '../../core/ports/transcript.ts';
import { checkRoom, messageBytes } from './footprint.ts';
import { ALL, type Footprints, kept } from './footprints.ts';
import type { Medium } from './medium.ts';
import { columns, first, statement } from './statement.ts';
import { isThere } from './statements.ts';
import type { FootprintRow, MessageRow, Tables } from './tables.ts';

const SHOWN = ['seq', 'id', 'role', 'content', 'at'] as const satisfies readonly (keyof MessageRow)[];
/** Running counts: the newest message knows how many there are, however many there are. */
const COUNTS = ['users', 'assistants', 'systems'] as const satisfies readonly (keyof MessageRow)[];
const COUNT_OF = { user: 'users', assistant: 'assistants', system: 'systems' } as const;
const NONE = { seq: 0, users: 0, assistants: 0, systems: 0 };

interface Key {
  readonly owner: string;
  readonly session: string;
}

type Newest = Pick<MessageRow, 'seq' | (typeof COUNTS)[number]>;

/** The newest message, if there is one, and what is kept. */
type Before = { readonly [K in keyof Newest]: Newest[K] | null } & {
  readonly session: FootprintRow['bytes'] | null;
  readonly all: FootprintRow['bytes'] | null;
};

/** Conversations in a table, bound to the instances of their sessions. */
export function kyselyTranscript(
  db: Kysely<Tables>,
  { read, write }: Medium,
  footprints: Footprints,
): Transcript {
  const prepared = prepare(db);
  return {
    append: async (owner, session, message) => {
      const { id, role, at, bounds } = message;
      const content = JSON.stringify(message.content);
      const [keeper, bytes] = [{ owner, session }, messageBytes(content)];
      return write({
        work: async (tx) => {
          const found = first(await prepared.session(tx, { owner, session }));
          if (found === undefined) return undefined;
          checkRoom({ session: Number(found.session ?? 0), owner: Number(found.all ?? 0) }, bytes, bounds);
          const before = found.seq === null ? NONE : (found as Newest);
          const { users, assistants, systems } = before;
          const counts = { users, assistants, systems, [COUNT_OF[role]]: before[COUNT_OF[role]] + 1 };
          const row = { owner, session, seq: before.seq + 1, id, role, content, at, ...counts };
          await prepared.insert(tx, row);
          await footprints.add(tx, keeper, bytes);
          return toMessage(row);
        },
      });
    },
    read: async (owner, session, { limit, before = Number.MAX_SAFE_INTEGER }) => {
      const { rows } = await read(() => prepared.page(db, { owner, session, before, limit }));
      return rows.map(toMessage).toReversed();
    },
    count: async (owner, session) => {
      const row = first(await read(() => prepared.newest(db, { owner, session }))) ?? NONE;
      return { user: row.users, assistant: row.assistants, system: row.systems };
    },
  };
}

function prepare(db: Kysely<Tables>) {
  return {
    /** All that a message needs to know in one query: each costs more than what it finds. */
    session: statement<Key, Before>((key) =>
      db
        .selectFrom('instances')
        .leftJoin('messages', (join) =>
          join
            .onRef('messages.owner', '=', 'instances.owner')
            .onRef('messages.session', '=', 'instances.id')
            .on('messages.seq', '=', (newest) =>
              newest
                .selectFrom('messages')
                .select((is) => is.fn.max('messages.seq').as('seq'))
                .where('messages.owner', '=', key.owner)
                .where('messages.session', '=', key.session),
            ),
        )
        .select(['messages.seq', 'users', 'assistants', 'systems'])
        .select([kept(key.owner, key.session).as('session'), kept(key.owner, ALL).as('all')])
        .where('instances.owner', '=', key.owner)
        .where('instances.id', '=', key.session)
        .where('gone', '=', sql.lit(0)),
    ),
    newest: statement<Key, Newest>((key) =>
      of(db, key)
        .select(['seq', ...COUNTS])
        .orderBy('seq', 'desc')
        .limit(sql.lit(1)),
    ),
    page: statement<
      Key & { readonly before: number; readonly limit: number },
      Pick<MessageRow, (typeof SHOWN)[number]>
    >((page) =>
      of(db, page).select(SHOWN).where('seq', '<', page.before).orderBy('seq', 'desc').limit(page.limit),
    ),
    insert: statement<MessageRow>((row) =>
      db.insertInto('messages').values(columns(row, ['owner', 'session', ...SHOWN, ...COUNTS])),
    ),
  };
}

function of(db: Kysely<Tables>, key: Key) {
  return db
    .selectFrom('messages')
    .where('owner', '=', key.owner)
    .where('session', '=', key.session)
    .where(isThere(key.owner, key.session));
}

function toMessage(row: Pick<MessageRow, (typeof SHOWN)[number]>): Message {
  const { seq, id, role, at } = row;
  return { id, seq, role: role as Role, content: JSON.parse(row.content) as string, at: Number(at) };
}
