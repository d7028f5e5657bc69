import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import type { App } from '../../src/app.ts';
import { createApp } from '../../src/app.ts';
import { loadConfig } from '../../src/config.ts';
import type { Resolution } from '../../src/core/gateway/ask/ask.ts';
import type { CallChannel } from '../../src/core/gateway/gateway.ts';
import type { Plan } from '../../src/core/gateway/plan/plan.ts';
import { keyOf, serveCatalogue } from './catalogue-server.ts';
import type { Catalogue, SetTool } from './catalogue-server.ts';
import type { Configured } from './evaluation.ts';
import { added, metered, meteredEmbedder, NOTHING } from './meter.ts';
import type { Judged, MeteredEmbedder, MeteredModel } from './meter.ts';

/** One labelled question: which tools answer it, or whether any does. */
export interface RoutingCase {
  readonly id: string;
  readonly query: string;
  readonly gold?: readonly { readonly server: string; readonly tool: string | null; readonly alt?: string }[];
  readonly inScope?: boolean;
}

export interface RoutingResult extends Judged {
  readonly id: string;
  /** What the product said: `plan`, `clarification`, `out_of_scope` … */
  readonly said: Resolution['kind'];
  readonly tools: readonly string[];
}

/** Who answered: words alone, what they mean as well, a model, or nobody: the person is asked which one is meant, or is told that nothing fits. */
export const ROUTING_TIERS = ['words', 'embeddings', 'model', 'asked', 'refused'];

/** What helps where it is there. */
type Helping = Pick<Configured, 'helps'> & Partial<Pick<Configured, 'model' | 'embedder'>>;

interface Meters extends Pick<Configured, 'helps'> {
  readonly model?: MeteredModel;
  readonly embedder?: MeteredEmbedder;
}

const CHANNEL: CallChannel = { capabilities: {}, repeats: false };
const CONNECTING_AT_ONCE = 8;
const QUIET_MS = 300;
/** As many as a person is offered. */
const OFFERED = 3;

/** Asks each question of the whole product, over servers that offer the tools of the set. Nothing is called: plans are shown. */
export async function routeAll(
  cases: readonly RoutingCase[],
  tools: readonly SetTool[],
  helping: Helping,
): Promise<readonly RoutingResult[]> {
  const dir = mkdtempSync(join(tmpdir(), 'tutti-eval-'));
  const catalogue = await serveCatalogue(tools);
  const { model, embedder, helps } = helping;
  const meters: Meters = {
    helps,
    ...(model && { model: metered(model) }),
    ...(embedder && { embedder: meteredEmbedder(embedder) }),
  };
  try {
    const app = await open(dir, catalogue, meters);
    try {
      await connectAll(app, Object.keys(catalogue.servers));
      if (meters.embedder) await embedTools(app, meters.embedder);
      const results: RoutingResult[] = [];
      for (const each of cases) results.push(await ask(app, each, { catalogue, meters }));
      return results;
    } finally {
      await app.close();
    }
  } finally {
    await catalogue.close();
    rmSync(dir, { recursive: true });
  }
}

async function open(dir: string, { servers }: Catalogue, { helps, ...meters }: Meters): Promise<App> {
  const file = join(dir, 'tutti.config.json');
  writeFileSync(file, JSON.stringify({ mcpServers: servers }));
  const env = { TUTTI_STORE: 'sqlite::memory:', LOG_LEVEL: 'error' };
  const folders = { config: dir, data: dir };
  const config = loadConfig({ file, env, folders, cwd: dir });
  const { gateway } = config;
  return await createApp(
    { ...config, gateway: { ...gateway, ask: { ...gateway.ask, model: helps } } },
    meters,
  );
}

/** What a set holds is taken as it is: the question is which tool is meant. */
async function connectAll({ orchestrator }: App, names: readonly string[]): Promise<void> {
  const { operator } = orchestrator.gateway;
  const waiting = [...names];
  const lane = async (): Promise<void> => {
    for (let name = waiting.pop(); name !== undefined; name = waiting.pop()) await operator.testServer(name);
  };
  await Promise.all(Array.from({ length: CONNECTING_AT_ONCE }, lane));
  await operator.approvePins(undefined, 'evaluation');
}

/** The vectors of the tools are made in the background, which a question sets off: until nothing more is asked. */
async function embedTools({ orchestrator, caller }: App, embedder: MeteredEmbedder): Promise<void> {
  await orchestrator.gateway.ask(caller, { query: 'what is there', dryRun: true }, CHANNEL);
  do {
    embedder.spent();
    await setTimeout(QUIET_MS);
  } while (embedder.underWay() > 0 || embedder.spent().asked > 0);
}

interface Asking {
  readonly catalogue: Catalogue;
  readonly meters: Meters;
}

async function ask(
  { orchestrator, caller }: App,
  each: RoutingCase,
  { catalogue, meters: { model, embedder } }: Asking,
): Promise<RoutingResult> {
  model?.spent();
  embedder?.spent();
  const from = performance.now();
  const said = await orchestrator.gateway.ask(caller, { query: each.query, dryRun: true }, CHANNEL);
  const tookMs = performance.now() - from;
  const [byModel, byEmbedder] = [model?.spent() ?? NOTHING, embedder?.spent() ?? NOTHING];
  const helper = byModel.asked > 0 ? 'model' : byEmbedder.asked > byEmbedder.failed ? 'embeddings' : 'words';
  const tools = toolsOf(said);
  return {
    id: each.id,
    said: said.kind,
    tools,
    tier: tierOf(said, tools, helper),
    right: isRight(each, tools, catalogue),
    spent: added(byModel, byEmbedder),
    tookMs,
  };
}

function tierOf(said: Resolution, tools: readonly string[], helper: string): string {
  if (tools.length === 0) return 'refused';
  if (said.kind === 'clarification' || (said.kind === 'plan' && plannedTools(said.plan).length === 0))
    return 'asked';
  return helper;
}

/** What is called, or what a person is to choose from: `[server, tool]` as JSON. */
function toolsOf(said: Resolution): readonly string[] {
  if (said.kind === 'clarification')
    return said.options.flatMap(({ server, tool }) => (tool === undefined ? [] : [called(server, tool)]));
  if (said.kind === 'needs_arguments') return plannedTools(said.plan);
  if (said.kind !== 'plan') return [];
  const planned = plannedTools(said.plan);
  if (planned.length > 0) return planned;
  return said.routes
    .filter(({ decision }) => decision === 'ask')
    .flatMap(({ candidates }) =>
      candidates.slice(0, OFFERED).map(({ server, name }) => called(server, name)),
    );
}

function plannedTools({ calls }: Plan): readonly string[] {
  return calls.flatMap(({ server, tool }) => (tool === undefined ? [] : [called(server, tool)]));
}

function called(server: string, tool: string): string {
  return keyOf(server, tool.startsWith(`${server}__`) ? tool.slice(server.length + 2) : tool);
}

/** Every tool that is needed is there, by one of its alternatives; what is out of scope leads to none. */
function isRight(
  { gold = [], inScope }: RoutingCase,
  tools: readonly string[],
  { names }: Catalogue,
): boolean {
  if (inScope !== undefined) return inScope === tools.length > 0;
  const groups = Object.values(
    Object.groupBy(gold, ({ alt, server, tool }) => alt ?? keyOf(server, tool ?? '')),
  );
  return groups.every((group = []) =>
    group.some(({ server, tool }) =>
      tool === null
        ? tools.some((each) => isOf(each, server, names))
        : tools.includes(names.get(keyOf(server, tool)) ?? ''),
    ),
  );
}

/** Only the server is labelled. */
function isOf(found: string, server: string, names: ReadonlyMap<string, string>): boolean {
  return [...names].some(
    ([own, theirs]) => theirs === found && (JSON.parse(own) as readonly string[])[0] === server,
  );
}
