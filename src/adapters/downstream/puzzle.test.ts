import { describe, expect, it } from 'vitest';
import { TuttiError } from '../../core/kernel/errors.ts';
import { toPayload } from '../../core/kernel/payload.ts';
import type { DownstreamAnswer } from '../../core/ports/downstream.ts';
import type { Live } from './connector.ts';
import { bearsOut, didNothing } from './puzzle.ts';
import { NotUnderstood } from './wire.ts';

const result = (value: object): DownstreamAnswer => ({ kind: 'result', payload: toPayload({ ...value }) });
const error = (code: number): DownstreamAnswer => ({ kind: 'error', error: { code, message: 'No.' } });

describe('a revision that was only presumed', () => {
  it.each([
    { answer: result({ resultType: 'complete' }), presumed: true, holds: true },
    { answer: result({}), presumed: true, holds: false },
    { answer: result({}), presumed: false, holds: true },
    { answer: error(-32_602), presumed: true, holds: false },
    { answer: error(-32_050), presumed: true, holds: true },
  ])('is borne out by what only such a server says', ({ answer, presumed, holds }) => {
    expect(bearsOut({ presumed } as Live, answer)).toBe(holds);
  });

  it('is no reason to make a call again of which nobody knows whether it ran', () => {
    const unreadable = new TuttiError('downstream/protocol', 'It is no JSON.');
    expect(didNothing(unreadable, 'tools/call')).toBe(false);
    expect(didNothing(unreadable, 'tools/list')).toBe(true);
    expect(didNothing(new NotUnderstood('HTTP 400.'), 'tools/call')).toBe(true);
  });
});
