import { TuttiError } from '../../kernel/errors.ts';
import type { Json, JsonObject } from '../../kernel/json.ts';
import type { Call, Stage } from '../call.ts';
import type { CallOutcome } from '../gateway.ts';
import type { JournalLine } from '../journal.ts';

/** Characters of arguments that go into a line. */
const ARGUMENTS_SHOWN = 4_000;

/** Every call leaves one line, whatever became of it. */
export const journal: Stage = {
  name: 'journal',
  admit: (call) => call.pass(() => 'Every call is recorded, without its secrets.'),
  run: (call, next) =>
    next().then(
      (outcome) => {
        record(call, happened(outcome));
        return outcome;
      },
      (fault: unknown) => {
        record(call, failed(fault), refusalOf(call, fault));
        throw fault;
      },
    ),
};

/** Lines wait for a moment: they hold on to nothing of the call but what they tell. */
function record(call: Call, outcome: JsonObject, refusal?: string): void {
  const { id, caller, input, chosen, risk, asks, approved, findings, attempts } = call;
  const { name, session, instance, arguments: sent } = input;
  const durationMs = call.gate.parts.clock.now() - call.startedAt;
  const line: JournalLine = {
    owner: caller.owner,
    kind: 'call',
    fields: () => ({
      call: id,
      name: name.slice(0, 200),
      ...(chosen && { server: chosen.server.name, tool: chosen.tool.name, hash: chosen.hash }),
      risk,
      ...(session !== undefined && { session }),
      ...(instance !== undefined && { instance }),
      ...(asks !== undefined && { asked: asks }),
      ...(approved !== undefined && { approved }),
      ...(findings.length > 0 && { findings }),
      attempts,
      duration_ms: durationMs,
      arguments: shown(sent),
      ...outcome,
    }),
  };
  if (refusal === undefined) call.gate.journal.add(line);
  else call.gate.refusals.add(refusal, line);
}

/** What a refusal has in common with others that are told of together: one before a tool was found may name anything. */
function refusalOf({ caller, chosen, attempts }: Call, fault: unknown): string | undefined {
  if (attempts > 0 || !(fault instanceof TuttiError)) return undefined;
  return JSON.stringify([caller.owner, fault.code, chosen?.name, chosen && fault.message]);
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
