import { nearestNames } from '../nearest.ts';
import { TuttiError } from '../../kernel/errors.ts';
import { placeFaults } from './bind.ts';
import { circleIn } from './order.ts';
import { isJsonObject } from '../../kernel/json.ts';
import type { Json } from '../../kernel/json.ts';
import { MAX_CALLS, MAX_INTENTS } from './plan.ts';
import type { Plan, PlannedCall } from './plan.ts';
import { isCallId, parseReference } from './references.ts';
import { shapeFaults } from './shape.ts';

export interface PlanFault {
  /** Id of the call; absent where the plan as a whole is meant. */
  readonly call?: string;
  readonly message: string;
}

export interface KnownTools {
  /** By the name that the caller sees. */
  readonly find: (tool: string) => { readonly server: string } | undefined;
  /** For advice on a name that is not there. */
  readonly names: () => readonly string[];
}

const MAX_FAULTS = 40;
const TRAP = '__proto__';
const TRAP_FAULT = `The arguments hold the key "${TRAP}", which no tool is sent. Remove it.`;
const MAX_ADVICE = 3;

/** Everything that keeps a plan from being carried out, whoever wrote it. Text in `arguments` is never a reference; only `bind` and `forEach` are. */
export function checkPlan(plan: Plan, known: KnownTools): readonly PlanFault[] {
  const shape = shapeFaults(plan);
  if (shape.length > 0) return shape.slice(0, MAX_FAULTS).map((message) => ({ message }));
  const { calls } = plan;
  if (calls.length === 0) return [{ message: 'The plan has no calls. Add at least one.' }];
  if (calls.length > MAX_CALLS)
    return [{ message: `The plan has ${calls.length} calls; at most ${MAX_CALLS} are made. Split it.` }];
  const said = calls.reduce((sum, { intent }) => sum + intent.length, 0);
  if (said > MAX_INTENTS) {
    const advice = 'Say them shorter, and pass long content as arguments.';
    return [
      { message: `The intents have ${said} characters together; at most ${MAX_INTENTS} are read. ${advice}` },
    ];
  }
  const ids = new Set(calls.map(({ id }) => id));
  const tools = toolFaults(calls, known);
  const faults = calls.flatMap((call, at) => [
    ...idFaults(call, at, calls),
    ...[
      ...orderFaults(call, ids),
      ...referenceFaults(call, ids),
      ...placeFaults(call),
      ...(holdsTrap(call.arguments) ? [TRAP_FAULT] : []),
      ...(tools[at] ?? []),
    ].map((message) => ({ call: call.id.slice(0, 40), message })),
  ]);
  const circle = circleIn(calls);
  if (circle !== undefined && circle.length > 2)
    faults.push({
      message: `Calls wait for one another: ${circle.join(' → ')}. Remove one of these dependencies.`,
    });
  return faults.slice(0, MAX_FAULTS);
}

function idFaults({ id }: PlannedCall, at: number, calls: readonly PlannedCall[]): readonly PlanFault[] {
  if (!isCallId(id)) {
    const expected = 'a letter, then letters, digits and "_", 32 at most, and not "calls" or "item"';
    return [{ message: `calls[${at}].id must be ${expected}; found ${quoted(id)}.` }];
  }
  if (calls.findIndex((call) => call.id === id) === at) return [];
  return [{ call: id, message: `The id ${id} is given twice. Each call needs its own.` }];
}

/** Nesting was bounded with the shape. */
function holdsTrap(value: Json | undefined): boolean {
  if (Array.isArray(value)) return value.some((each: Json) => holdsTrap(each));
  if (value === undefined || !isJsonObject(value)) return false;
  return Object.entries(value).some(([key, each]) => key === TRAP || holdsTrap(each));
}

function orderFaults(call: PlannedCall, ids: ReadonlySet<string>): readonly string[] {
  return call.dependsOn.flatMap((id) => {
    if (id === call.id) return ['It depends on itself. Remove that dependency.'];
    return ids.has(id)
      ? []
      : [`It depends on ${quoted(id)}, which is no call of this plan.${nearest(id, [...ids])}`];
  });
}

function referenceFaults(call: PlannedCall, ids: ReadonlySet<string>): readonly string[] {
  const faults: string[] = [];
  let usesItem = false;
  for (const [place, text] of Object.entries(call.bind ?? {})) {
    const target = targetOf(text, faults);
    if (target === '$item') usesItem = true;
    faults.push(...targetFaults({ call, ids, place: quoted(place), target }));
  }
  if (call.forEach === undefined) {
    if (usesItem) faults.push('It refers to $item, but has no forEach. Name the list to go over.');
    return faults;
  }
  const target = targetOf(call.forEach, faults);
  if (target === '$item') faults.push('forEach refers to $item itself. Refer to the list of another call.');
  faults.push(...targetFaults({ call, ids, place: 'forEach', target }));
  if (!usesItem)
    faults.push(
      'It has a forEach, but no binding uses $item, so that all its calls would be equal. Bind $item, or remove forEach.',
    );
  return faults;
}

/** Id of the call, `$item`, or nothing where the reference is faulty. */
function targetOf(text: string, faults: string[]): string | undefined {
  try {
    return parseReference(text).call ?? '$item';
  } catch (error) {
    if (!(error instanceof TuttiError)) throw error;
    faults.push(error.message);
    return undefined;
  }
}

interface Target {
  readonly call: PlannedCall;
  readonly ids: ReadonlySet<string>;
  readonly place: string;
  readonly target: string | undefined;
}

function targetFaults({ call, ids, place, target }: Target): readonly string[] {
  if (target === undefined || target === '$item') return [];
  if (target === call.id) return [`${place} refers to the answer of the call itself. Refer to another call.`];
  if (ids.has(target)) return [];
  return [`${place} refers to ${target}, which is no call of this plan.${nearest(target, [...ids])}`];
}

/** For each call in turn. Names are looked through for the first few only: there may be very many. */
function toolFaults(calls: readonly PlannedCall[], known: KnownTools): readonly (readonly string[])[] {
  let advised = 0;
  return calls.map(({ tool, server }) => {
    if (tool === undefined) return [];
    const found = known.find(tool);
    if (found?.server === server) return [];
    if (found !== undefined)
      return [
        `The tool ${quoted(tool)} belongs to the server ${quoted(found.server)}, not to ${quoted(server)}. Correct one of them.`,
      ];
    const advice = ++advised > MAX_ADVICE ? '' : nearest(tool, known.names());
    return [`There is no tool ${quoted(tool)}.${advice} Look it up with find_tools.`];
  });
}

function nearest(name: string, names: readonly string[]): string {
  const alike = nearestNames(name, names);
  return alike.length === 0 ? '' : ` Nearest: ${alike.map((each) => quoted(each)).join(', ')}.`;
}

function quoted(text: string): string {
  return JSON.stringify(text.length > 80 ? `${text.slice(0, 80)}…` : text);
}
