import { sql } from 'kysely';
import type { FullText, Match, Term } from './full-text.ts';
import { MAX_TOKEN_LENGTH, MIN_PREFIX_LENGTH } from './tokens.ts';

/** With an index for each length a beginning is looked up like a word. Without one all its words would be put together first. */
const PREFIXES = Array.from(
  { length: MAX_TOKEN_LENGTH - MIN_PREFIX_LENGTH + 1 },
  (_, at) => MIN_PREFIX_LENGTH + at,
).join(' ');

/** Full text search of SQLite. */
export const fts5: FullText = {
  create: async (db) => {
    // Tokens come ready: the tokenizer takes everything for a letter that is not ASCII.
    await sql`create virtual table knowledge_words using fts5(
      tokens, content='', contentless_delete=1, detail=none, tokenize='ascii', prefix=${sql.lit(PREFIXES)}
    )`.execute(db);
    await sql`create trigger knowledge_added after insert on knowledge begin
      update shelves set entries = entries + 1 where id = new.shelf;
    end`.execute(db);
    await sql`create trigger knowledge_gone after delete on knowledge begin
      delete from knowledge_words where rowid = old.id;
      update shelves set entries = entries - 1 where id = old.shelf;
    end`.execute(db);
  },
  insert: async (db, id, tokens) => {
    await sql`insert into knowledge_words (rowid, tokens) values (${id}, ${tokens.join(' ')})`.execute(db);
  },
  newest: async (db, { matches, limit, now }) => {
    const isAlive =
      now === undefined
        ? sql``
        : sql`and not exists (select 1 from knowledge where id = knowledge_words.rowid and expires_at <= ${now})`;
    // One text for all instead of a row for each id: making the rows would take longer than finding them.
    const { rows } = await sql<{ ids: string }>`
      select json_group_array(json((
        select json_group_array(id) from (
          select rowid as id from knowledge_words where knowledge_words match asked.value ${isAlive} order by rowid desc limit ${limit}
        )
      ))) as ids from json_each(${JSON.stringify(matches.map(toExpression))}) as asked`.execute(db);
    return JSON.parse(rows[0]?.ids ?? '[]') as readonly (readonly number[])[];
  },
};

function toExpression(match: Match): string {
  return match.map((terms) => `(${terms.map(toPhrase).join(' OR ')})`).join(' AND ');
}

/** Quoted, so that no word is an operator. */
function toPhrase({ token, isPrefix }: Term): string {
  return `"${token}"${isPrefix ? ' *' : ''}`;
}
