import { TuttiError } from '../../kernel/errors.ts';
import { canonicalJson } from '../../kernel/json.ts';
import type { Call, Stage } from '../call.ts';
import { releaseKey } from '../claims.ts';
import type { CallOutcome } from '../gateway.ts';
import { traitsOf } from '../traits.ts';

const MAX_KEY = 200;

/** The same key gives the same answer again. */
export const idempotency: Stage = {
  name: 'idempotency',
  admit: (call) => {
    const key = call.input.idempotencyKey;
    if (key === undefined) return call.skip(() => 'No idempotency key was sent.');
    if (key.length > 0 && key.length <= MAX_KEY)
      return call.pass(() => 'The key gives the same answer for an hour.');
    const message = `idempotency_key must have 1 to ${MAX_KEY} characters, found ${key.length}.`;
    return { kind: 'stop', error: new TuttiError('input/invalid-format', message) };
  },
  run: (call, next) => {
    const { idempotencyKey: key, name, arguments: sent } = call.input;
    if (key === undefined) return next();
    const { repeats, parts } = call.gate;
    return repeats.repeat(
      {
        key: `${call.caller.owner}\n${key}`,
        digest: parts.digest(canonicalJson([name, sent])),
        isLost: () => call.sent && !traitsOf(call.entry).isVouchedRead,
        signal: call.signal,
      },
      () => keepingKey(call, next),
    );
  },
};

/** A write whose outcome is unknown is not made again under its key; one that was not sent leaves the key free. */
async function keepingKey(call: Call, next: () => Promise<CallOutcome>): Promise<CallOutcome> {
  try {
    return await next();
  } finally {
    if (!call.sent) await releaseKey(call);
  }
}
