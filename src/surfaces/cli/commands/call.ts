import type {
  CallChannel,
  CallOutcome,
  Explanation,
  Gateway,
  StageVerdict,
  ToolView,
} from '../../../core/gateway/gateway.ts';
import type { HttpSettings } from '../../../config.ts';
import type { Caller } from '../../../core/kernel/caller.ts';
import { TuttiError } from '../../../core/kernel/errors.ts';
import { checkJson, isJsonObject } from '../../../core/kernel/json.ts';
import type { Json, JsonObject } from '../../../core/kernel/json.ts';
import type { Approval } from '../../../core/kernel/approval.ts';
import { toWireApproval } from '../../mcp/gateway-wire.ts';
import { approveCommand } from '../../mcp/gateway-texts.ts';
import { approvalText, operatorName } from './approvals.ts';
import { EXIT } from '../failure.ts';
import { parseJsonObject } from '../json-argument.ts';
import { confirm } from '../prompt.ts';
import { withApp, type Session } from '../session.ts';
import { table } from '../table.ts';
import type { Terminal } from '../terminal.ts';
import { clean, cleanLine } from '../text.ts';

export interface CallOptions {
  readonly arg?: readonly string[];
  readonly args?: string;
  readonly describe?: boolean;
}

/** Calls a tool as a client would. Where a person must agree, whoever sits at the terminal is asked. */
export async function callTool(session: Session, name: string, options: CallOptions): Promise<void> {
  if (options.describe) {
    await describeTool(session, name);
    return;
  }
  const { terminal } = session;
  const stop = new AbortController();
  const onSignal = () => stop.abort(new TuttiError('downstream/unavailable', 'Interrupted.'));
  process.once('SIGINT', onSignal);
  const outcome = await withApp(session, async ({ orchestrator: { gateway }, caller }) => {
    const channel = channelOf(terminal, stop.signal);
    const texts = await textParameters({ gateway, caller, name, options });
    const input = { name, arguments: readArguments(options, texts) };
    const first = await gateway.call(caller, input, channel);
    if (first.kind !== 'approval' || !terminal.interactive) return first;
    if (!(await agrees(first.approval, terminal))) {
      await gateway.operator.decide(first.approval.id, 'denied', operatorName());
      return first;
    }
    await gateway.operator.decide(first.approval.id, 'approved', operatorName());
    return await gateway.call(caller, input, channel);
  }).finally(() => process.off('SIGINT', onSignal));
  conclude(outcome, session);
}

function channelOf(terminal: Terminal, signal: AbortSignal): CallChannel {
  return {
    signal,
    capabilities: {},
    repeats: false,
    onProgress: ({ progress, total, message }) =>
      terminal.note(cleanLine(`${progress}${total === undefined ? '' : `/${total}`} ${message ?? ''}`)),
  };
}

async function agrees(approval: Approval, terminal: Terminal): Promise<boolean> {
  terminal.note(approvalText(approval, terminal));
  return await confirm('Make this call? Type yes to approve it: ');
}

function conclude(outcome: CallOutcome, { terminal, globals }: Session): void {
  switch (outcome.kind) {
    case 'result':
    case 'stored':
      if (outcome.payload.value['isError'] === true) process.exitCode = EXIT.failed;
      terminal.answer(outcome.payload.value, () => contentText(outcome.payload.value));
      return;
    case 'error':
      process.exitCode = EXIT.failed;
      terminal.answer(
        { error: outcome.error },
        () => `The server answered with error ${outcome.error.code}: ${clean(outcome.error.message)}`,
      );
      return;
    case 'approval':
      process.exitCode = EXIT.refused;
      terminal.answer({ approval: toWireApproval(outcome.approval) }, () =>
        [
          approvalText(outcome.approval, terminal),
          `Nothing was sent. \`${approveCommand(outcome.approval.id, globals.config)}\`, then call again.`,
        ].join('\n'),
      );
      return;
    case 'input-required':
      process.exitCode = EXIT.refused;
      terminal.answer(
        outcome.payload.value,
        () => 'The server asks a question back, which cannot be answered here. Call it from an MCP client.',
      );
  }
}

/** What a person reads of a result. */
function contentText(result: JsonObject): string {
  const content: Json = result['content'] ?? [];
  const parts = Array.isArray(content) ? (content as readonly Json[]) : [];
  const texts = parts.map((part) => (isJsonObject(part) ? partText(part) : ''));
  return texts.length > 0
    ? texts.join('\n')
    : clean(JSON.stringify(result['structuredContent'] ?? {}, null, 2));
}

function partText(part: JsonObject): string {
  if (typeof part['text'] === 'string') return clean(part['text']);
  if (typeof part['uri'] === 'string') return cleanLine(`→ ${part['uri']}`);
  const words = [part['type'], part['mimeType']].filter((each) => typeof each === 'string');
  return cleanLine(`[${words.join(' ')}]`);
}

async function describeTool(session: Session, name: string): Promise<void> {
  const [tool] = await withApp(session, ({ orchestrator: { gateway }, caller }) =>
    gateway.describeTools(caller, [name]),
  );
  if (tool) session.terminal.answer(tool, () => toolText(tool, session.terminal));
}

function toolText(tool: ToolView, { colors }: Terminal): string {
  return [
    `${colors.bold(cleanLine(tool.name))} ${colors.dim(`${tool.risk}${tool.available ? '' : ', its server is down'}`)}`,
    clean(tool.description),
    '',
    clean(JSON.stringify(tool.inputSchema, null, 2)),
  ].join('\n');
}

interface ExplainOptions extends CallOptions {
  readonly session?: string;
  readonly instance?: string;
  readonly as?: string;
  readonly scopes?: readonly string[];
}

export async function explainCall(session: Session, name: string, options: ExplainOptions): Promise<void> {
  const { terminal } = session;
  const explanation = await withApp(session, async ({ orchestrator: { gateway }, caller: own }, { http }) => {
    const caller = await callerOf(options, { own, http });
    // What keeps the tool from being known is one of the stages.
    const texts = await textParameters({ gateway, caller, name, options }).catch(() => new Set<string>());
    return await gateway.explain(caller, {
      name,
      arguments: readArguments(options, texts),
      ...(options.session !== undefined && { session: options.session }),
      ...(options.instance !== undefined && { instance: options.instance }),
    });
  });
  if (explanation.stages.at(-1)?.code === 'tool/not-found') process.exitCode = EXIT.notFound;
  terminal.answer(explanation, () => explanationText(explanation, terminal));
}

async function callerOf(
  { as, scopes }: ExplainOptions,
  { own, http }: { readonly own: Caller; readonly http: HttpSettings },
): Promise<Caller> {
  if (as === undefined && scopes === undefined) return own;
  if (as === undefined)
    throw new TuttiError(
      'input/invalid-format',
      '--scopes: expected --as SUBJECT@HOST beside it, found none.',
    );
  const { callerAs } = await import('../caller-as.ts');
  return callerAs(http, { as, ...(scopes && { scopes }) });
}

const MARKS: Readonly<Record<StageVerdict['verdict'], string>> = {
  pass: '✓',
  stop: '✗',
  ask: '?',
  skip: '·',
};

function explanationText({ name, effect, stages }: Explanation, terminal: Terminal): string {
  const rows = stages.map(({ stage, verdict, because }) => [MARKS[verdict], stage, because]);
  return [
    `${terminal.colors.bold(cleanLine(name))}: ${effect}`,
    table(['', 'stage', 'because'], rows, terminal),
  ].join('\n');
}

interface Meant {
  readonly gateway: Gateway;
  readonly caller: Caller;
  readonly name: string;
  readonly options: CallOptions;
}

/**
 * Parameters that take a text and nothing else: `--arg name=5` means the text there. Nothing is known of a tool that is not there.
 *
 * @throws TuttiError `downstream/*` why its server could not be asked: a call would wait for that once more.
 */
async function textParameters({ gateway, caller, name, options }: Meant): Promise<ReadonlySet<string>> {
  if ((options.arg ?? []).length === 0) return new Set();
  const [tool] = await gateway.describeTools(caller, [name]).catch((error: unknown) => {
    if (error instanceof TuttiError && error.code.startsWith('downstream/')) throw error;
    return [];
  });
  const properties = tool?.inputSchema['properties'];
  const entries = isJsonObject(properties) ? Object.entries(properties) : [];
  return new Set(
    entries.filter(([, each]) => isJsonObject(each) && each['type'] === 'string').map(([key]) => key),
  );
}

function readArguments({ arg = [], args }: CallOptions, texts: ReadonlySet<string>): JsonObject {
  const whole = args === undefined ? {} : parseJsonObject(args, '--args');
  const single = arg.map((each): [string, Json] => {
    const at = each.indexOf('=');
    const [key, text] = [each.slice(0, at), each.slice(at + 1)];
    if (at > 0) return [key, texts.has(key) ? text : toValue(text)];
    throw new TuttiError(
      'input/invalid-format',
      `--arg: expected key=value, found ${JSON.stringify(each.slice(0, 80))}.`,
    );
  });
  return checkJson({ ...whole, ...Object.fromEntries(single) }, 'arguments') as JsonObject;
}

/** JSON where it is JSON, else the text itself: `5`, `true`, `["a"]`, `hello`. */
function toValue(text: string): Json {
  try {
    return JSON.parse(text) as Json;
  } catch {
    return text;
  }
}
