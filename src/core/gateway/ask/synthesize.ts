import { stripControls } from '../../policy/clean.ts';
import { unlessAborted } from '../in-flight.ts';
import type { Synthesizer } from './ask.ts';
import type { Deadline } from './deadline.ts';
import type { SynthesisInput } from './digest.ts';
import { byteLength, digestOf } from './digest.ts';
import { oneLine } from './rendering.ts';

const MAX_BYTES = 65_536;
const MAX_REASON = 300;
const OVER = 'the time of the request was over.';
/** `[server__tool]`, where it is no link. */
const CITATION = /\[([^[\]\s]{1,200})\](?!\()/g;

interface SynthesisTime {
  readonly request?: AbortSignal;
  readonly deadline?: Pick<Deadline, 'signal' | 'isOver'>;
}

/**
 * One answer: by the model where there is one and it cites what it used, else {@link digestOf}, which then says why.
 *
 * @throws the reason of `request` when it aborted. Where the time is over, the digest does.
 */
export async function synthesize(
  input: SynthesisInput,
  synthesizer: Synthesizer | undefined,
  { request, deadline }: SynthesisTime = {},
): Promise<string> {
  if (synthesizer === undefined || input.ends.every(({ kind }) => kind !== 'done')) return digestOf(input);
  try {
    const text = await saidBy(synthesizer, input, deadline?.signal ?? request);
    const fault = faultOf(text, namesIn(input));
    return fault === undefined ? text : withNote(input, fault);
  } catch (fault) {
    request?.throwIfAborted();
    return withNote(input, deadline?.isOver() === true ? OVER : reasonOf(fault));
  }
}

async function saidBy(
  synthesizer: Synthesizer,
  input: SynthesisInput,
  signal: AbortSignal | undefined,
): Promise<string> {
  signal?.throwIfAborted();
  const saying = synthesizer.synthesize(input, signal);
  // Whatever it says to being called off, nobody hears it.
  saying.catch(() => undefined);
  return stripControls(await unlessAborted(saying, signal)).trim();
}

function withNote(input: SynthesisInput, why: string): string {
  return `${digestOf(input)}\n\n(No model put this together: ${oneLine(why, MAX_REASON)})`;
}

function reasonOf(fault: unknown): string {
  return fault instanceof Error ? fault.message : String(fault);
}

/** Why the text of a model cannot stand. */
function faultOf(text: string, names: ReadonlySet<string>): string | undefined {
  if (text === '') return 'it said nothing.';
  if (byteLength(text) > MAX_BYTES) return `it said more than ${MAX_BYTES} bytes.`;
  const cited = [...text.matchAll(CITATION)].flatMap(([, name = '']) =>
    name.includes('__') || names.has(name) ? [name] : [],
  );
  if (cited.length === 0) return 'it cites no source.';
  const foreign = cited.find((name) => !names.has(name));
  return foreign === undefined ? undefined : `it cites ${foreign}, which is none of the sources.`;
}

/** What may be cited: who answered, by server and tool, and as clients see the tool. */
function namesIn({ plan, ends }: SynthesisInput): ReadonlySet<string> {
  const planned = new Map(plan.calls.map(({ id, tool }) => [id, tool]));
  const names = new Set<string>();
  for (const end of ends) {
    if (end.kind !== 'done') continue;
    names.add(`${end.source.server}__${end.source.tool}`);
    const tool = planned.get(end.call);
    if (tool !== undefined) names.add(tool);
  }
  return names;
}
