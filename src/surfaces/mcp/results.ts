import { randomUUID } from 'node:crypto';
import type { CallToolResult } from '@modelcontextprotocol/server';
import { TuttiError, errorTable, wireCode } from '../../core/kernel/errors.ts';
import type { Fault } from '../../core/kernel/fault.ts';
import { checkJson, isJsonObject } from '../../core/kernel/json.ts';
import type { JsonObject } from '../../core/kernel/json.ts';
import { INVALID_PARAMS } from '../../core/kernel/protocol-names.ts';
import type { RpcError } from '../../core/ports/downstream.ts';
import type { Telemetry } from '../../core/ports/telemetry.ts';
import type { Directive } from '../../core/workflow/directive.ts';
import { approveCommand } from './gateway-texts.ts';
import { toToldError } from './plan-wire.ts';
import { directiveText, faultsText, paragraphs } from './texts.ts';
import type { ToolAnswer } from './tool.ts';
import { toWireDirective, toWireFaults } from './wire.ts';

/** Errors whose text clients have always read as it is, without a code before it. */
const PHRASES: ReadonlySet<string> = new Set(['state/unknown', 'data/not-found', 'knowledge/not-found']);

/** Characters of what a client named; it may name anything. */
const ID_LOGGED = 200;

/** What was being done when it failed, for the log. */
export interface Attempt {
  readonly tool: string;
  readonly instanceId: string | undefined;
}

/** The same directive for programs and for readers. */
export function directiveAnswer(directive: Directive): ToolAnswer {
  return { structured: toWireDirective(directive), text: directiveText(directive) };
}

export function toResult({ structured, text, more }: ToolAnswer): CallToolResult {
  const texts = more === undefined ? [text] : [text, more];
  return { content: texts.map((each) => ({ type: 'text', text: each })), structuredContent: structured };
}

/** Turns a failure into an answer the caller can act on, and logs it with the instance's id. */
export function toErrorResult(failure: unknown, attempt: Attempt, telemetry: Telemetry): CallToolResult {
  const error = toToldError(toReported(failure, attempt, telemetry));
  const faults = faultsOf(error.data);
  const code = wireCode(error.code);
  const { message } = error;
  return {
    isError: true,
    content: [
      {
        type: 'text',
        text: PHRASES.has(error.code) ? message : paragraphs([`${code}: ${message}`, faultsText(faults)]),
      },
    ],
    structuredContent: { ...plainData(error.data), error_code: code, message },
  };
}

/** A failure that is told as an error of the protocol, not as the result of a tool: the request itself cannot be taken up again. */
export function protocolFault(failure: unknown): RpcError | undefined {
  if (!(failure instanceof TuttiError && failure.code === 'call/stale-state')) return undefined;
  return { code: INVALID_PARAMS, message: failure.message, data: { error_code: wireCode(failure.code) } };
}

/** With the command for an approval that was answered in vain and still waits. @param configFile Named in it, where it was named to us. */
export function withApproveCommand(failure: unknown, configFile: string | undefined): unknown {
  if (!(failure instanceof TuttiError && failure.code === 'input/invalid-format')) return failure;
  const { code, message, data, cause } = failure;
  const id = isJsonObject(data) ? data['approval_id'] : undefined;
  if (typeof id !== 'string') return failure;
  const told = `${message} To decide it, a person runs \`${approveCommand(id, configFile)}\` (or deny).`;
  return new TuttiError(code, told, { data, ...(cause !== undefined && { cause }) });
}

/** The failure as callers may see it; one that was not raised on purpose is told by an id alone. */
export function toReported(failure: unknown, attempt: Attempt, telemetry: Telemetry): TuttiError {
  const fields = { tool: attempt.tool, instance_id: attempt.instanceId?.slice(0, ID_LOGGED) };
  if (failure instanceof TuttiError) {
    const level = errorTable[failure.code].http >= 500 ? 'error' : 'warn';
    const cause = failure.cause === undefined ? {} : { cause: describe(failure.cause) };
    telemetry.log(level, 'call/failed', {
      ...fields,
      code: failure.code,
      message: failure.message,
      ...cause,
    });
    return failure;
  }
  const id = randomUUID();
  telemetry.log('error', 'call/failed', { ...fields, code: 'internal/error', id, cause: describe(failure) });
  return new TuttiError(
    'internal/error',
    `Something failed inside Tutti; nothing can be said about the cause here. The log has the details under ${id}.`,
  );
}

function describe(failure: unknown): string {
  return failure instanceof Error ? (failure.stack ?? failure.message) : String(failure);
}

/** Faults of a definition come as a list, or under `faults`; those of a plan have no file, and stand in the message already. */
function faultsOf(data: unknown): readonly Fault[] {
  const list: unknown = isJsonObject(data) ? data['faults'] : data;
  return Array.isArray(list) && list.every((each) => isJsonObject(each) && 'file' in each) ? list : [];
}

function plainData(data: unknown): JsonObject {
  const faults = faultsOf(data);
  const listed = faults.length > 0 ? { faults: toWireFaults(faults) } : {};
  if (!isJsonObject(data)) return listed;
  try {
    const plain = Object.entries(checkJson(data, 'data') as JsonObject);
    return { ...Object.fromEntries(plain.map(([key, value]) => [toSnakeCase(key), value])), ...listed };
  } catch {
    // Details that are not plain JSON stay in the process; the code and the message say enough.
    return listed;
  }
}

function toSnakeCase(key: string): string {
  return key.replaceAll(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);
}
