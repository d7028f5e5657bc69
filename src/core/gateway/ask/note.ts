import type { Caller } from '../../kernel/caller.ts';
import { TuttiError } from '../../kernel/errors.ts';
import type { JsonObject } from '../../kernel/json.ts';
import { isJsonObject } from '../../kernel/json.ts';
import { cleanText } from '../../policy/clean.ts';
import type { Gate } from '../call.ts';
import type { JournalLine } from '../journal.ts';
import { inWireNames } from '../plan/wire-names.ts';
import type { AskInput, Resolution } from './ask.ts';

const SHOWN_QUERY = 500;
const SHOWN_CALLS = 64;
const SHOWN_ID = 128;

/** Every question leaves one line, whatever became of it. */
export interface Note {
  came(resolution: Resolution): void;
  failed(fault: unknown): void;
}

export function noteOf(gate: Gate, caller: Caller, input: AskInput): Note {
  const { clock } = gate.parts;
  const { owner } = caller;
  const startedAt = clock.now();
  const lineOf = (fields: JsonObject): JournalLine => {
    const { session, instance } = input;
    const line = {
      ...askedIn(input),
      ...(session !== undefined && { session: cleanText(session, SHOWN_ID) }),
      ...(instance !== undefined && { instance: cleanText(instance, SHOWN_ID) }),
      duration_ms: clock.now() - startedAt,
      ...fields,
    };
    return { owner, kind: 'ask', fields: () => line };
  };
  return {
    came: (resolution) => {
      gate.journal.add(lineOf({ decision: resolution.kind, ...happened(resolution) }));
    },
    failed: (fault) => {
      if (!(fault instanceof TuttiError)) {
        gate.journal.add(lineOf({ decision: 'aborted' }));
        return;
      }
      const { code, message } = fault;
      const told = code === 'plan/invalid' ? inWireNames(message) : message;
      const line = lineOf({ decision: 'refused', code, because: cleanText(told, SHOWN_QUERY) });
      // A flood of what is refused is told of together.
      gate.refusals.add(JSON.stringify([owner, 'ask', code]), line);
    },
  };
}

/** What was sent may be anything. */
function askedIn({ query, plan, dryRun }: AskInput): JsonObject {
  const id: unknown = isJsonObject(plan) ? plan['id'] : undefined;
  return {
    ...(typeof query === 'string' && { query: cleanText(query, SHOWN_QUERY) }),
    ...(plan !== undefined && { plan: typeof id === 'string' ? cleanText(id, SHOWN_ID) : true }),
    ...(dryRun === true && { dry_run: true }),
  };
}

function happened(resolution: Resolution): JsonObject {
  switch (resolution.kind) {
    case 'out_of_scope':
    case 'input-required':
      return {};
    default:
      return {
        ...('plan' in resolution && resolution.plan !== undefined && planFields(resolution.plan)),
        ...(resolution.kind === 'approval' && { approval: resolution.approval.id }),
        ...(resolution.kind === 'answer' && {
          sources: resolution.sources.slice(0, SHOWN_CALLS).map(({ callId }) => callId),
          failed: resolution.partial.length,
        }),
      };
  }
}

function planFields({
  id,
  calls,
}: {
  readonly id?: string;
  readonly calls: Extract<Resolution, { kind: 'plan' }>['plan']['calls'];
}): JsonObject {
  return {
    ...(id !== undefined && { plan: id }),
    calls: calls.slice(0, SHOWN_CALLS).map(({ server, tool }) => tool ?? server),
  };
}
