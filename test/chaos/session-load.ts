/**
 * One process under mixed load on many sessions, until it is killed: `node test/chaos/session-load.ts DATABASE ACKNOWLEDGEMENTS NAME SESSIONS FROM`.
 * It goes to every session once, from the given one on, then to any.
 */
import { openSync, writeSync } from 'node:fs';
import { sqliteStore } from '../../src/adapters/store/sqlite.ts';
import { systemClock } from '../../src/adapters/clock/system.ts';
import { TuttiError } from '../../src/core/kernel/errors.ts';
import { sessionHouse } from '../support/session-house.ts';
import { callerOf, sessionsOf } from './sessions.ts';
import type { Acknowledged, Place } from './sessions.ts';
import { seeded } from './kill.ts';

const [database = '', file = '', name = '', count = '0', from = '0'] = process.argv.slice(2);
const IN_FLIGHT = 48;

const { sessions } = sessionHouse({
  store: await sqliteStore({ path: database }),
  clock: systemClock(),
  settings: { transitions: 'warn' },
});
const acknowledgements = openSync(file, 'a');
const places = sessionsOf(Number(count));
const random = seeded(Number.parseInt(name.replaceAll(/\D/g, ''), 10));
const begun = new Map<Place, Promise<void>>();
let made = 0;

/** Written past every buffer of the process, so that a line once written outlives its end. */
function acknowledge(done: Acknowledged): void {
  writeSync(acknowledgements, `${JSON.stringify(done)}\n`);
}

/** The state of the other that the session is at now is as good as any: a reason makes every move. */
const works: Readonly<Record<Acknowledged['kind'], (place: Place, tag: string) => Promise<unknown>>> = {
  message: (place, tag) => sessions.say(callerOf(place), { ...at(place), role: 'user', content: tag }),
  move: (place, tag) =>
    sessions.move(callerOf(place), { ...at(place), to: random() < 0.5 ? 'A' : 'B', reason: tag }),
  data: (place, tag) => sessions.storeData(callerOf(place), { ...at(place), key: tag, value: tag }),
  knowledge: (place, tag) => sessions.storeKnowledge(callerOf(place), { ...at(place), key: tag, value: tag }),
};
const KINDS = Object.keys(works) as readonly Acknowledged['kind'][];

function at({ session }: Place): { readonly session?: string } {
  return session === undefined ? {} : { session };
}

async function begin(place: Place): Promise<void> {
  if (place.session === undefined) return;
  try {
    await sessions.start(callerOf(place), { id: place.session });
  } catch (fault) {
    if (!(fault instanceof TuttiError && fault.code === 'instance/conflict')) throw fault;
  }
}

async function drive(): Promise<never> {
  for (;;) {
    const which = made < places.length ? Number(from) + made : Math.floor(random() * places.length);
    const place = places[which % places.length] as Place;
    const kind = KINDS[Math.floor(random() * KINDS.length)] as Acknowledged['kind'];
    const tag = `${place.owner}/${place.session ?? ''}/${name}-${(made += 1)}`;
    const beginning = begun.get(place) ?? begin(place);
    begun.set(place, beginning);
    await beginning;
    await works[kind](place, tag);
    acknowledge({ ...place, kind, tag });
  }
}

await Promise.all(Array.from({ length: IN_FLIGHT }, () => drive()));
