import type { ReadResourceResult, ResourceTemplateType } from '@modelcontextprotocol/server';
import type { Asking } from '../../core/gateway/ask/ask.ts';
import { planToMermaid } from '../../core/gateway/plan/mermaid.ts';
import type { Caller } from '../../core/kernel/caller.ts';
import { planViewText } from './plan-view.ts';

const ADDRESS = /^plan:\/\/([\w-]{1,64})(\/graph)?$/;
const MERMAID = 'text/vnd.mermaid';
/** Of all that is read at one address. */
const MAX_BYTES = 65_536;

export const planTemplates: readonly ResourceTemplateType[] = [
  {
    name: 'plan',
    title: 'Plan of a question',
    uriTemplate: 'plan://{id}',
    description:
      'A plan of ask that waits or waited: its calls, how it stands, what each call brought; and its graph.',
    mimeType: 'application/json',
  },
  {
    name: 'plan-graph',
    title: 'Graph of a plan',
    uriTemplate: 'plan://{id}/graph',
    description: 'The calls of a plan and their order as a Mermaid flowchart.',
    mimeType: MERMAID,
  },
];

interface PlanAddress {
  readonly id: string;
  readonly graphOnly: boolean;
}

/** `undefined` for what is no address of a plan. */
export function parsePlanAddress(uri: string): PlanAddress | undefined {
  const [, id, graph] = ADDRESS.exec(uri) ?? [];
  return id === undefined ? undefined : { id, graphOnly: graph !== undefined };
}

/** @throws TuttiError `plan/not-found` for what does not exist, or belongs to somebody else. */
export async function readPlan(
  { id, graphOnly }: PlanAddress,
  { gateway, caller }: { readonly gateway: Asking; readonly caller: Caller },
): Promise<ReadResourceResult> {
  const view = await gateway.plan(caller, id);
  const uri = `plan://${id}`;
  const graph = { uri: `${uri}/graph`, mimeType: MERMAID, text: planToMermaid(view.plan) };
  if (graphOnly) return { contents: [graph] };
  const graphBytes = Buffer.byteLength(graph.text);
  // One that is too large to stand beside it has its own address.
  const beside = graphBytes <= MAX_BYTES / 4 ? [graph] : [];
  const text = planViewText(view, MAX_BYTES - (beside.length > 0 ? graphBytes : 0));
  return { contents: [{ uri, mimeType: 'application/json', text }, ...beside] };
}
