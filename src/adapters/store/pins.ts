import type { Kysely } from 'kysely';
import type { EraVerdict, Offer } from '../../core/ports/downstream.ts';
import type { Pin, Pins, Sighting, Waiting } from '../../core/ports/pins.ts';
import type { Medium } from './medium.ts';
import { parseObject } from './plain.ts';
import { columns, first, statement } from './statement.ts';
import type { PinRow, SightingRow, Tables, VerdictRow, WaitingRow } from './tables.ts';

const KEY = ['server', 'kind', 'name'] as const satisfies readonly (keyof PinRow)[];
const CONTENT = [
  'hash',
  'definition',
  'approved_at',
  'approved_by',
] as const satisfies readonly (keyof PinRow)[];
const COLUMNS = [...KEY, ...CONTENT] as const;

/** Pins, sightings and verdicts in tables. */
export function kyselyPins(db: Kysely<Tables>, { read, write }: Medium): Pins {
  const prepared = { ...pinStatements(db), ...sightingStatements(db), ...waitingStatements(db) };
  return {
    list: async () => {
      const query = db.selectFrom('pins').select(COLUMNS).orderBy('server').orderBy('kind').orderBy('name');
      return (await read(() => query.execute())).map(toPin);
    },
    put: async (pins) => {
      const rows = pins.map(toPinRow);
      await write({
        work: async (tx) => {
          for (const row of rows) await prepared.replacePin(tx, row);
        },
      });
    },
    // What was only seen can be seen again; nobody waits for the disk to have it.
    putNew: async (pins) => {
      const rows = pins.map(toPinRow);
      return write({
        behind: true,
        work: async (tx) => {
          for (const row of rows) await prepared.insertPin(tx, row);
          const standing: Pin[] = [];
          for (const row of rows) standing.push(toPin(first(await prepared.pin(tx, row)) ?? row));
          return standing;
        },
      });
    },
    forget: (server) =>
      write({
        work: async (tx) => {
          for (const table of ['pins', 'sightings', 'waiting', 'verdicts'] as const)
            await tx.deleteFrom(table).where('server', '=', server).execute();
        },
      }),
    sightings: async () => {
      const query = db.selectFrom('sightings').select(['server', 'at', 'launch', 'offer']).orderBy('server');
      return (await read(() => query.execute())).map(toSighting);
    },
    see: async ({ server, at, launch, offer }) => {
      const row = { server, at, launch, offer: JSON.stringify(offer) };
      await write({ behind: true, work: (tx) => prepared.see(tx, row) });
    },
    waiting: async () => {
      const query = db.selectFrom('waiting').selectAll().orderBy('at').orderBy('server').orderBy('kind');
      return (await read(() => query.orderBy('name').orderBy('hash').execute())).map(toWaiting);
    },
    setWaiting: async (waiting, over) => {
      const rows = waiting.map(toWaitingRow);
      await write({
        work: async (tx) => {
          for (const each of over) await prepared.forgetWaiting(tx, each);
          for (const row of rows) await prepared.wait(tx, row);
        },
      });
    },
    verdict: async (server, launch) => {
      const row = first(await read(() => prepared.verdict(db, { server, launch })));
      return row && (JSON.parse(row.verdict) as EraVerdict);
    },
    rememberVerdict: async (server, launch, verdict) => {
      const row = { server, launch, verdict: JSON.stringify(verdict) };
      await write({ behind: true, work: (tx) => prepared.rememberVerdict(tx, row) });
    },
  };
}

function pinStatements(db: Kysely<Tables>) {
  return {
    replacePin: statement<PinRow>((row) =>
      db
        .insertInto('pins')
        .values(columns(row, COLUMNS))
        .onConflict((on) => on.columns(KEY).doUpdateSet(columns(row, CONTENT))),
    ),
    insertPin: statement<PinRow>((row) =>
      db
        .insertInto('pins')
        .values(columns(row, COLUMNS))
        .onConflict((on) => on.doNothing()),
    ),
    pin: statement<Pick<PinRow, (typeof KEY)[number]>, PinRow>((key) =>
      db
        .selectFrom('pins')
        .select(COLUMNS)
        .where('server', '=', key.server)
        .where('kind', '=', key.kind)
        .where('name', '=', key.name),
    ),
  };
}

function sightingStatements(db: Kysely<Tables>) {
  return {
    see: statement<SightingRow>((row) =>
      db
        .insertInto('sightings')
        .values(columns(row, ['server', 'at', 'launch', 'offer']))
        .onConflict((on) => on.column('server').doUpdateSet(columns(row, ['at', 'launch', 'offer']))),
    ),
    verdict: statement<Pick<VerdictRow, 'server' | 'launch'>, Pick<VerdictRow, 'verdict'>>((key) =>
      db
        .selectFrom('verdicts')
        .select('verdict')
        .where('server', '=', key.server)
        .where('launch', '=', key.launch),
    ),
    rememberVerdict: statement<VerdictRow>((row) =>
      db
        .insertInto('verdicts')
        .values(columns(row, ['server', 'launch', 'verdict']))
        .onConflict((on) => on.columns(['server', 'launch']).doUpdateSet(columns(row, ['verdict']))),
    ),
  };
}

function waitingStatements(db: Kysely<Tables>) {
  const key = [...KEY, 'hash'] as const;
  const content = ['definition', 'findings', 'launch', 'at'] as const;
  return {
    wait: statement<WaitingRow>((row) =>
      db
        .insertInto('waiting')
        .values(columns(row, [...key, ...content]))
        .onConflict((on) => on.columns(key).doUpdateSet(columns(row, content))),
    ),
    forgetWaiting: statement<Pick<Waiting, (typeof key)[number]>>((item) =>
      db
        .deleteFrom('waiting')
        .where('server', '=', item.server)
        .where('kind', '=', item.kind)
        .where('name', '=', item.name)
        .where('hash', '=', item.hash),
    ),
  };
}

function toWaitingRow({ definition, findings, ...rest }: Waiting): WaitingRow {
  return { ...rest, definition: JSON.stringify(definition), findings: JSON.stringify(findings) };
}

function toWaiting({ kind, definition, findings, at, ...rest }: WaitingRow): Waiting {
  return {
    ...rest,
    kind: kind as Waiting['kind'],
    definition: parseObject(definition),
    findings: JSON.parse(findings) as readonly string[],
    at: Number(at),
  };
}

function toPinRow(pin: Pin): PinRow {
  return {
    server: pin.server,
    kind: pin.kind,
    name: pin.name,
    hash: pin.hash,
    definition: JSON.stringify(pin.definition),
    approved_at: pin.approvedAt,
    approved_by: pin.approvedBy,
  };
}

function toPin(row: PinRow): Pin {
  return {
    server: row.server,
    kind: row.kind as Pin['kind'],
    name: row.name,
    hash: row.hash,
    definition: parseObject(row.definition),
    approvedAt: Number(row.approved_at),
    approvedBy: row.approved_by,
  };
}

function toSighting(row: SightingRow): Sighting {
  const offer = JSON.parse(row.offer) as Offer;
  return { server: row.server, at: Number(row.at), launch: row.launch, offer };
}
