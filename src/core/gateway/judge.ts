import type { Json, JsonObject } from '../kernel/json.ts';
import type { Offer, ToolDefinition } from '../ports/downstream.ts';
import { differenceOf } from './diff.ts';
import type { Difference } from './diff.ts';
import type { HeldItem } from './gateway.ts';
import { nameFault } from './names.ts';
import { toDefinition, toInstructionsDefinition } from './pin.ts';
import type { Agreement, Pinnable } from './pinboard.ts';
import { schemaFault } from './schema-limits.ts';

/** One thing that a server shows to models, and what is thought of it. */
export interface Judged<T = JsonObject> extends Pinnable {
  readonly listed: T;
  readonly held?: HeldItem;
  /** Nobody agreed to it yet, and nobody need. */
  readonly unpinned: boolean;
}

interface Dropped {
  readonly name: string;
  readonly reason: string;
}

/** All that a server offers, judged. In the order of the names. */
export interface Judgement {
  readonly tools: readonly Judged<ToolDefinition>[];
  readonly prompts: readonly Judged[];
  readonly instructions?: Judged<string>;
  readonly resources: readonly JsonObject[];
  readonly resourceTemplates: readonly JsonObject[];
  readonly dropped: readonly Dropped[];
}

/** Findings of a scan by key, such as `tool:search`. */
export type Findings = ReadonlyMap<string, readonly string[]>;

export interface Standards {
  /** What is seen for the first time is agreed to thereby. */
  readonly pinsNew: boolean;
  readonly agreed: (kind: Pinnable['kind'], name: string) => Agreement | undefined;
  readonly findings: Findings;
  /** It runs on another machine. */
  readonly isRemote: boolean;
  readonly hash: (listed: unknown, definition: JsonObject) => string;
}

/** Compares what a server offers with what was agreed to. Pure. */
export function judgeOffer(offer: Offer, standards: Standards): Judgement {
  const dropped: Dropped[] = [...offer.dropped];
  const tools = sound(offer.tools, dropped, toolFault).map((tool) =>
    judged({ kind: 'tool', name: tool.name, listed: tool, definition: toDefinition(tool) }, standards),
  );
  const prompts = sound(offer.prompts, dropped, () => undefined).map((prompt) =>
    judged({ kind: 'prompt', name: nameOf(prompt), listed: prompt, definition: prompt }, standards),
  );
  const visible = (key: 'uri' | 'uriTemplate') => (each: JsonObject) => {
    const name = textAt(each, key);
    const findings = standards.findings.get(`resource:${name}`) ?? [];
    const reason = findings.length > 0 ? findings.join(' ') : addressFault(name, standards.isRemote);
    if (reason !== undefined) dropped.push({ name, reason });
    return reason === undefined && name !== '';
  };
  return {
    tools,
    prompts,
    ...(offer.instructions === undefined || offer.instructions === ''
      ? {}
      : {
          instructions: judged(
            {
              kind: 'instructions',
              name: '',
              listed: offer.instructions,
              definition: toInstructionsDefinition(offer.instructions),
            },
            standards,
          ),
        }),
    resources: offer.resources.filter(visible('uri')),
    resourceTemplates: offer.resourceTemplates.filter(visible('uriTemplate')),
    dropped,
  };
}

/** What is wrong with the address of a resource, as clients may open it, if anything. */
function addressFault(address: string, isRemote: boolean): string | undefined {
  // As browsers read it: white space and control characters count for nothing.
  const plain = address.replaceAll(/[\s\p{Cc}]/gu, '').toLowerCase();
  if (ACTIVE.test(plain)) return 'Its address is a program, not a place.';
  return isRemote && plain.startsWith('file:')
    ? 'Its address is a file of this machine, and its server runs on another one.'
    : undefined;
}

const ACTIVE =
  /^(?:javascript|vbscript):|^data:(?:text\/html|image\/svg|application\/xhtml|(?:text|application)\/xml)/;

/** Everything in a judgement that can be pinned. */
export function pinnables(judgement: Judgement): readonly Judged<unknown>[] {
  const { tools, prompts, instructions } = judgement;
  return [...tools, ...prompts, ...(instructions === undefined ? [] : [instructions])];
}

/** A member that should be a text; the empty one where it is none. */
export function textAt(listed: { readonly [key: string]: Json | undefined }, key: string): string {
  const value = listed[key];
  return typeof value === 'string' ? value : '';
}

function nameOf(listed: { readonly [key: string]: Json | undefined }): string {
  return textAt(listed, 'name');
}

/** What has a usable name that nothing before it had, in the order of the names. */
function sound<T extends { readonly [key: string]: Json | undefined }>(
  listed: readonly T[],
  dropped: Dropped[],
  fault: (item: T) => string | undefined,
): readonly T[] {
  const taken = new Set<string>();
  const kept = listed.filter((item) => {
    const name = nameOf(item);
    const reason =
      nameFault(name) ?? (taken.has(name) ? 'Another one before it has the same name.' : fault(item));
    if (reason === undefined) taken.add(name);
    else dropped.push({ name: name.slice(0, 128), reason });
    return reason === undefined;
  });
  return kept.toSorted((a, b) => (nameOf(a) < nameOf(b) ? -1 : 1));
}

function toolFault(tool: ToolDefinition): string | undefined {
  return (
    schemaFault(tool.inputSchema, 'input schema') ??
    (tool.outputSchema === undefined ? undefined : schemaFault(tool.outputSchema, 'output schema'))
  );
}

/** One thing, with why it is held if it is. Pure. */
export function judged<T>(
  item: Omit<Judged<T>, 'hash' | 'unpinned' | 'held'>,
  standards: Standards,
): Judged<T> {
  const hash = standards.hash(item.listed, item.definition);
  const agreement = standards.agreed(item.kind, item.name);
  const findings = standards.findings.get(`${item.kind}:${item.name}`) ?? [];
  const reason = reasonToHold({ agreement, hash, findings, standards });
  const unpinned = agreement === undefined && reason === undefined;
  if (reason === undefined) return { ...item, hash, unpinned };
  const held: HeldItem = {
    kind: item.kind,
    name: item.name,
    reason,
    findings,
    ...(reason === 'changed'
      ? changeSince(agreement, item.definition)
      : differenceOf(undefined, item.definition)),
  };
  return { ...item, hash, unpinned, held };
}

function reasonToHold(look: {
  readonly agreement: Agreement | undefined;
  readonly hash: string;
  readonly findings: readonly string[];
  readonly standards: Standards;
}): HeldItem['reason'] | undefined {
  const { agreement, hash, findings, standards } = look;
  if (agreement !== undefined && agreement.hash !== hash) return 'changed';
  if (findings.length > 0 && agreement?.byPerson !== true) return 'suspicious';
  if (agreement !== undefined) return undefined;
  return standards.pinsNew ? undefined : 'new';
}

function changeSince(agreement: Agreement | undefined, definition: JsonObject): Difference {
  if (agreement?.definition !== undefined) return differenceOf(agreement.definition, definition);
  const { diff, ...rest } = differenceOf(undefined, definition);
  const before = `-(what was approved is known by its hash only: ${agreement?.hash})`;
  return { diff: [before, ...diff], ...rest };
}

/** Whether a server may be reached at all, by how it is reached. */
export function judgeLaunch(
  server: string,
  launch: Pinnable,
  standards: Pick<Standards, 'pinsNew' | 'agreed'>,
): HeldItem | undefined {
  const agreement = standards.agreed('server', '');
  if (agreement?.hash === launch.hash) return undefined;
  const held = (reason: HeldItem['reason'], difference: Difference): HeldItem => ({
    kind: 'server',
    name: server,
    reason,
    findings: [],
    ...difference,
  });
  if (agreement === undefined) {
    return standards.pinsNew ? undefined : held('new', differenceOf(undefined, launch.definition));
  }
  // What the operator wrote and nobody froze, the operator may write anew.
  if (standards.pinsNew && !agreement.byPerson) return undefined;
  return held('changed', changeSince(agreement, launch.definition));
}
