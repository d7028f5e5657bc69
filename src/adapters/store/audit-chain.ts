import { hash as digest } from 'node:crypto';
import { canonicalJson, type JsonObject } from '../../core/kernel/json.ts';
import type { Audit, AuditEntry, AuditRow } from '../../core/ports/audit.ts';
import { parseObject } from './plain.ts';

/** A row as it is kept. */
export interface Link {
  readonly seq: number;
  readonly at: number;
  readonly owner: string;
  readonly kind: string;
  /** Canonical JSON. */
  readonly fields: string;
  readonly hash: string;
}

/** The last link. */
export type Head = Pick<Link, 'seq' | 'hash'>;

/** Before the first link. */
export const START: Head = { seq: 0, hash: '' };

export interface Chain {
  /** `undefined` when it was taken out. */
  readonly head: () => Promise<Head | undefined>;
  /** Some of the rows with a greater seq, in order; none when there are none. */
  readonly after: (seq: number) => Promise<readonly Link[]>;
}

/** A row before it has its place in the chain. */
export type Draft = Omit<Link, 'seq' | 'hash'>;

/** The entry in writing: nothing that is done to it later changes it. */
export function toDraft({ at, owner, kind, fields }: AuditEntry): Draft {
  return { at, owner: toStorable(owner), kind: toStorable(kind), fields: canonicalJson(fields) };
}

/** The entries as the links that follow `head`. */
export function toLinks(head: Head, drafts: readonly Draft[]): Link[] {
  let { seq, hash } = head;
  return drafts.map(({ at, owner, kind, fields }) => {
    seq += 1;
    hash = hashOf({ seq, at, owner, kind, fields }, hash);
    return { seq, at, owner, kind, fields, hash };
  });
}

export function toAuditRow({ seq, at, owner, kind, fields, hash }: Link): AuditRow {
  return { seq, at, owner, kind, fields: readable(fields), hash };
}

/** What somebody spoilt by hand is shown as it stands. */
function readable(fields: string): JsonObject {
  try {
    return parseObject(fields);
  } catch {
    return { unreadable: fields };
  }
}

/** Follows the chain from its first row to its head. */
export async function verifyChain(chain: Chain): ReturnType<Audit['verify']> {
  let last: Head = START;
  let rows = 0;
  // Smaller than every seq there can be: a row below the first is one too many.
  let after = Number.MIN_SAFE_INTEGER;
  for (;;) {
    const page = await chain.after(after);
    for (const link of page) {
      const problem = problemOf(link, last);
      if (problem !== undefined) return { rows, broken: problem };
      last = link;
      rows += 1;
    }
    after = last.seq;
    if (page.length > 0) continue;
    const head = await chain.head();
    // Another process may have appended since the last page was read.
    if (head !== undefined && head.seq > last.seq && (await chain.after(after)).length > 0) continue;
    const problem = problemOfEnd(head, last);
    return problem === undefined ? { rows } : { rows, broken: problem };
  }
}

interface Problem {
  readonly seq: number;
  readonly problem: string;
}

function problemOf(link: Link, before: Head): Problem | undefined {
  const expected = before.seq + 1;
  if (link.seq > expected) {
    return { seq: expected, problem: `the row was taken out: expected ${expected}, found ${link.seq} next` };
  }
  if (link.seq !== expected) {
    return { seq: link.seq, problem: `the row was put in: expected ${expected} next` };
  }
  return link.hash === hashOf(link, before.hash)
    ? undefined
    : {
        seq: link.seq,
        problem: 'the row was changed or put in: its hash does not follow from what it holds',
      };
}

function problemOfEnd(head: Head | undefined, last: Head): Problem | undefined {
  if (head === undefined)
    return { seq: last.seq, problem: 'the record of the last row was taken out, so later rows may be too' };
  if (head.seq > last.seq) {
    const seq = last.seq + 1;
    return { seq, problem: `the row was taken out: expected rows up to ${head.seq}, found ${last.seq}` };
  }
  if (head.seq < last.seq) {
    const seq = head.seq + 1;
    return { seq, problem: `the row was put in: expected rows up to ${head.seq}, found ${last.seq}` };
  }
  return head.hash === last.hash
    ? undefined
    : { seq: last.seq, problem: 'the row was changed: its hash is not the one recorded for the last row' };
}

/** Of the canonical JSON of the entry with its seq and the hash before it; `fields` is canonical already and goes in as it stands. */
function hashOf({ seq, at, owner, kind, fields }: Omit<Link, 'hash'>, previous: string): string {
  const [who, what] = [JSON.stringify(owner), JSON.stringify(kind)];
  const text = `{"at":${at},"fields":${fields},"kind":${what},"owner":${who},"previous":"${previous}","seq":${seq}}`;
  return digest('sha256', text, 'hex');
}

/** What every database gives back as it was: without lone surrogates and NUL. */
function toStorable(text: string): string {
  return text.toWellFormed().replaceAll('\0', '\ufffd');
}
