/** What a second program does to a database, for the tests that need one: `node test/store-process.ts TASK PATH …`. */
import { openSync, writeSync } from 'node:fs';
import { nodeSqlite } from '../src/adapters/store/node-sqlite.ts';
import { sqliteStore } from '../src/adapters/store/sqlite.ts';
import type { Move, Store } from '../src/core/ports/store.ts';
import { firstMove, HASH, nextMove, OWNER } from './contracts/store.moves.ts';

const { DatabaseSync } = nodeSqlite();
const [task = '', path = '', argument = ''] = process.argv.slice(2);

const tasks: Readonly<Record<string, () => Promise<void>>> = {
  /** Opens and closes, and says what came of it. */
  async open() {
    try {
      const store = await sqliteStore({ path });
      await store.keepDefinition(HASH, 'RELEASE', { 'index.md': '# Goal' });
      await store.close();
      say('ok');
    } catch (error) {
      say(String(error));
    }
  },

  /** Moves the one instance `argument` times, again and again until it wins, and says which revisions it won. */
  async race() {
    const store = await sqliteStore({ path });
    const won: number[] = [];
    while (won.length < Number(argument)) {
      const before = await store.load(OWNER, 'i-1');
      if (before === undefined) throw new Error('the instance is gone');
      const move = nextMove(before, { by: process.pid });
      try {
        await store.commit(move);
        won.push(move.instance.revision);
      } catch (error) {
        if ((error as { code?: string }).code !== 'instance/conflict') throw error;
      }
    }
    await store.close();
    say(JSON.stringify(won));
  },

  /** Appends `argument` entries to the audit, several at once, and takes each of as many marks. */
  async append() {
    const store = await sqliteStore({ path });
    const rounds = Array.from({ length: Number(argument) }, (_, index) => index);
    const entry = { at: 1, owner: OWNER, kind: 'call', fields: { by: process.pid } };
    const taken = await Promise.all(
      rounds.map(async (round) => {
        await store.audit.append([entry]);
        return store.vault.claim(`mark ${round}`, 0, 1);
      }),
    );
    await store.close();
    say(String(taken.filter(Boolean).length));
  },

  /** Appends `argument` messages to the one session and puts as much knowledge, several at once, and says which numbers they got. */
  async remember() {
    const store = await sqliteStore({ path });
    const rounds = Array.from({ length: Number(argument) }, (_, index) => index);
    const times = { createdAt: 1, updatedAt: 1, expiresAt: null };
    const entry = { value: 'shared word', tags: [], origin: { by: OWNER }, isUntrusted: false, ...times };
    const seqs = await Promise.all(
      rounds.map(async (round) => {
        const id = `${process.pid}-${round}`;
        const said = await store.transcript.append(OWNER, 'i-1', { id, role: 'user', content: id, at: 1 });
        await store.knowledge.put({ space: 'user', owner: OWNER }, { key: id, ...entry });
        return said?.seq;
      }),
    );
    await store.close();
    say(JSON.stringify(seqs));
  },

  /** Holds the write lock until it is killed. */
  async lock() {
    const database = new DatabaseSync(path);
    database.exec('begin immediate');
    say('locked');
    // The timer keeps the process alive, and the database from being collected and closed.
    setInterval(() => database.isOpen, 1000);
  },

  /** Moves eight instances for ever and writes a line into the file `argument` after each commit that returned. */
  async hammer() {
    const store = await sqliteStore({ path });
    const acknowledge = acknowledger();
    await store.keepDefinition(HASH, 'RELEASE', { 'index.md': '# Goal' });
    const chain = async (id: string) => {
      let move = await begin(store, id);
      for (;;) {
        acknowledge(move);
        move = nextMove(move.instance, { of: id });
        await store.commit(move);
      }
    };
    await Promise.all(Array.from({ length: 8 }, (_, index) => chain(`h-${index}`)));
  },

  /** Does the same with a transaction for the instance and another for its entry, which must be found out. */
  async torn() {
    const store = await sqliteStore({ path });
    await store.keepDefinition(HASH, 'RELEASE', { 'index.md': '# Goal' });
    const acknowledge = acknowledger();
    let move = await begin(store, 'h-0');
    await store.close();
    const database = new DatabaseSync(path);
    const update = database.prepare('update instances set revision = ? where id = ?');
    const insert = database.prepare(
      "insert into journal select owner, id, ?, 1, 'ADVANCED', step, null, '{}', status, step, null, '[]', null, null from instances where id = ?",
    );
    for (;;) {
      acknowledge(move);
      move = nextMove(move.instance);
      update.run(move.instance.revision, move.instance.id);
      insert.run(move.instance.revision, move.instance.id);
    }
  },
};

async function begin(store: Store, id: string): Promise<Move> {
  const instance = await store.load(OWNER, id);
  const move = firstMove({ id });
  if (instance !== undefined) return { instance, entry: move.entry };
  await store.create(move);
  return move;
}

/** Writes past every buffer of the process, so that a line once written outlives its end. */
function acknowledger(): (move: Move) => void {
  const file = openSync(argument, 'a');
  return ({ instance }) => void writeSync(file, `${instance.id} ${instance.revision}\n`);
}

function say(line: string): void {
  writeSync(1, `${line}\n`);
}

await tasks[task]?.();
