import { ProtocolError, ProtocolErrorCode, ResourceNotFoundError } from '@modelcontextprotocol/server';
import type { ReadResourceResult, Resource, ResourceTemplateType } from '@modelcontextprotocol/server';
import { parseResultAddress } from '../../core/gateway/result-address.ts';
import type { Caller } from '../../core/kernel/caller.ts';
import { TuttiError, wireCode } from '../../core/kernel/errors.ts';
import type { Orchestrator } from '../../core/orchestrator.ts';
import type { Telemetry } from '../../core/ports/telemetry.ts';
import { toMermaid } from '../../core/workflow/graph.ts';
import { definitionText } from '../../core/workflow/workflow.ts';
import { parsePlanAddress, planTemplates, readPlan } from './plan-resources.ts';
import { toReported } from './results.ts';
import { listSessionResources, readOfSessions, sessionTemplates } from './session-resources.ts';
import { readResult, resultTemplate } from './stored-results.ts';
import { toWireStatus } from './wire.ts';

export interface ResourceContext {
  readonly orchestrator: Orchestrator;
  readonly caller: Caller;
  readonly telemetry: Telemetry;
  /** What of ours this caller may see. */
  readonly workflows: boolean;
  readonly results: boolean;
  readonly plans: boolean;
  readonly sessions: boolean;
}

const MARKDOWN = 'text/markdown';
const MERMAID = 'text/vnd.mermaid';
const JSON_TYPE = 'application/json';
const ADDRESS_SHOWN = 1_000;
const ADDRESS = /^(workflow|instance):\/\/([^/?#]{1,1536})(\/graph)?$/;

const workflowTemplates: readonly ResourceTemplateType[] = [
  {
    name: 'workflow',
    title: 'Workflow definition',
    uriTemplate: 'workflow://{name}',
    description: 'The whole definition of a workflow as one Markdown text.',
    mimeType: MARKDOWN,
  },
  {
    name: 'workflow-graph',
    title: 'Workflow graph',
    uriTemplate: 'workflow://{name}/graph',
    description: 'The ways through a workflow as a Mermaid flowchart.',
    mimeType: MERMAID,
  },
  {
    name: 'instance',
    title: 'Workflow instance',
    uriTemplate: 'instance://{id}',
    description: 'Status, context and current step of one of your instances.',
    mimeType: JSON_TYPE,
  },
];

export function listTemplates({
  workflows,
  results,
  plans,
  sessions,
}: ResourceContext): ResourceTemplateType[] {
  return [
    ...(workflows ? workflowTemplates : []),
    ...(results ? [resultTemplate] : []),
    ...(plans ? planTemplates : []),
    ...(sessions ? sessionTemplates : []),
  ];
}

/** Every workflow that can be read, in the order of their names, then the caller's session and the agents. */
export async function listResources({
  orchestrator,
  workflows,
  sessions,
}: ResourceContext): Promise<Resource[]> {
  return [
    ...(workflows ? await listWorkflows(orchestrator) : []),
    ...(sessions ? await listSessionResources(orchestrator.sessions) : []),
  ];
}

async function listWorkflows(orchestrator: Orchestrator): Promise<Resource[]> {
  const workflows = await orchestrator.listWorkflows();
  return workflows
    .filter((each) => (each.faults ?? []).length === 0)
    .toSorted((a, b) => (a.name < b.name ? -1 : 1))
    .flatMap(({ name, description }) => {
      const uri = `workflow://${encodeURIComponent(name)}`;
      return [
        { uri, name, description, mimeType: MARKDOWN },
        { uri: `${uri}/graph`, name: `${name} graph`, description: `Graph of ${name}`, mimeType: MERMAID },
      ];
    });
}

/** @throws ResourceNotFoundError for what does not exist, or belongs to somebody else. */
export async function readResource(uri: string, context: ResourceContext): Promise<ReadResourceResult> {
  try {
    const { orchestrator, caller } = context;
    const read =
      (await readOfGateway(uri, context)) ??
      (context.sessions
        ? await readOfSessions(uri, { sessions: orchestrator.sessions, caller })
        : undefined) ??
      (context.workflows ? await readOfWorkflows(uri, context) : undefined);
    if (read) return read;
  } catch (failure) {
    throw toProtocolError(failure, uri, context);
  }
  throw resourceNotFound(uri);
}

/** A workflow or an instance of one; `undefined` for the address of neither. */
async function readOfWorkflows(
  uri: string,
  { orchestrator, caller }: ResourceContext,
): Promise<ReadResourceResult | undefined> {
  const [, scheme, encoded, graph] = ADDRESS.exec(uri) ?? [];
  const name = encoded === undefined ? undefined : decoded(encoded);
  if (name === undefined || (scheme === 'instance' && graph !== undefined)) return undefined;
  if (scheme === 'instance') {
    const view = await orchestrator.status(caller, name);
    return content(uri, JSON_TYPE, JSON.stringify(toWireStatus(view), null, 2));
  }
  const workflow = await orchestrator.workflow(name);
  return graph === undefined
    ? content(uri, MARKDOWN, definitionText(workflow))
    : content(uri, MERMAID, toMermaid(workflow));
}

/** A stored result or a plan; `undefined` for the address of neither. */
async function readOfGateway(
  uri: string,
  { orchestrator: { gateway }, caller, results, plans }: ResourceContext,
): Promise<ReadResourceResult | undefined> {
  const stored = results ? parseResultAddress(uri) : undefined;
  if (stored) return await readResult(uri, stored, { gateway, caller });
  const plan = plans ? parsePlanAddress(uri) : undefined;
  return plan && (await readPlan(plan, { gateway, caller }));
}

/** The protocol wants the address told again: as much of it as tells it from others. */
export function resourceNotFound(uri: string): ResourceNotFoundError {
  return new ResourceNotFoundError(shortAddress(uri));
}

function shortAddress(uri: string): string {
  return uri.length <= ADDRESS_SHOWN ? uri : `${uri.slice(0, ADDRESS_SHOWN - 1)}…`;
}

function toProtocolError(failure: unknown, uri: string, { telemetry }: ResourceContext): ProtocolError {
  if (failure instanceof ProtocolError) return failure;
  const absent = [
    'instance/not-found',
    'definition/not-found',
    'definition/outside',
    'result/not-found',
    'plan/not-found',
    'session/not-found',
    'agent/not-found',
  ];
  if (failure instanceof TuttiError && absent.includes(failure.code)) return resourceNotFound(uri);
  const error = toReported(failure, { tool: 'resources/read', instanceId: uri }, telemetry);
  const code = wireCode(error.code);
  // Clients have always read this one as it is.
  if (error.code === 'state/unknown')
    return new ProtocolError(ProtocolErrorCode.InvalidParams, error.message, { error_code: code });
  const rpcCode = error.code.startsWith('input/')
    ? ProtocolErrorCode.InvalidParams
    : ProtocolErrorCode.InternalError;
  return new ProtocolError(rpcCode, `${code}: ${error.message}`, {
    error_code: code,
  });
}

function content(uri: string, mimeType: string, text: string): ReadResourceResult {
  return { contents: [{ uri, mimeType, text }] };
}

function decoded(text: string): string | undefined {
  try {
    return decodeURIComponent(text);
  } catch {
    return undefined;
  }
}
