import type { LostDecision, PlanReference } from '../../core/gateway/ask/ask.ts';
import { MAX_QUERY_LENGTH } from '../../core/gateway/ask/request.ts';
import { MAX_CALLS } from '../../core/gateway/plan/plan.ts';
import type { Plan, PlannedCall, Structure } from '../../core/gateway/plan/plan.ts';
import { inWireNames } from '../../core/gateway/plan/wire-names.ts';
import { TuttiError } from '../../core/kernel/errors.ts';
import { checkJson, isJsonObject, kindOf } from '../../core/kernel/json.ts';
import type { Json, JsonObject } from '../../core/kernel/json.ts';
import { definedOnly } from './wire.ts';

// A plan as it is shown, edited and sent back. Whether it can be carried out is for the core to judge; here it is only read.

const STRUCTURES: readonly Structure[] = ['single', 'parallel', 'sequential', 'mixed'];
const REFERENCE_KEYS: ReadonlySet<string> = new Set(['id', 'lost']);
const PLAN_KEYS = ['id', 'query', 'calls', 'structure'];
const CALL_KEYS = [
  'id',
  'server',
  'intent',
  'tool',
  'arguments',
  'bind',
  'for_each',
  'depends_on',
  'uncertain_order',
];

const NAME_LENGTH = 512;
/** What one call is for is a sentence: each is read word by word before anything is called. */
const INTENT_LENGTH = 1000;
const MAX_BOUND = 100;
const FAULTS_SAID = 20;

/** Faults of a plan, wherever callers read them: in the message, and one by one beside it. */
export function toToldError(error: TuttiError): TuttiError {
  const { code, message, data, cause } = error;
  if (code !== 'plan/invalid') return error;
  const faults: Json | undefined = isJsonObject(data) ? data['faults'] : undefined;
  return new TuttiError(code, inWireNames(message), {
    ...(cause !== undefined && { cause }),
    ...(isJsonObject(data) && {
      data: Array.isArray(faults) ? { ...data, faults: faults.map((each: Json) => toToldFault(each)) } : data,
    }),
  });
}

function toToldFault(fault: Json): Json {
  if (!isJsonObject(fault) || typeof fault['message'] !== 'string') return fault;
  return { ...fault, message: inWireNames(fault['message']) };
}

export function toWirePlan({ id, query, calls, structure }: Plan): JsonObject {
  return definedOnly({ id, query, calls: calls.map((each) => toWireCall(each)), structure });
}

function toWireCall(call: PlannedCall): JsonObject {
  return definedOnly({
    id: call.id,
    server: call.server,
    intent: call.intent,
    tool: call.tool,
    arguments: call.arguments,
    bind: call.bind,
    for_each: call.forEach,
    depends_on: call.dependsOn,
    uncertain_order: call.uncertainOrder,
  });
}

/**
 * A whole plan, or a reference to one that waits. `null` counts as absent where a value is optional.
 *
 * @throws TuttiError `input/invalid-type`, `input/too-deep`, `input/too-large`; `plan/invalid` with all faults.
 */
export function parseWirePlan(value: unknown, name = 'plan'): Plan | PlanReference {
  const json = checkJson(value, name);
  if (!isJsonObject(json)) {
    throw new TuttiError(
      'input/invalid-type',
      `${name} is ${kindOf(json)}; expected an object: a plan, or {"id"} of one that waits.`,
    );
  }
  const reader = new PlanReader(name);
  const isReference = !isAbsent(json['id']) && Object.keys(json).every((key) => REFERENCE_KEYS.has(key));
  const plan = isReference
    ? { id: reader.text(json, 'id'), ...readLost(json, reader) }
    : readPlan(json, reader);
  reader.conclude();
  return plan;
}

function readLost(json: JsonObject, reader: PlanReader): Pick<PlanReference, 'lost'> {
  const lost = reader.optionalObject(json, 'lost');
  if (lost === undefined) return {};
  const decided = Object.entries(lost).flatMap(([key, decision]): [string, LostDecision][] => {
    if (decision === 'repeat' || decision === 'leave') return [[key, decision]];
    reader.fault(`lost.${key.slice(0, 80)}`, 'is neither; expected "repeat" or "leave"');
    return [];
  });
  return { lost: Object.fromEntries(decided) };
}

function readPlan(json: JsonObject, reader: PlanReader): Plan {
  reader.unknownKeys(json, PLAN_KEYS);
  const id = reader.optionalText(json, 'id');
  const query = reader.optionalText(json, 'query', MAX_QUERY_LENGTH);
  const calls = reader
    .list(json, 'calls', MAX_CALLS)
    .map((each, at) => readCall(each, reader.at(`calls[${at}]`)));
  const given = reader.optionalText(json, 'structure');
  const structure = STRUCTURES.find((each) => each === given);
  if (given !== undefined && structure === undefined)
    reader.fault('structure', `is ${JSON.stringify(given.slice(0, 40))}; expected ${STRUCTURES.join(', ')}`);
  return {
    ...(id !== undefined && { id }),
    ...(query !== undefined && { query }),
    calls,
    structure: structure ?? (calls.length === 1 ? 'single' : 'mixed'),
  };
}

function readCall(json: Json, reader: PlanReader): PlannedCall {
  if (!isJsonObject(json)) {
    reader.fault('', `is ${kindOf(json)}; expected an object`);
    return { id: '', server: '', intent: '', dependsOn: [] };
  }
  reader.unknownKeys(json, CALL_KEYS);
  const tool = reader.optionalText(json, 'tool');
  const given = reader.optionalObject(json, 'arguments');
  const bind = reader.bindings(json);
  const forEach = reader.optionalText(json, 'for_each');
  const uncertain = reader.optionalFlag(json, 'uncertain_order');
  return {
    id: reader.text(json, 'id'),
    server: reader.text(json, 'server'),
    intent: reader.optionalText(json, 'intent', INTENT_LENGTH) ?? '',
    ...(tool !== undefined && { tool }),
    ...(given && { arguments: given }),
    ...(bind && { bind }),
    ...(forEach !== undefined && { forEach }),
    dependsOn: reader.texts(json, 'depends_on', MAX_CALLS),
    ...(uncertain !== undefined && { uncertainOrder: uncertain }),
  };
}

/** Reads what it can, and remembers what is wrong with the rest. */
class PlanReader {
  readonly #path: string;
  readonly #faults: string[];

  constructor(path: string, faults: string[] = []) {
    this.#path = path;
    this.#faults = faults;
  }

  at(key: string): PlanReader {
    return new PlanReader(this.#pathOf(key), this.#faults);
  }

  fault(key: string, what: string): void {
    this.#faults.push(`${this.#pathOf(key)} ${what}.`);
  }

  conclude(): void {
    const count = this.#faults.length;
    if (count === 0) return;
    const more = count > FAULTS_SAID ? ` And ${count - FAULTS_SAID} more.` : '';
    throw new TuttiError(
      'plan/invalid',
      `The plan has ${count === 1 ? 'a fault' : `${count} faults`}; nothing was called. ${this.#faults.slice(0, FAULTS_SAID).join(' ')}${more}`,
      { data: { faults: this.#faults.map((message) => ({ message })) } },
    );
  }

  unknownKeys(json: JsonObject, known: readonly string[]): void {
    const unknown = Object.keys(json).filter((key) => !known.includes(key));
    for (const key of unknown) this.fault(key.slice(0, 80), `is not known; expected ${known.join(', ')}`);
  }

  text(json: JsonObject, key: string): string {
    const text = this.optionalText(json, key);
    if (text === undefined && isAbsent(json[key])) this.fault(key, 'is missing; expected a string');
    return text ?? '';
  }

  optionalText(json: JsonObject, key: string, maxLength = NAME_LENGTH): string | undefined {
    const value = json[key];
    return isAbsent(value) ? undefined : this.#bounded(key, value, maxLength);
  }

  optionalFlag(json: JsonObject, key: string): boolean | undefined {
    const value = json[key];
    if (isAbsent(value) || typeof value === 'boolean') return value ?? undefined;
    this.fault(key, `is ${kindOf(value)}; expected true or false`);
    return undefined;
  }

  optionalObject(json: JsonObject, key: string): JsonObject | undefined {
    const value = json[key];
    if (isAbsent(value)) return undefined;
    if (isJsonObject(value)) return value;
    this.fault(key, `is ${kindOf(value)}; expected an object`);
    return undefined;
  }

  /** JSON pointer → reference. */
  bindings(json: JsonObject): Readonly<Record<string, string>> | undefined {
    const bind = this.optionalObject(json, 'bind');
    if (!bind) return undefined;
    const entries = Object.entries(bind);
    if (entries.length > MAX_BOUND) {
      this.fault('bind', `has ${entries.length} entries; expected at most ${MAX_BOUND}`);
      return undefined;
    }
    const reader = this.at('bind');
    return Object.fromEntries(
      entries.map(([pointer, reference]) => [
        pointer,
        reader.#bounded(JSON.stringify(pointer.slice(0, 80)), reference, NAME_LENGTH) ?? '',
      ]),
    );
  }

  texts(json: JsonObject, key: string, max: number): readonly string[] {
    if (isAbsent(json[key])) return [];
    return this.list(json, key, max).map(
      (each, at) => this.#bounded(`${key}[${at}]`, each, NAME_LENGTH) ?? '',
    );
  }

  list(json: JsonObject, key: string, max: number): readonly Json[] {
    const value = json[key];
    if (Array.isArray(value) && value.length <= max) return value as readonly Json[];
    if (isAbsent(value)) this.fault(key, 'is missing; expected a list');
    else if (Array.isArray(value)) this.fault(key, `has ${value.length} entries; expected at most ${max}`);
    else this.fault(key, `is ${kindOf(value)}; expected a list`);
    return [];
  }

  #bounded(key: string, value: Json, maxLength: number): string | undefined {
    if (typeof value !== 'string') {
      this.fault(key, `is ${kindOf(value)}; expected a string`);
      return undefined;
    }
    if (value.length <= maxLength) return value;
    this.fault(key, `has ${value.length} characters; expected at most ${maxLength}`);
    return undefined;
  }

  #pathOf(key: string): string {
    return key === '' ? this.#path : `${this.#path}.${key}`;
  }
}

function isAbsent(value: Json | undefined): value is null | undefined {
  return value === undefined || value === null;
}
