import { deciderErrors } from './decider-errors.ts';

export interface ErrorTraits {
  /** What a caller gains by trying again: nothing, or something once the cause has passed. */
  readonly retry: 'never' | 'later';
  /** HTTP status where a surface speaks plain HTTP. */
  readonly http: number;
  /** `error_code` on the wire, where it is not simply the code in upper snake case. */
  readonly wire?: string;
  /** What it means and what to do, for `docs/reference/errors.md`. */
  readonly meaning: string;
}

const table = {
  'input/invalid-format': {
    retry: 'never',
    http: 400,
    wire: 'INVALID_FORMAT',
    meaning: 'The arguments do not have the expected form. Read the message, correct them, call again.',
  },
  'input/missing-field': {
    retry: 'never',
    http: 400,
    wire: 'MISSING_FIELD',
    meaning: 'A required argument is absent. Add it and call again.',
  },
  'input/invalid-type': {
    retry: 'never',
    http: 400,
    wire: 'INVALID_TYPE',
    meaning:
      'An argument has the wrong type. The message names the path, what was found and what was expected.',
  },
  'input/too-deep': {
    retry: 'never',
    http: 400,
    wire: 'INVALID_FORMAT',
    meaning: 'A value is nested deeper than 64 levels. Send a flatter one.',
  },
  'input/too-large': {
    retry: 'never',
    http: 413,
    wire: 'INVALID_FORMAT',
    meaning: 'A value is larger than its bound. Keep large content in a file and send its path.',
  },
  'instance/not-found': {
    retry: 'never',
    http: 404,
    meaning: 'No instance with this id is visible to this caller. List the instances, or start a workflow.',
  },
  'instance/conflict': {
    retry: 'later',
    http: 409,
    meaning:
      'Somebody else moved the instance at the same moment. Read its status, then report on the step it is at.',
  },
  'instance/unfinished': {
    retry: 'never',
    http: 409,
    meaning: 'Only finished instances are deleted. Cancel it first, or send force.',
  },
  'instance/finished': {
    retry: 'never',
    http: 409,
    meaning:
      'The instance has ended and cannot be cancelled, suspended or upgraded. Fork it to go on from one of its steps.',
  },
  'session/not-found': {
    retry: 'never',
    http: 404,
    meaning:
      'No session with this id is visible to this caller. Leave session_id out for your own, or begin one with start_session.',
  },
  'session/full': {
    retry: 'never',
    http: 507,
    meaning:
      'A session, or one caller altogether, keeps as many bytes as agents.maxSessionMb and agents.maxOwnerMb allow. Nothing was written. Go on in another session, delete what nobody needs, or have the bound raised.',
  },
  'agent/not-found': {
    retry: 'never',
    http: 404,
    meaning: 'No such agent, or it has faults and cannot be used. The faults name file and line.',
  },
  'state/unknown': {
    retry: 'never',
    http: 422,
    meaning: 'The agent has no state of this name. The message names those it has.',
  },
  'state/not-allowed': {
    retry: 'never',
    http: 409,
    meaning:
      'The table of states does not hold this move, or its guard does not. The message names the moves there are.',
  },
  'state/forbids-tool': {
    retry: 'never',
    http: 403,
    meaning:
      'The state of the session does not let this tool be called. The message names the states that do; move to one of them first.',
  },
  'data/not-found': {
    retry: 'never',
    http: 404,
    meaning: 'The session has no task data under this key. list_task_data_keys names those there are.',
  },
  'knowledge/not-found': {
    retry: 'never',
    http: 404,
    meaning:
      'Nothing is known under this key, or it has expired. list_knowledge_keys names those there are; search_knowledge finds by words.',
  },
  'definition/not-found': {
    retry: 'never',
    http: 404,
    meaning: 'No such workflow, or it has faults and cannot be started. The faults name file and line.',
  },
  'definition/unavailable': {
    retry: 'later',
    http: 503,
    meaning: 'The definition that the instance is bound to cannot be loaded. The instance is unharmed.',
  },
  'definition/service-error': {
    retry: 'later',
    http: 503,
    meaning: 'The workflow folder could not be read or written. Check that it exists and its permissions.',
  },
  'definition/invalid': {
    retry: 'never',
    http: 422,
    meaning: 'The definition has faults. Each names file, line and what was expected; nothing was saved.',
  },
  'definition/outside': {
    retry: 'never',
    http: 403,
    meaning: 'A name or path leaves the workflow folder. Only files inside it are read or written.',
  },
  'step/stale': {
    retry: 'never',
    http: 409,
    wire: 'STALE_STEP',
    meaning:
      'The report is for another step, or the step token was replaced or never issued. The message names the current step.',
  },
  'outcome/not-allowed': {
    retry: 'never',
    http: 422,
    meaning: 'report.outcome is not one of the outcomes of this step. The message names them.',
  },
  'outcome/conflict': {
    retry: 'never',
    http: 409,
    meaning:
      'report.outcome contradicts a rule that holds for certain. The message names both; nothing changed.',
  },
  'budget/exceeded': {
    retry: 'never',
    http: 429,
    meaning:
      'The step reached its max_visits. The instance is suspended; choose another outcome, or cancel it.',
  },
  ...deciderErrors,
  'tool/not-found': {
    retry: 'never',
    http: 404,
    meaning:
      'No tool, prompt, resource or server of this name is visible to this caller. find_tools and list_servers name those there are.',
  },
  'tool/changed': {
    retry: 'never',
    http: 409,
    wire: 'TOOL_CHANGED',
    meaning:
      'The definition differs from the one that was approved, so nothing was sent. A person compares and approves it: `tutti lock diff`, then `tutti lock approve`.',
  },
  'tool/held': {
    retry: 'never',
    http: 403,
    meaning:
      'The tool or its server waits for approval, or looks dangerous. A person reviews it: `tutti lock diff`, then `tutti lock approve`.',
  },
  'policy/denied': {
    retry: 'never',
    http: 403,
    meaning: 'A rule of the operator forbids this call; the message gives its reason. Nothing was sent.',
  },
  'policy/rate-limited': {
    retry: 'later',
    http: 429,
    meaning: 'Too many calls in a short time. `data.retry_after_ms` says when to try again.',
  },
  'budget/spent': {
    retry: 'never',
    http: 429,
    meaning: 'A budget of calls, cost or time is spent, and nothing else can answer. The message names it.',
  },
  'approval/not-found': {
    retry: 'never',
    http: 404,
    meaning: 'No approval with this id is visible to this caller. list_approvals names those there are.',
  },
  'approval/denied': {
    retry: 'never',
    http: 403,
    meaning: 'A person refused this call. Do not repeat it; ask what to do instead.',
  },
  'approval/own': {
    retry: 'never',
    http: 403,
    meaning: 'policy.fourEyes wants somebody else to approve the call than the person who asked for it.',
  },
  'approval/closed': {
    retry: 'never',
    http: 409,
    meaning: 'The approval was answered, used or has expired already. Make the call again to ask anew.',
  },
  'call/loop': {
    retry: 'never',
    http: 508,
    meaning: 'The call came back to where it had been, or passed too many orchestrators. Nothing was sent.',
  },
  'call/stale-state': {
    retry: 'never',
    http: 400,
    wire: 'INVALID_FORMAT',
    meaning:
      'requestState was changed, used before, has expired, or belongs to another call or caller. Make the call again without it.',
  },
  'call/lost': {
    retry: 'never',
    http: 502,
    meaning:
      'The call was under way when it was lost: whether it took effect is unknown. Look before you repeat it.',
  },
  'call/under-way': {
    retry: 'later',
    http: 409,
    meaning:
      'A call under this idempotency_key is not over yet. It was not sent a second time; make it again under the same key later.',
  },
  'result/not-found': {
    retry: 'never',
    http: 404,
    meaning:
      'No stored result with this id is visible to this caller, or it has expired. Make the call again.',
  },
  'plan/invalid': {
    retry: 'never',
    http: 422,
    meaning:
      'The plan cannot be carried out as it is, or a reference leads nowhere. The faults name the call; correct them and send the plan again.',
  },
  'plan/not-found': {
    retry: 'never',
    http: 404,
    meaning: 'No plan with this id is visible to this caller, or it was removed. Ask again.',
  },
  'downstream/unavailable': {
    retry: 'later',
    http: 503,
    meaning:
      'The server behind the tool cannot be started or reached, or left in the middle. The message says why.',
  },
  'downstream/timeout': {
    retry: 'later',
    http: 504,
    meaning: 'The server behind the tool did not answer in time. Whether the call took effect is unknown.',
  },
  'downstream/protocol': {
    retry: 'never',
    http: 502,
    meaning: 'What the server behind the tool answered is not valid MCP. The message says what was found.',
  },
  'downstream/result-too-large': {
    retry: 'never',
    http: 502,
    wire: 'RESULT_TOO_LARGE',
    meaning: 'The result is larger than may be stored; `head` holds its beginning. Ask for less at once.',
  },
  'downstream/invalid-result': {
    retry: 'never',
    http: 502,
    meaning: 'The result does not fit the schema that the tool promises. The message names the place.',
  },
  'downstream/login-needed': {
    retry: 'later',
    http: 401,
    meaning:
      'The server behind the tool wants a login. A person opens `url`, or runs `tutti servers login NAME`.',
  },
  'downstream/circuit-open': {
    retry: 'later',
    http: 503,
    meaning: 'The server behind the tool failed several times in a row and is left alone for a while.',
  },
  'downstream/overloaded': {
    retry: 'later',
    http: 503,
    meaning: 'Too many calls wait for the server behind the tool. Try again in a moment.',
  },
  'schema/unusable': {
    retry: 'never',
    http: 422,
    meaning: 'A JSON Schema is no schema, or is larger or more intricate than may be checked.',
  },
  'lock/invalid': {
    retry: 'never',
    http: 500,
    meaning:
      'The lock file cannot be read: it has merge marks, a key twice in one object, faults of syntax, or an unknown version. Nothing was changed.',
  },
  'server/draining': {
    retry: 'later',
    http: 503,
    meaning: 'Tutti is shutting down and takes no new calls. Try again in a moment.',
  },
  'store/unavailable': {
    retry: 'later',
    http: 503,
    wire: 'PERSISTENCE_ERROR',
    meaning: 'The store could not be read or written, or is locked. Nothing was changed.',
  },
  'store/full': {
    retry: 'later',
    http: 507,
    wire: 'PERSISTENCE_ERROR',
    meaning: 'The disk or the database is full. Nothing was changed; free some space and repeat the call.',
  },
  'store/unusable': {
    retry: 'never',
    http: 500,
    wire: 'PERSISTENCE_ERROR',
    meaning: 'The configured file is not a database, is a folder, or cannot be written. Name another file.',
  },
  'store/newer-schema': {
    retry: 'never',
    http: 500,
    wire: 'PERSISTENCE_ERROR',
    meaning: 'The database was written by a newer version. Upgrade Tutti, or name another file.',
  },
  'config/invalid': {
    retry: 'never',
    http: 500,
    meaning: 'The configuration has faults. Each names its path, what was found and what was expected.',
  },
  'server/port-in-use': {
    retry: 'later',
    http: 500,
    meaning: 'Another program listens on this port. Stop it or choose another port.',
  },
  'server/unsafe-bind': {
    retry: 'never',
    http: 500,
    meaning: 'A bind beyond loopback needs http.auth. Configure tokens, or bind 127.0.0.1.',
  },
  'program/missing': {
    retry: 'never',
    http: 500,
    meaning: 'A program that is needed is not on the PATH. The message names it: install it, then try again.',
  },
  'internal/error': {
    retry: 'later',
    http: 500,
    wire: 'INTERNAL_ERROR',
    meaning: 'A fault of ours. The log has the details under the id in the message.',
  },
} as const satisfies Record<string, ErrorTraits>;

export type ErrorCode = keyof typeof table;

/** Every code with its traits; `docs/reference/errors.md` is held equal to it. */
export const errorTable: Readonly<Record<ErrorCode, ErrorTraits>> = table;

/** The code as clients see it: `instance/conflict` is INSTANCE_CONFLICT. */
export function wireCode(code: ErrorCode): string {
  return errorTable[code].wire ?? code.replaceAll(/[/-]/g, '_').toUpperCase();
}

/**
 * Every failure this package raises on purpose. `code` is the stable part: match on it, never on the message.
 * The message says what was expected, what was found and what to do.
 */
export class TuttiError extends Error {
  override readonly name = 'TuttiError';
  readonly code: ErrorCode;
  /** Details for programs, such as the faults of a definition. */
  readonly data: unknown;

  constructor(
    code: ErrorCode,
    message: string,
    options?: { readonly cause?: unknown; readonly data?: unknown },
  ) {
    super(message, options?.cause === undefined ? undefined : { cause: options.cause });
    this.code = code;
    this.data = options?.data;
  }

  get retry(): ErrorTraits['retry'] {
    return errorTable[this.code].retry;
  }
}

/** The same failure, with `data.sent` saying that certainly nothing had reached a server when it came. */
export function asUnsent(error: unknown): unknown {
  if (!(error instanceof TuttiError)) return error;
  const { code, message, cause, data } = error;
  const known = typeof data === 'object' && data !== null ? data : {};
  if ('sent' in known) return error;
  return new TuttiError(code, message, { cause: cause ?? error, data: { ...known, sent: false } });
}
