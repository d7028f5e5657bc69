import { mermaidLabel } from '../../kernel/mermaid-label.ts';
import { needsOf } from './order.ts';
import type { Plan, PlannedCall } from './plan.ts';
import { referencesIn } from './references.ts';

const MAX_NODE_LENGTH = 100;
const MAX_REASONS = 4;

/** The plan as a Mermaid flowchart: a box for each call, and an arrow to each that needs it. Whatever a plan holds, it stays a label. */
export function planToMermaid(plan: Plan): string {
  const nodes = new Map<string, string>();
  for (const [at, { id }] of plan.calls.entries()) if (!nodes.has(id)) nodes.set(id, `c${at}`);
  return [
    'flowchart TD',
    ...plan.calls.map((call, at) => `  c${at}["${mermaidLabel(named(call), MAX_NODE_LENGTH)}"]`),
    ...plan.calls.flatMap((call, at) => arrowsTo(call, `c${at}`, nodes)),
  ].join('\n');
}

function named({ id, server, tool, intent }: PlannedCall): string {
  const said = intent.trim();
  return `${id} ${tool ?? `${server}, no tool yet`}${said === '' ? '' : `: ${said}`}`;
}

function arrowsTo(call: PlannedCall, node: string, nodes: ReadonlyMap<string, string>): readonly string[] {
  return needsOf(call).flatMap((need) => {
    const from = nodes.get(need);
    if (from === undefined) return [];
    const reasons = reasonsFor(call, need).map((reason) => mermaidLabel(reason));
    const said = reasons.length > 0 ? `|"${reasons.join('<br/>')}"|` : '';
    return [`  ${from} -->${said} ${node}`];
  });
}

function reasonsFor(call: PlannedCall, need: string): readonly string[] {
  const refersTo = (bind: Readonly<Record<string, string>>): boolean =>
    referencesIn({ id: '', server: '', intent: '', dependsOn: [], bind }).includes(need);
  const each = call.forEach;
  const reasons = [
    ...(each !== undefined && refersTo({ '/each': each }) ? [`for each ${each}`] : []),
    ...Object.entries(call.bind ?? {})
      .filter(([pointer, reference]) => refersTo({ [pointer]: reference }))
      .map(([pointer, reference]) => `${reference} → ${pointer}`),
  ];
  if (reasons.length === 0 && call.uncertainOrder === true) return ['uncertain'];
  const more = reasons.length - MAX_REASONS;
  return more > 0 ? [...reasons.slice(0, MAX_REASONS), `${more} more`] : reasons;
}
