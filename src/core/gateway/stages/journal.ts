import { TuttiError } from '../../kernel/errors.ts';
import type { Json, JsonObject } from '../../kernel/json.ts';
import type { Call, Stage } from '../call.ts';
import type { CallOutcome } from '../gateway.ts';

/** Characters of arguments that go into a line. */
const ARGUMENTS_SHOWN = 4_000;

/** Every call leaves one line, whatever became of it. */
export const journal: Stage = {
  name: 'journal',
  admit: (call) => call.pass(() => 'Every call is recorded, without its secrets.'),
  run: (call, next) =>
    next().then(
      (outcome) => {
        record(call, () => happened(outcome));
        return outcome;
      },
      (fault: unknown) => {
        record(call, () => failed(fault));
        throw fault;
      },
    ),
};

function record(call: Call, outcome: () => JsonObject): void {
  const durationMs = call.gate.parts.clock.now() - call.startedAt;
  const { attempts, risk, findings } = call;
  call.gate.journal.add({
    owner: call.caller.owner,
    kind: 'call',
    fields: () => ({
      call: call.id,
      name: call.input.name.slice(0, 200),
      ...(call.chosen && {
        server: call.chosen.server.name,
        tool: call.chosen.tool.name,
        hash: call.chosen.hash,
      }),
      risk,
      ...(call.input.session !== undefined && { session: call.input.session }),
      ...(call.input.instance !== undefined && { instance: call.input.instance }),
      ...(call.asks !== undefined && { asked: call.asks }),
      ...(call.approved !== undefined && { approved: call.approved }),
      ...(findings.length > 0 && { findings }),
      attempts,
      duration_ms: durationMs,
      arguments: shown(call.input.arguments),
      ...outcome(),
    }),
  });
}

function shown(value: JsonObject): Json {
  const text = JSON.stringify(value);
  return text.length <= ARGUMENTS_SHOWN ? value : `${text.length} characters`;
}

function happened(outcome: CallOutcome): JsonObject {
  if (outcome.kind === 'error') return { outcome: 'error', code: outcome.error.code };
  if (outcome.kind === 'approval') return { outcome: 'approval', approval: outcome.approval.id };
  if (outcome.kind === 'input-required') return { outcome: outcome.kind };
  return {
    outcome: outcome.kind,
    cached: outcome.facts.cached,
    ...(outcome.payload.value['isError'] === true && { is_error: true }),
    ...(outcome.kind === 'stored' && { uri: outcome.uri }),
  };
}

function failed(fault: unknown): JsonObject {
  if (fault instanceof TuttiError) return { outcome: 'refused', code: fault.code, because: fault.message };
  return { outcome: 'aborted' };
}
