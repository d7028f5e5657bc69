import type { Json, JsonObject } from '../../core/kernel/json.ts';
import { ownSecrets, toSpellings } from '../../core/policy/own-secrets.ts';
import { REDACTED, redactText } from '../../core/policy/secrets.ts';
import type { DownstreamAnswer, Launch, RpcError } from '../../core/ports/downstream.ts';

const MAX_CAUSES = 8;
const CUT = '…';
const SHORTEST_BEGINNING = 4;
const LONGEST_BEGINNING = 500;

/** Keeps what we gave a server to start or to let us in out of every text that is made of what it says when it fails. */
export class Discretion {
  readonly #secrets: readonly string[];
  readonly #token: () => string | undefined;
  readonly #told = new WeakSet<Error>();

  /** @param token - what the latest login obtained. */
  constructor(launch: Launch, token: () => string | undefined) {
    this.#secrets = ownSecrets(launch);
    this.#token = token;
  }

  /** For people and logs: without ours, and without whatever else looks like a secret. */
  readonly text = (text: string): string => redactText(this.#withoutOurs(text));

  /** The very same error, since its kind and its data matter: only what is read of it changes, causes and stacks included. */
  error<T>(error: T): T {
    let each: unknown = error;
    for (let depth = 0; each instanceof Error && depth < MAX_CAUSES && !this.#told.has(each); depth += 1) {
      this.#told.add(each);
      const message = this.text(each.message);
      const stack = this.text(each.stack ?? '');
      // Some kinds of errors let nobody assign to these.
      for (const [name, value] of Object.entries({ message, stack }))
        Reflect.defineProperty(each, name, { value, writable: true, configurable: true });
      each = each.cause;
    }
    return error;
  }

  /** Errors that the server words itself are passed on as they are, save for what is ours. */
  async keep(asked: Promise<DownstreamAnswer>): Promise<DownstreamAnswer> {
    try {
      const answer = await asked;
      return answer.kind === 'error' ? { kind: 'error', error: this.#plain(answer.error) } : answer;
    } catch (error) {
      throw this.error(error);
    }
  }

  #plain({ code, message, data }: RpcError): RpcError {
    return {
      code,
      message: this.#withoutOurs(message),
      ...(data !== undefined && { data: this.#json(data) }),
    };
  }

  #json(value: Json): Json {
    if (typeof value === 'string') return this.#withoutOurs(value);
    if (value === null || typeof value !== 'object') return value;
    if (Array.isArray(value)) return value.map((each: Json) => this.#json(each));
    const members = Object.entries(value as JsonObject);
    return Object.fromEntries(members.map(([name, each]) => [this.#withoutOurs(name), this.#json(each)]));
  }

  #withoutOurs(text: string): string {
    const token = this.#token();
    const secrets = token === undefined ? this.#secrets : [...toSpellings([token]), ...this.#secrets];
    const plain = secrets.reduce((each, secret) => each.replaceAll(secret, REDACTED), text);
    return plain.includes(CUT) ? secrets.reduce(withoutBeginning, plain) : plain;
  }
}

/** Foreign texts are cut where they are read: what is left of a secret there is as good as half of it. */
function withoutBeginning(text: string, secret: string): string {
  const longest = Math.min(secret.length - 1, LONGEST_BEGINNING);
  for (let length = longest; length >= SHORTEST_BEGINNING; length -= 1) {
    const beginning = secret.slice(0, length) + CUT;
    if (text.includes(beginning)) return text.replaceAll(beginning, REDACTED + CUT);
  }
  return text;
}
