import { FINISH } from '../kernel/instance.ts';
import type { Target } from '../kernel/instance.ts';
import { mermaidLabel } from '../kernel/mermaid-label.ts';
import type { Step, Workflow } from './workflow.ts';

interface GraphNode {
  /** `s0`, `s1` … for the steps in order, `finish`, `halt`. */
  readonly id: string;
  readonly kind: 'step' | 'finish' | 'halt';
  /** A step's name, `FINISH` or `HALT`. */
  readonly name: string;
}

interface GraphEdge {
  readonly from: string;
  readonly to: string;
  /** The condition in the author's words; empty when there is none. */
  readonly when: string;
  /** The guidance names no way on, so that success leads to the next step in order. */
  readonly implied: boolean;
}

/** The ways through a workflow, as data. Steps come first, in order; the ends follow where something leads to them. */
export interface Graph {
  readonly nodes: readonly GraphNode[];
  readonly edges: readonly GraphEdge[];
}

const FINISH_NODE: GraphNode = { id: 'finish', kind: 'finish', name: FINISH };
const HALT_NODE: GraphNode = { id: 'halt', kind: 'halt', name: 'HALT' };

export function workflowGraph({ steps }: Workflow): Graph {
  const names = new Map(steps.map(({ name }, at) => [name, `s${at}`]));
  const finish = names.get(FINISH) ?? FINISH_NODE.id;
  const ends = (to: Target, from: string): string => {
    if (to.kind === 'step') return names.get(to.step) ?? finish;
    if (to.kind === 'stay') return from;
    return to.kind === 'halt' ? HALT_NODE.id : finish;
  };
  const edges = steps.flatMap((step, at): GraphEdge[] => {
    const from = `s${at}`;
    if (step.name === FINISH) return [];
    if (!step.guidance.namesTarget)
      return [{ from, to: at + 1 < steps.length ? `s${at + 1}` : finish, when: '', implied: true }];
    return step.guidance.outcomes.map(({ to, when }) => ({ from, to: ends(to, from), when, implied: false }));
  });
  const nodes = steps.map((step, at) => stepNode(step, at));
  const used = new Set(edges.map((edge) => edge.to));
  return { nodes: [...nodes, ...[FINISH_NODE, HALT_NODE].filter(({ id }) => used.has(id))], edges };
}

function stepNode({ name }: Step, at: number): GraphNode {
  return { id: `s${at}`, kind: name === FINISH ? 'finish' : 'step', name };
}

export interface MermaidOptions {
  /** The step to mark, as where an instance is; `FINISH` marks the end. */
  readonly at?: string;
}

/** The graph as a Mermaid flowchart. Whatever a name or condition holds, it stays a label. */
export function toMermaid(workflow: Workflow, { at }: MermaidOptions = {}): string {
  const { nodes, edges } = workflowGraph(workflow);
  const marked = nodes.find((node) => node.name === at);
  const lines = nodes.map(
    (node) => `  ${node.id}${shape(node, `${node === marked ? '▶ ' : ''}${mermaidLabel(node.name)}`)}`,
  );
  return [
    'flowchart TD',
    ...lines,
    ...mergedEdges(edges),
    ...(marked ? ['  classDef current stroke-width:3px', `  class ${marked.id} current`] : []),
  ].join('\n');
}

function shape({ kind }: GraphNode, text: string): string {
  if (kind === 'finish') return `(["${text}"])`;
  return kind === 'halt' ? `{{"${text}"}}` : `["${text}"]`;
}

/** One arrow for each pair of nodes, with all its conditions. */
function mergedEdges(edges: readonly GraphEdge[]): string[] {
  const merged = new Map<string, { edge: GraphEdge; labels: string[] }>();
  for (const edge of edges) {
    const key = `${edge.from} ${edge.to}`;
    const known = merged.get(key) ?? { edge, labels: [] };
    const text = mermaidLabel(edge.when);
    if (text !== '' && !known.labels.includes(text)) known.labels.push(text);
    merged.set(key, known);
  }
  return [...merged.values()].map(({ edge, labels }) => {
    const said = labels.length > 0 ? `|"${labels.join('<br/>')}"|` : '';
    return `  ${edge.from} ${edge.implied ? '-.->' : '-->'}${said} ${edge.to}`;
  });
}
