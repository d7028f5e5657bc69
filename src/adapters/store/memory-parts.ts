import type { EraVerdict } from '../../core/ports/downstream.ts';
import type { Pin, Pins, Sighting, Waiting, WaitingKey } from '../../core/ports/pins.ts';
import type { Results, StoredResult } from '../../core/ports/results.ts';
import type { Store } from '../../core/ports/store.ts';
import type { Usage, UsageKey, UsageLog } from '../../core/ports/usage.ts';
import type { Vault } from '../../core/ports/vault.ts';
import { memoryApprovals } from './memory-approvals.ts';
import { memoryAudit } from './memory-audit.ts';
import { memoryVectors } from './memory-vectors.ts';
import { parseObject, toPlain } from './plain.ts';
import { MAX_OWNER_BYTES } from './results.ts';
import { passesLimits, plus } from './spending.ts';

type Parts = Pick<Store, 'approvals' | 'pins' | 'results' | 'audit' | 'usage' | 'vault' | 'vectors'>;

/** The parts of the store that a gateway uses, in plain maps. `checkOpen` throws once the store is closed. */
export function memoryParts(checkOpen: () => void): Parts {
  return {
    approvals: memoryApprovals(checkOpen),
    pins: memoryPins(checkOpen),
    results: memoryResults(checkOpen),
    audit: memoryAudit(checkOpen),
    usage: memoryUsage(checkOpen),
    vault: memoryVault(checkOpen),
    vectors: memoryVectors(checkOpen),
  };
}

function memoryPins(checkOpen: () => void): Pins {
  const pins = new Map<string, Pin>();
  const sightings = new Map<string, Sighting>();
  const waiting = new Map<string, Waiting>();
  const verdicts = new Map<string, { readonly server: string; readonly verdict: EraVerdict }>();
  return {
    async list() {
      checkOpen();
      return toPlain([...pins.values()]).toSorted((a, b) => compare(pinKey(a), pinKey(b)));
    },
    async put(given) {
      checkOpen();
      for (const pin of toPlain(given)) pins.set(pinKey(pin), pin);
    },
    async putNew(given) {
      checkOpen();
      for (const pin of toPlain(given)) if (!pins.has(pinKey(pin))) pins.set(pinKey(pin), pin);
      return toPlain(given.map((pin) => pins.get(pinKey(pin)) ?? pin));
    },
    async forget(server) {
      checkOpen();
      for (const [key, pin] of pins) if (pin.server === server) pins.delete(key);
      for (const [key, known] of verdicts) if (known.server === server) verdicts.delete(key);
      for (const [key, each] of waiting) if (each.server === server) waiting.delete(key);
      sightings.delete(server);
    },
    async sightings() {
      checkOpen();
      return toPlain([...sightings.values()]).toSorted((a, b) => compare(a.server, b.server));
    },
    async see(sighting) {
      checkOpen();
      sightings.set(sighting.server, toPlain(sighting));
    },
    async waiting() {
      checkOpen();
      return toPlain([...waiting.values()]).toSorted(
        (a, b) => a.at - b.at || compare(waitingKey(a), waitingKey(b)),
      );
    },
    async setWaiting(added, over) {
      checkOpen();
      for (const each of over) waiting.delete(waitingKey(each));
      for (const each of toPlain(added)) waiting.set(waitingKey(each), each);
    },
    async verdict(server, launch) {
      checkOpen();
      const known = verdicts.get(keyOf(server, launch));
      return known && toPlain(known.verdict);
    },
    async rememberVerdict(server, launch, verdict) {
      checkOpen();
      verdicts.set(keyOf(server, launch), { server, verdict: toPlain(verdict) });
    },
  };
}

function pinKey({ server, kind, name }: Pin): string {
  return keyOf(server, kind, name);
}

function waitingKey({ server, kind, name, hash }: WaitingKey): string {
  return keyOf(server, kind, name, hash);
}

function memoryResults(checkOpen: () => void): Results {
  const results = new Map<string, StoredResult>();
  const makeRoom = (owner: string, newest: string) => {
    const own = [...results].filter(([, each]) => each.owner === owner);
    let total = own.reduce((sum, [, each]) => sum + each.bytes.byteLength, 0);
    for (const [key, each] of own.toSorted(([, a], [, b]) => a.at - b.at || compare(a.id, b.id))) {
      if (total <= MAX_OWNER_BYTES) return;
      if (key === newest) continue;
      results.delete(key);
      total -= each.bytes.byteLength;
    }
  };
  return {
    async put(result) {
      checkOpen();
      for (const [key, each] of results) if (each.expiresAt <= result.at) results.delete(key);
      const key = keyOf(result.owner, result.id);
      results.set(key, { ...result, bytes: Uint8Array.from(result.bytes) });
      makeRoom(result.owner, key);
    },
    async find(owner, id, now) {
      checkOpen();
      const found = results.get(keyOf(owner, id));
      if (found === undefined || found.expiresAt <= now) return undefined;
      return { ...found, bytes: Uint8Array.from(found.bytes) };
    },
  };
}

function memoryUsage(checkOpen: () => void): UsageLog {
  const sums = new Map<string, Usage>();
  const read = (key: string): Usage => sums.get(key) ?? { calls: 0, costMicros: 0, ms: 0 };
  const add = (spent: UsageKey & Usage): Usage => {
    const key = keyOf(spent.owner, spent.subject, spent.windowAt);
    const sum = plus(read(key), spent);
    sums.set(key, sum);
    return { ...sum };
  };
  return {
    async read({ owner, subject, windowAt }) {
      checkOpen();
      return { ...read(keyOf(owner, subject, windowAt)) };
    },
    async add(spent) {
      checkOpen();
      for (const each of spent) add(each);
    },
    async take(wanted) {
      checkOpen();
      const found = wanted.map(({ owner, subject, windowAt }) => read(keyOf(owner, subject, windowAt)));
      if (wanted.some((each, at) => passesLimits(each, found[at]))) return { granted: false, sums: found };
      return { granted: true, sums: wanted.map((each) => add(each)) };
    },
    async prune(before) {
      checkOpen();
      for (const key of sums.keys()) {
        const [, , windowAt] = JSON.parse(key) as [string, string, number];
        if (windowAt > 0 && windowAt < before) sums.delete(key);
      }
    },
  };
}

function memoryVault(checkOpen: () => void): Vault {
  const secrets = new Map<string, string>();
  const values = new Map<string, string>();
  const marks = new Map<string, number>();
  return {
    async secret(name, fresh) {
      checkOpen();
      const known = secrets.get(name) ?? fresh;
      secrets.set(name, known);
      return known;
    },
    async claim(mark, now, expiresAt) {
      checkOpen();
      for (const [each, until] of marks) if (until <= now) marks.delete(each);
      if (marks.has(mark)) return false;
      marks.set(mark, expiresAt);
      return true;
    },
    async renew(mark, expiresAt) {
      checkOpen();
      if (marks.has(mark)) marks.set(mark, expiresAt);
    },
    async release(mark) {
      checkOpen();
      marks.delete(mark);
    },
    async read(name) {
      checkOpen();
      const text = values.get(name);
      return text === undefined ? undefined : parseObject(text);
    },
    async write(name, value) {
      checkOpen();
      if (value === undefined) values.delete(name);
      else values.set(name, JSON.stringify(value));
    },
    async replace(name, before, value) {
      checkOpen();
      if (values.get(name) !== (before && JSON.stringify(before))) return false;
      values.set(name, JSON.stringify(value));
      return true;
    },
  };
}

function keyOf(...parts: readonly (string | number)[]): string {
  return JSON.stringify(parts);
}

function compare(a: string, b: string): number {
  if (a === b) return 0;
  return a < b ? -1 : 1;
}
