import { TuttiError } from '../../kernel/errors.ts';
import { canonicalJson } from '../../kernel/json.ts';
import type { KeptAnswer } from '../answers.ts';
import type { Call, Stage } from '../call.ts';
import type { CallOutcome } from '../gateway.ts';
import { traitsOf } from '../traits.ts';

/** What was answered before is answered again, to the same caller, while it is fresh; whatever may write makes it stale. */
export const cache: Stage = {
  name: 'cache',
  admit: (call) => {
    const key = keyOf(call);
    call.cacheKey = key;
    const isKept = key !== undefined && call.gate.answers.get(key) !== undefined;
    if (call.effect === 'degrade' && !isKept) {
      const message = `A rule allows ${call.input.name} from the cache only, and nothing is kept there for these arguments.`;
      return { kind: 'stop', error: new TuttiError('policy/denied', message), elsewhere: true };
    }
    if (key === undefined)
      return call.skip(() => 'Nothing says that it only reads, or it is not to be kept.');
    return call.pass(() => (isKept ? 'It is answered from the cache.' : 'It will be kept.'));
  },
  run: (call, next) => {
    if (call.cacheKey !== undefined) return kept(call, call.cacheKey, next);
    return call.risk === 'read' ? next() : written(call, next);
  },
};

/** Absent: neither kept nor shared. Answers to questions hold for one call only. */
function keyOf(call: Call): string | undefined {
  const { entry, input, caller } = call;
  const { tool, server } = entry;
  if (input.inputResponses !== undefined || input.requestState !== undefined) return undefined;
  if (!traitsOf(entry).isCacheable) return undefined;
  return call.gate.answers.keyOf({
    server: server.name,
    owner: caller.owner,
    rest: `${entry.hash}\n${tool.name}\n${canonicalJson(call.arguments)}`,
  });
}

async function kept(call: Call, key: string, next: () => Promise<CallOutcome>): Promise<CallOutcome> {
  const { answers } = call.gate;
  const { server } = call.entry;
  const found = answers.get(key);
  if (found !== undefined) return fromCache(call, found);
  const generation = answers.generation(server.name);
  const outcome = await next();
  if (isKeepable(call, outcome)) {
    const answer = { payload: outcome.payload, sensitive: call.sensitive };
    answers.set(key, answer, { server: server.name, ttlMs: server.cache.ttlMs, generation });
  }
  return outcome;
}

function fromCache(call: Call, { payload, sensitive }: KeptAnswer): CallOutcome {
  call.sensitive = sensitive;
  return { kind: 'result', payload, facts: call.facts(true) };
}

function isKeepable(call: Call, outcome: CallOutcome): outcome is Extract<CallOutcome, { kind: 'result' }> {
  return outcome.kind === 'result' && outcome.payload.value['isError'] !== true && !call.asked;
}

/** Purged before and after: a read that runs meanwhile may have seen either. */
async function written(call: Call, next: () => Promise<CallOutcome>): Promise<CallOutcome> {
  const { answers } = call.gate;
  const { name } = call.entry.server;
  answers.purge(name);
  try {
    return await next();
  } finally {
    answers.purge(name);
  }
}
