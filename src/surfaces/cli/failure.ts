import { TuttiError, type ErrorCode } from '../../core/kernel/errors.ts';
import { toToldError } from '../mcp/plan-wire.ts';
import { INTERRUPTED } from './stop-request.ts';
import { clean } from './text.ts';

/** What the process returns; part of the interface, see `docs/reference/cli.md`. */
export const EXIT = {
  ok: 0,
  failed: 1,
  usage: 2,
  notFound: 3,
  refused: 4,
  unusable: 5,
  interrupted: INTERRUPTED,
} as const;

/** The exit code for an error code. */
export function exitCodeOf(code: ErrorCode): number {
  const [area, problem] = code.split('/');
  if (problem === 'not-found') return EXIT.notFound;
  if (area === 'input') return EXIT.usage;
  if (area === 'internal' || area === 'model') return EXIT.failed;
  if (['config', 'store', 'server', 'program'].includes(area ?? '')) return EXIT.unusable;
  return problem === 'unavailable' || problem === 'service-error' ? EXIT.unusable : EXIT.refused;
}

/** What messages call by the names of MCP tools, as commands. */
const COMMANDS: Readonly<Record<string, string>> = {
  find_tools: 'tools',
  describe_tool: 'call TOOL --describe',
  call_tool: 'call',
  list_servers: 'servers list',
  list_approvals: 'approvals list',
  get_approval: 'approvals show',
  list_workflows: 'workflows list',
  save_workflow: 'workflows new',
  validate_workflow: 'workflows lint',
  start_workflow: 'run',
  resume_workflow: 'run --resume',
  get_workflow_status: 'instances show',
  list_instances: 'instances list',
  cancel_workflow: 'instances cancel',
  suspend_workflow: 'instances suspend',
  fork_workflow: 'instances fork',
  delete_instance: 'instances delete',
  end_session: 'instances delete --force',
  get_current_state: 'instances show',
  transition_state: 'agent move',
  upgrade_session: 'agent upgrade',
  delete_knowledge: 'agent forget',
};
const TOOL_NAME = new RegExp(`(?<![\\w"'\`])(?:${Object.keys(COMMANDS).join('|')})(?![\\w"'\`])`, 'g');

/** Where what there is to do at a terminal is something else. */
const TOLD: Partial<Record<ErrorCode, string>> = {
  'session/not-found':
    "There is no session with this id. `tutti agent sessions` lists this machine's; leave --session out for its own.",
};

/** Where a tool is found; a command needs no such thing. */
const TOOLSET = / \(toolset [a-z-]{1,40}\)/g;

/** A message for people at a terminal, who have commands where models have tools. */
export function inCommands(message: string): string {
  return message.replaceAll(TOOLSET, '').replaceAll(TOOL_NAME, (name) => `\`tutti ${COMMANDS[name] ?? ''}\``);
}

interface Failure {
  readonly code: ErrorCode;
  readonly message: string;
  readonly exitCode: number;
  /** Faults of a definition or of the configuration. */
  readonly faults?: unknown;
}

function toFailure(error: unknown): Failure {
  if (error instanceof TuttiError) {
    // Plans have the names at the terminal that they have on the wire.
    const { code, message, data } = toToldError(error);
    return {
      code,
      message: clean(TOLD[code] ?? inCommands(message)),
      exitCode: exitCodeOf(code),
      ...(data !== undefined && { faults: data }),
    };
  }
  const message = error instanceof Error ? error.message : String(error);
  return { code: 'internal/error', message: clean(message), exitCode: EXIT.failed };
}

/** Says what went wrong, as JSON on stdout or as text on stderr, and sets the exit code. */
export function reportFailure(error: unknown, json: boolean): void {
  const { exitCode, ...failure } = toFailure(error);
  process.exitCode = exitCode;
  if (json) process.stdout.write(`${JSON.stringify({ error: failure }, null, 2)}\n`);
  else process.stderr.write(`tutti: ${failure.message} [${failure.code}]\n`);
  const isDebugging = process.env['LOG_LEVEL']?.toLowerCase() === 'debug';
  if (isDebugging && error instanceof Error) process.stderr.write(`${clean(error.stack ?? '')}\n`);
}
