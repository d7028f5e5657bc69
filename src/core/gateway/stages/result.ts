import { TuttiError } from '../../kernel/errors.ts';
import type { Payload } from '../../kernel/payload.ts';
import { toPayload } from '../../kernel/payload.ts';
import { inspectResult } from '../../policy/provenance.ts';
import type { Call, Stage } from '../call.ts';
import type { CallOutcome } from '../gateway.ts';
import { checkContent, checkStructure } from '../promised.ts';
import { textIn, toldError } from '../told-error.ts';

/** What comes back is checked against the schema it was promised in, and looked through for instructions. */
export const result: Stage = {
  name: 'result',
  admit: (call) => {
    const { checkResult } = call.entry;
    return call.pass(() => {
      const schema = checkResult ? 'Structured results must fit the promised schema; ' : '';
      return `${schema}results that seem to carry instructions are ${call.policy.settings.injection === 'mark' ? 'marked' : 'blocked'}.`;
    });
  },
  run: (call, next) =>
    next().then(
      (outcome) => checked(call, outcome),
      (fault: unknown) => {
        throw inspectedFault(call, fault);
      },
    ),
};

function checked(call: Call, outcome: CallOutcome): CallOutcome {
  switch (outcome.kind) {
    case 'result':
      checkContent(call.entry, outcome.payload.value);
      checkStructure(call.entry, outcome.payload.value);
      return withPayload(outcome, inspected(call, outcome.payload));
    case 'stored':
      return withPayload(outcome, inspected(call, outcome.payload));
    case 'error': {
      const { resultMaxBytes } = call.policy.settings;
      return {
        ...outcome,
        error: toldError(outcome.error, resultMaxBytes, (said) => inspected(call, said)),
      };
    }
    case 'input-required':
    case 'approval':
      return outcome;
  }
}

function withPayload<T extends { readonly payload: Payload }>(outcome: T, payload: Payload): T {
  return outcome.payload === payload ? outcome : { ...outcome, payload };
}

function inspected(call: Call, payload: Payload): Payload {
  const { server, tool } = call.entry;
  const found = inspectResult(payload, {
    mode: call.policy.settings.injection,
    nonce: call.id,
    server: server.name,
    tool: tool.name,
  });
  if (found.sensitive) call.sensitive = true;
  if (found.findings.length > 0) call.findings = [...call.findings, ...found.findings];
  return found.payload;
}

/** A text that is read by models as results are; the same one when nothing is found in it. */
function inspectedText(call: Call, text: string): string {
  const asResult = toPayload({ content: [{ type: 'text', text }] });
  const payload = inspected(call, asResult);
  return payload === asResult ? text : textIn(payload);
}

/** The beginning of what was too large comes with the refusal. */
function inspectedFault(call: Call, fault: unknown): unknown {
  if (!(fault instanceof TuttiError) || fault.code !== 'downstream/result-too-large') return fault;
  const { head } = (fault.data ?? {}) as { readonly head?: unknown };
  if (typeof head !== 'string') return fault;
  const data = { head: inspectedText(call, head) };
  return new TuttiError(fault.code, fault.message, { cause: fault, data });
}
