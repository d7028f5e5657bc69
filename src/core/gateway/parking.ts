import { TuttiError } from '../kernel/errors.ts';
import type { JsonObject } from '../kernel/json.ts';
import { canonicalJson, isJsonObject } from '../kernel/json.ts';
import { toPayload } from '../kernel/payload.ts';
import type { Ask } from '../ports/downstream.ts';
import { toAsked } from './asks.ts';
import type { Call } from './call.ts';
import { canBeAsked } from './call.ts';
import type { CallOutcome } from './gateway.ts';
import type { GatewayParts } from './parts.ts';
import type { States } from './states.ts';
import { STATE_TTL_MS, requestOf } from './states.ts';
import { isRepeatable } from './traits.ts';

/** Calls of one owner that may wait for answers at once. */
const MAX_PARKED = 64;

/** Calls that wait for answers of their caller: they go on running while the question travels to him and back. */
export interface Parking {
  /**
   * Runs `work` so that the downstream may ask; each question comes back as an outcome, and `resume` brings the answer. Of a call that is
   * made again, what was answered before is answered by itself where the very same is asked first.
   */
  talk(call: Call, work: () => Promise<CallOutcome>): Promise<CallOutcome>;
  /** `undefined` when nobody waits under this id, or its connection is gone. */
  resume(call: Call, id: string): Promise<CallOutcome> | undefined;
  /** Ends all that wait. */
  close(): void;
}

export function createParking(parts: GatewayParts, states: States): Parking {
  const parked = new Map<string, Talk>();

  const park = (talk: Talk): CallOutcome => {
    const { call } = talk;
    const { caller, approved, entry } = call;
    const { owner } = caller;
    if ([...parked.values()].filter((each) => each.call.caller.owner === owner).length >= MAX_PARKED) {
      const message = `More than ${MAX_PARKED} calls wait for your answers. Answer those first.`;
      throw talk.end(new TuttiError('downstream/overloaded', message));
    }
    const id = parts.clock.id();
    parked.set(id, talk);
    const stop = parts.after(STATE_TTL_MS, () => {
      if (parked.delete(id)) talk.end(new TuttiError('call/lost', 'Nobody answered the question.'));
    });
    talk.onEnd = stop;
    const inputRequests = talk.asks();
    const asks = Object.keys(inputRequests);
    const carried = {
      kind: 'parked',
      of: id,
      asks,
      server: entry.server.name,
      ...(isRepeatable(entry) && { questions: talk.digests() }),
      ...(approved !== undefined && { approved }),
    } as const;
    const requestState = states.seal(carried, requestOf(call));
    return {
      kind: 'input-required',
      payload: toPayload({ resultType: 'input_required', inputRequests, requestState }),
    };
  };

  const turn = async (talk: Talk): Promise<CallOutcome> => {
    const outcome = await talk.next();
    talk.follow(undefined);
    return outcome ?? park(talk);
  };

  return {
    talk: (call, work) => {
      const talk = new Talk(call, parts);
      talk.follow(call.channel.signal);
      talk.begin(work);
      return turn(talk);
    },
    resume: (call, id) => {
      const talk = parked.get(id);
      if (talk?.call.caller.owner !== call.caller.owner) return undefined;
      parked.delete(id);
      talk.onEnd();
      if (talk.isBroken) return undefined;
      talk.call.live = call.channel;
      talk.follow(call.channel.signal);
      talk.answer(call.input.inputResponses ?? {});
      return turn(talk);
    },
    close: () => {
      for (const talk of parked.values()) {
        talk.onEnd();
        talk.end(new TuttiError('call/lost', 'Tutti shut down while the call waited for an answer.'));
      }
      parked.clear();
    },
  };
}

interface Question {
  readonly ask: Ask;
  readonly answer: (answer: JsonObject) => void;
}

/** One call and what its server wants to know meanwhile. */
class Talk {
  readonly call: Call;
  /** Once it is parked no longer. */
  onEnd: () => void = () => undefined;
  readonly #signal: AbortSignal;
  readonly #abort: (reason: unknown) => void;
  readonly #freshId: () => string;
  readonly #digest: GatewayParts['digest'];
  readonly #questions = new Map<string, Question>();
  /** Answers that were given before the call was lost, by what they answer. */
  readonly #given: Map<string, JsonObject>;
  #done: Promise<CallOutcome> | undefined = undefined;
  #isOver = false;
  #fault: unknown = undefined;
  #wake: () => void = () => undefined;
  #unfollow: () => void = () => undefined;

  constructor(call: Call, { createAbort, clock, digest }: GatewayParts) {
    const { signal, abort } = createAbort();
    this.call = call;
    this.#signal = signal;
    this.#abort = abort;
    this.#freshId = () => clock.id();
    this.#digest = digest;
    this.#given = answersIn(call);
  }

  /** The server left while somebody thought about its question. */
  get isBroken(): boolean {
    return this.#fault instanceof TuttiError && this.#fault.code === 'downstream/unavailable';
  }

  begin(work: () => Promise<CallOutcome>): void {
    this.call.signal = this.#signal;
    this.call.onAsk = (ask) => this.#ask(ask);
    this.#done = work();
    const over = (): void => {
      this.#isOver = true;
    };
    this.#done.then(over, (fault: unknown) => {
      this.#fault = fault;
      over();
    });
  }

  /** The outcome, or nothing when there are questions first. */
  async next(): Promise<CallOutcome | undefined> {
    if (this.#isOver || this.#questions.size === 0) {
      const asked = new Promise<undefined>((resolve) => {
        this.#wake = () => {
          resolve(undefined);
        };
      });
      return await Promise.race([this.#done, asked]);
    }
    return undefined;
  }

  /** Ends when this request does, and no longer when the one before did. */
  follow(signal: AbortSignal | undefined): void {
    this.#unfollow();
    this.#unfollow = () => undefined;
    if (signal === undefined) return;
    const onAbort = (): void => {
      this.#abort(signal.reason);
    };
    if (signal.aborted) onAbort();
    signal.addEventListener('abort', onAbort, { once: true });
    this.#unfollow = () => {
      signal.removeEventListener('abort', onAbort);
    };
  }

  end(reason: TuttiError): TuttiError {
    this.#abort(reason);
    return reason;
  }

  asks(): JsonObject {
    return Object.fromEntries(
      Array.from(this.#questions, ([key, { ask }]) => [key, { method: ask.method, params: ask.params }]),
    );
  }

  digests(): Readonly<Record<string, string>> {
    return Object.fromEntries(Array.from(this.#questions, ([key, { ask }]) => [key, this.#digestOf(ask)]));
  }

  /** What is left unanswered is asked again. */
  answer(responses: JsonObject): void {
    for (const [key, { answer }] of this.#questions) {
      const given = responses[key];
      if (!isJsonObject(given)) continue;
      this.#questions.delete(key);
      answer(given);
    }
  }

  async #ask(question: Ask): Promise<JsonObject> {
    if (!canBeAsked(this.call.channel.capabilities, question.method)) throw notDeclared(question);
    const ask = toAsked(this.call.entry.server.name, question);
    const given = this.#takeGiven(ask);
    return await this.call.wait(() => (given ? Promise.resolve(given) : this.#answerTo(ask)));
  }

  /** After another question nobody can tell what the answers before would mean. */
  #takeGiven(ask: Ask): JsonObject | undefined {
    if (this.#given.size === 0) return undefined;
    const digest = this.#digestOf(ask);
    const given = this.#given.get(digest);
    if (given === undefined) this.#given.clear();
    else this.#given.delete(digest);
    return given;
  }

  /** Of what a person saw, and of the tool that he saw it from. */
  #digestOf({ method, params }: Ask): string {
    const { server, hash } = this.call.entry;
    const { _meta: _, ...shown } = params;
    return this.#digest(canonicalJson([server.name, hash, method, shown]));
  }

  #answerTo(ask: Ask): Promise<JsonObject> {
    return new Promise((answer, refuse) => {
      const onAbort = (): void => {
        refuse(this.#signal.reason as Error);
      };
      this.#signal.addEventListener('abort', onAbort, { once: true });
      this.#questions.set(this.#freshId(), {
        ask,
        answer: (given) => {
          this.#signal.removeEventListener('abort', onAbort);
          answer(given);
        },
      });
      this.#wake();
    });
  }
}

function answersIn({ carried, input }: Call): Map<string, JsonObject> {
  const questions = Object.entries(carried?.questions ?? {});
  return new Map(
    questions.flatMap(([key, digest]): [string, JsonObject][] => {
      const given = input.inputResponses?.[key];
      return isJsonObject(given) ? [[digest, given]] : [];
    }),
  );
}

export function notDeclared(ask: Ask): TuttiError {
  const method = ask.method.slice(0, 100);
  return new TuttiError('downstream/protocol', `The caller did not declare that it can be asked ${method}.`);
}
