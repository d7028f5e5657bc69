import type { Json, JsonObject } from '../../kernel/json.ts';
import { isJsonObject } from '../../kernel/json.ts';
import { TuttiError } from '../../kernel/errors.ts';
import { argumentsOf } from '../plan/bind.ts';
import { needsOf, wavesOf } from '../plan/order.ts';
import { MAX_EACH } from '../plan/plan.ts';
import type { Plan, PlannedCall } from '../plan/plan.ts';
import { parseReference, resolveItems } from '../plan/references.ts';
import type { Allotment } from './allotment.ts';
import { createAllotment } from './allotment.ts';
import { failure } from './answer.ts';
import type { CallEnd } from './ask.ts';
import { attempt, overText } from './attempt.ts';
import type { CallPlace, DispatchMeans, Dispatched, Waiting } from './means.ts';
import { keyOf } from './means.ts';
import type { OwnReferences } from './own-references.ts';
import { foreignReference, referencesOf } from './own-references.ts';
import { createStride } from './stride.ts';
import type { Stride } from './stride.ts';

/** Items of one call that are made at once. */
const AT_ONCE = 8;

/**
 * Makes the calls of a plan that was checked and lacks nothing: each as soon as all it depends on is settled. What fails takes only its
 * dependents with it; what must wait keeps only its dependents waiting.
 *
 * @throws TuttiError `plan/invalid` for a circle; the reason of `means.signal` when it aborted, and what `onBegin` or `onEnd` rejected with.
 */
export async function dispatchPlan(plan: Plan, means: DispatchMeans): Promise<Dispatched> {
  means.signal?.throwIfAborted();
  // Calls that wait for one another would wait for ever.
  wavesOf(plan);
  const { signal, abort } = means.createAbort();
  const clock = { over: false };
  const onAbort = (): void => {
    abort(means.signal?.reason);
  };
  means.signal?.addEventListener('abort', onAbort, { once: true });
  const stop = means.after(means.limits.ms, () => {
    clock.over = true;
    abort(new Error('The time of the request is over.'));
  });
  const dispatch = new Dispatch(plan, { means, signal, isOver: () => clock.over });
  try {
    return await dispatch.run();
  } catch (fault) {
    abort(fault);
    await dispatch.rest();
    throw fault;
  } finally {
    stop();
    means.signal?.removeEventListener('abort', onAbort);
  }
}

type Values = ReadonlyMap<string, Json>;

/** What a call is made from. */
interface Source {
  readonly values: Values;
  /** What of the values may stand for a stored result. */
  readonly own: OwnReferences;
}

type State = 'done' | 'failed' | 'waiting';

/** What is made for each item of an empty list is done: those who need it get an empty list. */
function stateOf(end: CallEnd): State {
  return end.kind === 'done' || (end.kind === 'skipped' && end.isEmpty === true) ? 'done' : 'failed';
}

interface DispatchContext {
  readonly means: DispatchMeans;
  readonly signal: AbortSignal;
  readonly isOver: () => boolean;
}

/** The calls of a plan, made within one request. */
class Dispatch {
  readonly #plan: Plan;
  readonly #context: DispatchContext;
  readonly #allotment: Allotment;
  readonly #calls: ReadonlyMap<string, PlannedCall>;
  readonly #settling = new Map<string, Promise<State>>();
  readonly #ends = new Map<string, CallEnd>();
  readonly #waiting: Waiting[] = [];
  /** How many times each is made, once that is known. */
  readonly #sizes = new Map<string, number>();
  readonly #stride: Stride;
  /** Calls that were counted before they are made, so that what changes something is not done by halves. */
  readonly #taken = new Set<string>();
  /** Why nothing that changes something is made. */
  #tooMuch: string | undefined = undefined;

  constructor(plan: Plan, context: DispatchContext) {
    const { before, costOf, limits } = context.means;
    this.#plan = plan;
    this.#context = context;
    this.#calls = new Map(plan.calls.map((call) => [call.id, call]));
    this.#allotment = createAllotment(
      limits,
      before,
      ({ call, costMicros }) => costMicros ?? costOf(this.#calls.get(call)?.tool ?? ''),
    );
    for (const end of before) this.#ends.set(keyOf(end), end);
    this.#stride = createStride();
  }

  async run(): Promise<Dispatched> {
    this.#takeChanges();
    await Promise.all(this.#plan.calls.map(({ id }) => this.#settled(id)));
    const order = new Map(this.#plan.calls.map(({ id }, at) => [id, at]));
    const inOrder = (a: CallPlace, b: CallPlace): number =>
      (order.get(a.call) ?? 0) - (order.get(b.call) ?? 0) || (a.item ?? -1) - (b.item ?? -1);
    return { ends: [...this.#ends.values()].toSorted(inOrder), waiting: this.#waiting.toSorted(inOrder) };
  }

  /** Where the plan has more calls than are left, only its reads are made; else the reads leave enough for the rest. */
  #takeChanges(): void {
    const { means } = this.#context;
    const begun = new Set([...this.#ends.values()].map(({ call }) => call));
    // Of one that was made for some items already it is not known yet how many are left.
    const open = this.#plan.calls.filter(({ id }) => !begun.has(id));
    const costOf = (calls: readonly PlannedCall[]): number =>
      calls.reduce((sum, { tool }) => sum + means.costOf(tool ?? ''), 0);
    const changing = open.filter((call) => this.#changes(call));
    if (changing.length === 0) return;
    this.#tooMuch = this.#allotment.lack(open.length, costOf(open));
    const single = changing.filter(({ forEach }) => forEach === undefined);
    if (this.#tooMuch !== undefined || this.#allotment.takeAll(single.length, costOf(single)) !== undefined)
      return;
    for (const { id } of single) this.#taken.add(id);
  }

  #changes({ tool }: PlannedCall): boolean {
    return this.#context.means.riskOf(tool ?? '') !== 'read';
  }

  /** Returns once nothing is under way any more. */
  async rest(): Promise<void> {
    await Promise.allSettled(this.#settling.values());
  }

  #settled(id: string): Promise<State> {
    const known = this.#settling.get(id);
    if (known) return known;
    const call = this.#calls.get(id);
    const settling = call ? this.#settle(call) : Promise.resolve<State>('failed');
    this.#settling.set(id, settling);
    return settling;
  }

  async #settle(call: PlannedCall): Promise<State> {
    const needs = needsOf(call);
    const states = await Promise.all(needs.map((id) => this.#settled(id)));
    const before = this.#ends.get(call.id);
    if (before) return stateOf(before);
    const failed = needs[states.indexOf('failed')];
    if (failed !== undefined) {
      const what = this.#ends.get(failed)?.kind === 'skipped' ? 'was not made' : 'failed';
      return await this.#skip(call, `It needs the answer of ${failed}, which ${what}.`);
    }
    if (states.includes('waiting')) return 'waiting';
    const risk = this.#context.means.riskOf(call.tool ?? '');
    if (call.uncertainOrder === true && risk !== 'read')
      return await this.#skip(
        call,
        `It hangs on what nobody judged, or its order was guessed, and its risk is ${risk}: only reads are made so. Send the plan again without that mark if it is right.`,
      );
    if (this.#tooMuch !== undefined && this.#changes(call))
      return await this.#skip(
        call,
        `${this.#tooMuch} So nothing was done that changes something: split the plan.`,
      );
    return await this.#make(call);
  }

  async #make(call: PlannedCall): Promise<State> {
    const because = this.#refusal(call);
    if (because !== undefined) return await this.#skip(call, because);
    const from = await this.#from(call);
    if (typeof from === 'string') return await this.#end(failure({ call: call.id }, call, from));
    const { items, ...source } = from;
    if (items === undefined) return await this.#one(call, { call: call.id }, source);
    return await this.#each(call, source, items);
  }

  /** Why it may not even be begun: then it matters no more whether what it binds is there. */
  #refusal({ id, tool }: PlannedCall): string | undefined {
    if ([...this.#ends.values()].some(({ call }) => call === id)) return undefined;
    const { means, isOver } = this.#context;
    if (isOver()) return overText(means.limits);
    return this.#taken.has(id) ? undefined : this.#allotment.refusal(means.costOf(tool ?? ''));
  }

  /** What it is made from; a sentence when that is not there. */
  async #from(call: PlannedCall): Promise<string | (Source & { readonly items?: readonly Json[] })> {
    try {
      const source = await this.#source(call);
      if (call.forEach === undefined) return source;
      return { ...source, items: resolveItems(call.forEach, source.values) };
    } catch (fault) {
      if (fault instanceof TuttiError) return fault.message;
      throw fault;
    }
  }

  async #each(call: PlannedCall, source: Source, items: readonly Json[]): Promise<State> {
    if (items.length > MAX_EACH) {
      const message = `${call.forEach ?? ''} has ${items.length} items; a call is made for ${MAX_EACH} at most. Narrow the list.`;
      return await this.#end(failure({ call: call.id }, call, message));
    }
    if (items.length === 0)
      return await this.#end({
        kind: 'skipped',
        call: call.id,
        server: call.server,
        because: `${call.forEach ?? ''} is empty: there was nothing to do it for.`,
        isEmpty: true,
      });
    const because = await this.#takeItems(call, items.length);
    if (because !== undefined) return await this.#skip(call, because);
    this.#sizes.set(call.id, items.length);
    const states: State[] = [];
    let next = 0;
    const work = async (): Promise<void> => {
      for (let at = next++; at < items.length; at = next++)
        states[at] = await this.#one(
          call,
          { call: call.id, item: at },
          { ...source, item: items[at] ?? null },
        );
    };
    await Promise.all(Array.from({ length: Math.min(AT_ONCE, items.length) }, work));
    if (states.includes('waiting')) return 'waiting';
    return states.includes('done') ? 'done' : 'failed';
  }

  /** What changes something is done for every item, or for none: a list that is done by halves is worse than one that is not done. */
  async #takeItems(call: PlannedCall, size: number): Promise<string | undefined> {
    if (!this.#changes(call)) return undefined;
    const { means } = this.#context;
    const isLost = (key: string): boolean => means.lost.some((each) => keyOf(each) === key);
    const keys = Array.from({ length: size }, (_, item) => keyOf({ call: call.id, item }));
    const count = keys.filter((key) => !this.#ends.has(key) && !isLost(key)).length;
    const name = call.tool ?? '';
    const lack =
      (await means.lackOfRoom(name, count)) ?? this.#allotment.takeAll(count, count * means.costOf(name));
    if (lack === undefined) {
      this.#taken.add(call.id);
      return undefined;
    }
    const what = count < size ? `the ${count} that are open` : `any of the ${size} items`;
    return `${lack} So it was not made for ${what}: narrow the list, or have the limit raised.`;
  }

  async #one(call: PlannedCall, place: CallPlace, from: Source & { readonly item?: Json }): Promise<State> {
    const key = keyOf(place);
    const before = this.#ends.get(key);
    if (before) return stateOf(before);
    const { means, signal, isOver } = this.#context;
    const lost = means.lost.find((each) => keyOf(each) === key);
    if (lost) {
      this.#waiting.push({ ...lost, kind: 'lost' });
      return 'waiting';
    }
    this.#tell(`${call.server}: ${call.intent}`);
    const args = this.#arguments(call, from);
    if (typeof args === 'string') return await this.#end(failure(place, call, args));
    const came = await attempt(
      { place, call, args, isTaken: this.#taken.has(call.id) },
      {
        means,
        allotment: this.#allotment,
        signal,
        isOver,
        onProgress: (progress) => {
          this.#stride.came(key, progress);
          this.#tell(`${call.server}: ${progress.message ?? call.intent}`);
        },
      },
    );
    if (came.kind === 'done' || came.kind === 'failed' || came.kind === 'skipped')
      return await this.#end(came);
    this.#waiting.push(came);
    await means.onWait?.(came);
    return 'waiting';
  }

  /** A sentence when what it binds is not there. */
  #arguments(call: PlannedCall, { values, own, item }: Source & { readonly item?: Json }) {
    try {
      const args = argumentsOf(call, values, item);
      return foreignReference(args, own) ?? args;
    } catch (fault) {
      if (fault instanceof TuttiError && fault.code === 'plan/invalid') return fault.message;
      throw fault;
    }
  }

  /** What the calls that this one refers to answered. */
  async #source(call: PlannedCall): Promise<Source> {
    const deep = deepReferences(call);
    const own = new Set(referencesOf(call.arguments));
    const values = new Map<string, Json>();
    for (const id of needsOf(call)) {
      const ends = [...this.#ends.values()].filter((end) => end.call === id && end.kind === 'done');
      const sorted = ends.toSorted((a, b) => (a.item ?? 0) - (b.item ?? 0));
      const found: Json[] = [];
      for (const end of sorted) {
        if (end.kind !== 'done') continue;
        const value = await this.#valueOf(end, deep.has(id));
        found.push(value);
        if (isOwnAddress(end, value)) own.add(value);
      }
      const isList = this.#calls.get(id)?.forEach !== undefined;
      const [only] = found;
      if (isList) values.set(id, found);
      else if (only !== undefined) values.set(id, only);
    }
    return { values, own };
  }

  /** Only a reference into a stored result needs all of it; as a whole it travels by its address. */
  async #valueOf(end: Extract<CallEnd, { kind: 'done' }>, isDeep: boolean): Promise<Json> {
    const isStored = end.uri !== undefined && typeof end.value === 'object';
    return isStored && isDeep ? await this.#context.means.stored(end.uri ?? '') : end.value;
  }

  #skip(call: PlannedCall, because: string): Promise<State> {
    return this.#end({ kind: 'skipped', call: call.id, server: call.server, because });
  }

  async #end(end: CallEnd): Promise<State> {
    this.#ends.set(keyOf(end), end);
    this.#stride.ended(keyOf(end));
    await this.#context.means.onEnd?.(end);
    this.#tell(`${end.kind === 'done' ? end.source.server : end.server}: ${end.kind}`);
    return stateOf(end);
  }

  #tell(message: string): void {
    const of = this.#plan.calls.reduce((sum, { id }) => sum + (this.#sizes.get(id) ?? 1), 0);
    this.#context.means.onProgress?.({ done: this.#ends.size + this.#stride.shares(), of, message });
  }
}

/** Whether a value is what we ourselves put in the place of an answer that was too large. */
function isOwnAddress({ uri }: Extract<CallEnd, { kind: 'done' }>, value: Json): value is JsonObject {
  return (
    uri !== undefined && isJsonObject(value) && value['$result'] === uri && Object.keys(value).length === 1
  );
}

/** Ids of the calls whose answers are not only passed on as a whole. */
function deepReferences(call: PlannedCall): ReadonlySet<string> {
  const texts = Object.values(call.bind ?? {}).map((text) => ({ text, isEach: false }));
  if (call.forEach !== undefined) texts.push({ text: call.forEach, isEach: true });
  const deep = new Set<string>();
  for (const { text, isEach } of texts) {
    const { call: id, keys } = parseReference(text);
    if (id !== undefined && (isEach || keys.length > 0)) deep.add(id);
  }
  return deep;
}
