import type { Definition } from '../define.ts';
import { contractPart, suggestContracts } from '../suggest.ts';
import type { Suggestion } from '../suggest.ts';
import type { Step, Workflow } from '../workflow.ts';
import type { Draft, LookAt } from './draft.ts';
import { editedTexts } from './place.ts';

/** What came of writing contracts: the texts that changed, and what they close. */
export interface Contracted {
  readonly draft: Draft;
  readonly texts: ReadonlyMap<string, string>;
  readonly applied: readonly Suggestion[];
}

type Defined = Extract<Definition, { readonly workflow: Workflow }>;

/**
 * Writes the outcome contract that is suggested for each step into its instructions, where they ask for the report. The guidance stays as
 * it is; a step whose page would then have another fault is left alone.
 */
export async function writeContracts(first: Draft, look: LookAt): Promise<Contracted> {
  let now: Contracted = { draft: first, texts: new Map(), applied: [] };
  const { definition } = first;
  if (!definition.workflow) return now;
  const all = suggestContracts(definition);
  for (const name of new Set(all.map(({ step }) => step))) {
    const suggestions = all.filter(({ step }) => step === name);
    now = (await writeContract(now, suggestions, look)) ?? now;
  }
  return now;
}

async function writeContract(
  { draft, texts, applied }: Contracted,
  suggestions: readonly Suggestion[],
  look: LookAt,
): Promise<Contracted | undefined> {
  const { definition } = draft;
  const [{ step: name } = { step: '' }] = suggestions;
  const step = definition.workflow?.steps.find((each) => each.name === name);
  if (!definition.workflow || !step) return undefined;
  const { file, line, from, to } = insertion(definition, step, suggestions);
  const fault = { file, line, code: '', message: '', severity: 'warning', edit: { from, to } } as const;
  const [edited] = editedTexts(draft.texts.get(file) ?? '', fault);
  if (edited === undefined) return undefined;
  const changed = new Map(texts).set(file, edited);
  const after = await look(changed);
  if (after.faults.length > draft.faults.length || !after.definition.workflow) return undefined;
  return { draft: after, texts: changed, applied: [...applied, ...suggestions] };
}

interface Insertion {
  readonly file: string;
  readonly line: number;
  readonly from: string;
  readonly to: string;
}

const STATUS_ITEM = /^(\s*)[-*+] .*`(?:report\.)?status`/;

/** Behind the item that asks for the status; else at the end of the instructions, under a lead of its own. */
function insertion({ places }: Defined, step: Step, suggestions: readonly Suggestion[]): Insertion {
  const lines = step.instructions.split('\n');
  const status = lines.findIndex((line) => STATUS_ITEM.test(line));
  const at = status === -1 ? lines.length - 1 : endOfItem(lines, status);
  const indent = status === -1 ? '' : (STATUS_ITEM.exec(lines[status] ?? '')?.[1] ?? '');
  const contract = contractOf(suggestions).map((line) => indent + line);
  const lead = status === -1 ? ['', '**Report**', ''] : [];
  const from = lines[at] ?? '';
  const place = places.get(step.name)?.instruction(at + 1) ?? { file: step.file, line: 1 };
  return { ...place, from, to: [from, ...lead, ...contract].join('\n') };
}

/** The last line of a list item: what follows until a blank line, or the next item. */
function endOfItem(lines: readonly string[], at: number): number {
  const end = lines.findIndex((line, index) => index > at && (line.trim() === '' || /^\s*[-*+] /.test(line)));
  return (end === -1 ? lines.length : end) - 1;
}

function contractOf(suggestions: readonly Suggestion[]): readonly string[] {
  const [first, ...others] = suggestions;
  if (first && others.length === 0) return [first.contract];
  return ['- `outcome`: one of', ...suggestions.map((each) => `  - ${contractPart(each)}`)];
}
