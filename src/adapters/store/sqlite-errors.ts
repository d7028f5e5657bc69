import type { Diagnosis } from './medium.ts';

const codes = {
  3: {
    kind: 'store/unusable',
    message: 'permission to it was refused. Correct its permissions, or name another file.',
  },
  5: { kind: 'busy', message: 'it is locked.' },
  6: { kind: 'busy', message: 'it is locked.' },
  8: {
    kind: 'store/unusable',
    message: 'it cannot be written. Correct its permissions, or name another file.',
  },
  10: { kind: 'store/unavailable', message: 'reading or writing the disk failed. Check the disk.' },
  11: { kind: 'store/unusable', message: 'the database is damaged. Restore a copy, or name another file.' },
  13: {
    kind: 'store/full',
    message: 'the disk or the database is full. Nothing was written; free some space and repeat the call.',
  },
  14: {
    kind: 'store/unusable',
    message: 'it cannot be opened. Check the path and its permissions, or name another file.',
  },
  19: { kind: 'constraint', message: 'a constraint does not hold.' },
  23: {
    kind: 'store/unusable',
    message: 'permission to it was refused. Correct its permissions, or name another file.',
  },
  26: { kind: 'store/unusable', message: 'it is not a SQLite database. Name another file.' },
} as const satisfies Record<number, Diagnosis>;

/** What an error of `node:sqlite` means; `undefined` when it is none. */
export function diagnoseSqlite(error: unknown): Diagnosis | undefined {
  if (!(error instanceof Error) || !('errcode' in error) || typeof error.errcode !== 'number')
    return undefined;
  // The low byte is the class of the error, the rest its details.
  const found = (codes as Record<number, Diagnosis>)[error.errcode & 0xff];
  return (
    found ?? { kind: 'store/unavailable', message: `SQLite reports "${error.message}". Nothing was written.` }
  );
}
