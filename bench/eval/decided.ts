import { mkdtempSync, mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import type { App } from '../../src/app.ts';
import { createApp } from '../../src/app.ts';
import { loadConfig } from '../../src/config.ts';
import { TuttiError } from '../../src/core/kernel/errors.ts';
import type { Report } from '../../src/core/kernel/instance.ts';
import type { JsonObject } from '../../src/core/kernel/json.ts';
import { normalName } from '../../src/core/kernel/names.ts';
import type { Model } from '../../src/core/ports/model.ts';
import type { Directive } from '../../src/core/workflow/directive.ts';
import { metered } from './meter.ts';
import type { Judged, MeteredModel } from './meter.ts';

/** One labelled decision. */
export interface DecisionCase {
  readonly id: string;
  readonly step: string;
  readonly steps: readonly { readonly name: string; readonly file?: string }[];
  readonly guidance: string;
  readonly instructions?: string;
  readonly context?: JsonObject;
  readonly report: Report;
  readonly visits?: Readonly<Record<string, number>>;
  readonly expected: { readonly certain: boolean; readonly next: readonly string[] };
}

export interface DecisionResult extends Judged {
  readonly id: string;
  readonly certain: boolean;
  /** `undefined` where nothing decided. */
  readonly next: string | undefined;
}

export interface Decided {
  readonly results: readonly DecisionResult[];
  /** Cases that cannot be played, with the reason. */
  readonly leftOut: readonly { readonly id: string; readonly because: string }[];
}

export const DECISION_TIERS = ['rule', 'prose', 'outcome', 'model', 'undecided'];

interface Deciding {
  readonly model: Model | undefined;
  /** Whether the client's own choice counts. */
  readonly outcomes: boolean;
}

/** Plays each case on the whole product: a workflow of its own, an instance at its step, the report. */
export async function decideAll(
  cases: readonly DecisionCase[],
  { model, outcomes }: Deciding,
): Promise<Decided> {
  const dir = mkdtempSync(join(tmpdir(), 'tutti-eval-'));
  const meter = model && metered(model);
  const playable = cases.filter(({ visits }) => visits === undefined);
  for (const [at, each] of playable.entries())
    writeWorkflow(join(dir, nameOf(at)), each, meter !== undefined);
  const env = { WORKFLOW_DEFINITIONS_DIR: dir, TUTTI_STORE: 'sqlite::memory:', LOG_LEVEL: 'error' };
  const folders = { config: dir, data: dir };
  const app = await createApp(loadConfig({ env, folders, cwd: dir }), meter ? { model: meter } : {});
  const results: DecisionResult[] = [];
  const leftOut = cases
    .filter(({ visits }) => visits !== undefined)
    .map(({ id }) => ({ id, because: 'It counts visits, which only a whole run has.' }));
  try {
    for (const [at, each] of playable.entries()) {
      const played = await play(app, each, { workflow: nameOf(at), meter, outcomes });
      if ('because' in played) leftOut.push(played);
      else results.push(played);
    }
  } finally {
    await app.close();
    rmSync(dir, { recursive: true });
  }
  return { results, leftOut };
}

function nameOf(at: number): string {
  return `CASE_${at}`;
}

interface Playing {
  readonly workflow: string;
  readonly meter: MeteredModel | undefined;
  readonly outcomes: boolean;
}

async function play(
  { orchestrator, caller }: App,
  each: DecisionCase,
  { workflow, meter, outcomes }: Playing,
): Promise<DecisionResult | { id: string; because: string }> {
  const { id, expected, context = {} } = each;
  const { outcome, ...report } = each.report;
  try {
    const first = await orchestrator.start(caller, { workflow, context });
    const own = (await orchestrator.workflow(workflow)).steps.find(
      ({ name }) => normalName(name) === normalName(each.step),
    );
    const at = await orchestrator.fork(caller, {
      instanceId: first.instanceId,
      atStep: own?.name ?? each.step,
    });
    meter?.spent();
    const from = performance.now();
    const told = await orchestrator
      .advance(caller, {
        instanceId: at.instanceId,
        report: {
          ...report,
          ...(outcomes && outcome !== undefined && { outcome }),
        },
      })
      .catch((error: unknown) => {
        // Where the last decider gave no answer, nothing moved.
        if (error instanceof TuttiError && /^(?:model|outcome|budget)\//.test(error.code)) return undefined;
        throw error;
      });
    const next = told && nextOf(told, own?.name ?? each.step);
    return {
      id,
      certain: expected.certain,
      next,
      tier: next === undefined ? 'undecided' : (told?.decided?.by ?? 'undecided'),
      right: next !== undefined && expected.next.some((one) => normalName(one) === normalName(next)),
      tookMs: performance.now() - from,
      spent: meter?.spent() ?? {
        asked: 0,
        failed: 0,
        inputTokens: 0,
        outputTokens: 0,
        cost: 0,
        latencyMs: 0,
      },
    };
  } catch (error) {
    if (error instanceof TuttiError) return { id, because: error.message };
    throw error;
  }
}

/** Names match ignoring case, spaces, `_` and `-`. */
function nextOf({ status, next, decided, decisionRequired }: Directive, step: string): string | undefined {
  if (decisionRequired || !decided) return undefined;
  if (status === 'SUSPENDED') return 'HALT';
  return status === 'COMPLETED' || status === 'FAILED' ? 'FINISH' : (next.step ?? step);
}

function writeWorkflow(
  folder: string,
  { steps, step, guidance, instructions }: DecisionCase,
  asks: boolean,
): void {
  const paths = steps.map(({ file }, at) => file ?? `steps/${at}.md`);
  const list = steps.map(({ name }, at) => `- [${name}](${encodeURI(paths[at] ?? '')})`).join('\n');
  const deciders = asks ? '---\ndeciders: [model, caller]\n---\n\n' : '';
  put(folder, 'index.md', `${deciders}# Case\n\n## Steps\n\n${list}\n`);
  for (const [at, { name }] of steps.entries()) {
    const isOwn = normalName(name) === normalName(step);
    const text = isOwn ? guidance : 'Proceed to FINISH.';
    const work = isOwn ? instructions || 'Do it.' : 'Do it.';
    put(
      folder,
      paths[at] ?? '',
      `# Orchestrator Guidance\n\n${text || 'Nothing is said.'}\n\n# Client Instructions\n\n${work}\n`,
    );
  }
}

function put(folder: string, path: string, text: string): void {
  const file = join(folder, path);
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(file, text);
}
