import type { Report } from '../../core/kernel/instance.ts';
import type { Json, JsonObject } from '../../core/kernel/json.ts';
import type { Directive } from '../../core/workflow/directive.ts';
import { Arguments } from '../mcp/arguments.ts';
import { parseReport } from '../mcp/wire.ts';
import { parseJsonObject } from './json-argument.ts';
import type { Prompt } from './prompt.ts';

export interface Answer {
  readonly report: Report;
  readonly contextUpdates?: JsonObject;
}

/**
 * Asks what happened: outcome where several ways lead on, status, message, and the variables the step looks at.
 * In JSON, one line is one answer: `{"status": "…", "outcome": "…", "message": "…", "context_updates": {…}}`.
 *
 * @returns `undefined` once the input has ended.
 */
export async function askReport(
  directive: Directive,
  prompt: Prompt,
  json: boolean,
): Promise<Answer | undefined> {
  if (json) {
    const line = await prompt.ask('');
    return line === undefined ? undefined : parseAnswer(line, 'the answer');
  }
  const outcome = await askOutcome(directive, prompt);
  if (outcome === undefined) return undefined;
  if (directive.decisionRequired) return { report: { status: 'success', ...(outcome && { outcome }) } };
  const status = await prompt.ask('status (empty: success): ');
  if (status === undefined) return undefined;
  const message = await prompt.ask('message (empty: none): ');
  const updates = await askVariables(directive.next.expects, prompt);
  return {
    report: { status: status || 'success', ...(outcome && { outcome }), ...(message && { message }) },
    ...(Object.keys(updates).length > 0 && { contextUpdates: updates }),
  };
}

/** The id of an outcome, or what was typed instead; empty to leave it open; `undefined` once the input has ended. */
async function askOutcome(
  { next, decisionRequired }: Directive,
  prompt: Prompt,
): Promise<string | undefined> {
  const open = decisionRequired?.candidates ?? next.outcomes;
  if (open.length === 0) return '';
  const rest = decisionRequired ? '' : ', empty: let the workflow decide';
  const answer = await prompt.ask(`outcome (1-${open.length} or its name${rest}): `);
  return open[Number(answer) - 1]?.id ?? answer;
}

async function askVariables(names: readonly string[], prompt: Prompt): Promise<JsonObject> {
  const updates: Record<string, Json> = {};
  for (const name of names) {
    const answer = await prompt.ask(`${name} (empty: leave it): `);
    if (answer) updates[name] = toJson(answer);
  }
  return updates;
}

/** `true`, `3` and `["a"]` are JSON; anything else is a text. */
function toJson(text: string): Json {
  try {
    const value: Json = JSON.parse(text);
    return value;
  } catch {
    return text;
  }
}

/** One answer on one line of JSON. `name` stands in what is wrong with it. */
export function parseAnswer(line: string, name: string): Answer {
  const { context_updates: updates, ...report } = parseJsonObject(line, name);
  const contextUpdates = new Arguments({ context_updates: updates }).optionalObject('context_updates');
  return { report: parseReport(new Arguments(report)), ...(contextUpdates && { contextUpdates }) };
}
