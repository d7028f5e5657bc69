import type { Call, Stage } from '../call.ts';
import type { CallOutcome } from '../gateway.ts';

/** Equal reads of one caller at the same time are one call of the server. */
export const sharing: Stage = {
  name: 'sharing',
  admit: (call) =>
    call.cacheKey === undefined
      ? call.skip(() => 'It is made for this caller alone.')
      : call.pass(() => 'Equal calls that are under way are answered together.'),
  run: (call, next) => (call.cacheKey === undefined ? next() : shared(call, call.cacheKey, next)),
};

async function shared(call: Call, cacheKey: string, next: () => Promise<CallOutcome>): Promise<CallOutcome> {
  const { answers, inFlight } = call.gate;
  const key = `${answers.generation(call.entry.server.name)}\n${cacheKey}`;
  const joiner = { signal: call.signal, facts: () => call.facts(true) };
  const { outcome, led, sensitive } = await inFlight.share(key, joiner, async (lead) => {
    call.signal = lead.signal;
    const made = await next();
    lead.sensitive(call.sensitive);
    return made;
  });
  call.sensitive = sensitive;
  // A question was meant for the one who led; whoever joined asks for himself.
  return outcome.kind === 'input-required' && !led ? await next() : outcome;
}
