import { readFileSync } from 'node:fs';
import type { AskInput, Resolution } from '../../../core/gateway/ask/ask.ts';
import type { CallChannel } from '../../../core/gateway/gateway.ts';
import { TuttiError } from '../../../core/kernel/errors.ts';
import { isJsonObject } from '../../../core/kernel/json.ts';
import type { JsonObject } from '../../../core/kernel/json.ts';
import { planToMermaid } from '../../../core/gateway/plan/mermaid.ts';
import { toWireResolution } from '../../mcp/ask-wire.ts';
import type { Told } from '../../mcp/ask-wire.ts';
import { parseWirePlan } from '../../mcp/plan-wire.ts';
import { answerTo } from '../ask-dialog.ts';
import { toldText } from '../ask-text.ts';
import { EXIT } from '../failure.ts';
import { parseJsonObject } from '../json-argument.ts';
import { createPrompt } from '../prompt.ts';
import { withApp, type Session } from '../session.ts';
import type { Terminal } from '../terminal.ts';
import { cleanLine } from '../text.ts';

export interface AskOptions {
  readonly plan?: boolean;
  readonly explain?: boolean;
  readonly mermaid?: boolean;
  readonly servers?: readonly string[];
  readonly planFile?: string;
  readonly resume?: string;
}

/** What a person at the terminal is asked in one go; whoever still has questions then will not stop. */
const MAX_ROUNDS = 32;

/** Asks over all servers. What is missing is asked of whoever sits at the terminal. */
export async function ask(session: Session, words: string, options: AskOptions): Promise<void> {
  const { terminal } = session;
  const input = inputOf(words, options);
  const stop = new AbortController();
  const onSignal = () => stop.abort(new TuttiError('downstream/unavailable', 'Interrupted.'));
  process.once('SIGINT', onSignal);
  const resolution = await withApp(session, async ({ orchestrator: { gateway }, caller }) => {
    const channel = channelOf(terminal, stop.signal);
    const desk = { terminal, operator: gateway.operator, ask: askOnce };
    let said = await gateway.ask(caller, input, channel);
    for (let round = 0; terminal.interactive && !input.dryRun && round < MAX_ROUNDS; round += 1) {
      const next = await answerTo(said, input, desk);
      if (!next) break;
      said = await gateway.ask(caller, next, channel);
    }
    return said;
  }).finally(() => process.off('SIGINT', onSignal));
  conclude(resolution, session, options);
}

async function askOnce(question: string): Promise<string | undefined> {
  const prompt = createPrompt(true);
  const answer = await prompt.ask(question);
  prompt.close();
  return answer;
}

function channelOf(terminal: Terminal, signal: AbortSignal): CallChannel {
  return {
    signal,
    capabilities: {},
    repeats: false,
    onProgress: ({ progress, total, message }) =>
      terminal.note(cleanLine(`${progress}${total === undefined ? '' : `/${total}`} ${message ?? ''}`)),
  };
}

function inputOf(words: string, { plan, explain, mermaid, servers, planFile, resume }: AskOptions): AskInput {
  const given = [words !== '', planFile !== undefined, resume !== undefined].filter(Boolean).length;
  if (given !== 1) {
    throw new TuttiError(
      'input/missing-field',
      `Expected a question, --plan-file or --resume, and one of them only; found ${given === 0 ? 'none' : given}.`,
    );
  }
  const shows = plan === true || explain === true || mermaid === true;
  return {
    ...(words !== '' && { query: words }),
    ...(planFile !== undefined && { plan: parseWirePlan(readPlan(planFile)) }),
    ...(resume !== undefined && { plan: { id: resume } }),
    ...(servers && { servers }),
    ...(shows && { dryRun: true }),
  };
}

/** A plan, or what `tutti ask --json` printed of one. */
function readPlan(file: string): JsonObject {
  let text: string;
  try {
    text = readFileSync(file === '-' ? 0 : file, 'utf8');
  } catch (error) {
    const why = error instanceof Error && 'code' in error ? String(error.code) : 'unknown reason';
    throw new TuttiError(
      'input/invalid-format',
      `--plan-file: ${JSON.stringify(file.slice(0, 200))} cannot be read (${why}).`,
      { cause: error },
    );
  }
  const json = parseJsonObject(text, '--plan-file');
  if (json['kind'] === undefined) return json;
  const within = isJsonObject(json['needs_arguments']) ? json['needs_arguments'] : json;
  return isJsonObject(within['plan']) ? within['plan'] : json;
}

function conclude(resolution: Resolution, { globals, terminal }: Session, options: AskOptions): void {
  if (resolution.kind === 'input-required') {
    process.exitCode = EXIT.refused;
    terminal.answer(
      { kind: 'input_required', ...resolution.value },
      () => 'A server asks a question back, which cannot be answered here. Ask from an MCP client.',
    );
    return;
  }
  process.exitCode = exitCodeFor(resolution);
  if (options.mermaid && resolution.kind === 'plan') {
    const mermaid = planToMermaid(resolution.plan);
    terminal.answer({ ...toWireResolution(resolution), mermaid }, () => mermaid);
    return;
  }
  terminal.answer(toWireResolution(resolution), () =>
    toldText(resolution, terminal, {
      explains: options.explain ?? false,
      configFile: globals.config,
    }),
  );
}

/** An answer that no call contributed to is none. */
function exitCodeFor(resolution: Told): number {
  switch (resolution.kind) {
    case 'answer':
      return resolution.sources.length === 0 && resolution.partial.length > 0 ? EXIT.failed : EXIT.ok;
    case 'plan':
      return EXIT.ok;
    case 'out_of_scope':
      return EXIT.notFound;
    case 'clarification':
    case 'approval':
    case 'needs_arguments':
      return EXIT.refused;
  }
}
