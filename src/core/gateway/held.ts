import { TuttiError } from '../kernel/errors.ts';
import type { HeldItem } from './gateway.ts';
import type { BrokenServer } from './settings.ts';

/** Why nothing is sent to something that is held. */
export function heldError(server: string, held: HeldItem): TuttiError {
  const what =
    held.kind === 'server'
      ? `The server ${server}`
      : `The ${held.kind} ${held.name || 'text'} of the server ${server}`;
  const how = 'Review it with `tutti lock diff`, then `tutti lock approve`.';
  const data = { held };
  if (held.reason === 'changed' && held.kind !== 'server')
    return new TuttiError(
      'tool/changed',
      `${what} is no longer what was approved, so nothing was sent. ${how}`,
      {
        data,
      },
    );
  const why = {
    new: 'was never approved',
    changed: 'is reached in another way than was approved',
    suspicious: `looks dangerous (${held.findings.join('; ')})`,
  }[held.reason];
  return new TuttiError('tool/held', `${what} ${why}, so nothing was sent. ${how}`, { data });
}

/** Why a server cannot be used that stands in the configuration. */
export function brokenError({ name, status, error }: BrokenServer): TuttiError {
  return status === 'held'
    ? new TuttiError('tool/held', `The server ${name} is held, so nothing was sent. ${error}`)
    : new TuttiError(
        'downstream/unavailable',
        `The server ${name} cannot be used as it is written. ${error}`,
        {
          data: { sent: false },
        },
      );
}
