// How well questions find their tools, and what that costs, by who finds them:
//   npm run eval:routing -- --data DIR [--tiers words,embeddings,model] [--model NAME] [--config FILE] [--limit COUNT] [--out FILE]
// DIR holds a folder for each set: queries.jsonl and tools.json. Model and embeddings are those that the product is
// configured with, and help as `ask.model` says.
import { existsSync, readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import type { SetTool } from './catalogue-server.ts';
import {
  configuredModel,
  dataFolder,
  evaluation,
  evaluationOptions,
  jsonLines,
  NO_MODEL,
  sampled,
  tierTable,
  writeResult,
} from './evaluation.ts';
import { byTier } from './meter.ts';
import { routeAll, ROUTING_TIERS } from './routed.ts';
import type { RoutingCase } from './routed.ts';

await evaluation(async () => {
  const options = evaluationOptions('routing', ['words', 'embeddings', 'model'], 100);
  const setsIn = (folder: string) =>
    readdirSync(folder).filter((name) =>
      ['queries.jsonl', 'tools.json'].every((file) => existsSync(join(folder, name, file))),
    );
  const data = dataFolder(options.data, 'routing', (folder) => setsIn(folder).length > 0);
  const names = setsIn(data);

  const say = (text: string) => void process.stdout.write(`${text}\n`);
  const configured = await configuredModel(options);
  const { model, embedder } = configured;
  const sets = [];
  for (const name of names) {
    const tools = JSON.parse(readFileSync(join(data, name, 'tools.json'), 'utf8')) as SetTool[];
    const cases = jsonLines(join(data, name, 'queries.jsonl')) as RoutingCase[];
    const results = await routeAll(sampled(cases, options.limit), tools, configured);
    const tiers = byTier(results, ROUTING_TIERS);
    sets.push({ name, tiers, results });
    say(
      `${name}: ${results.length} of ${cases.length} questions over ${tools.length} tools\n${tierTable(tiers)}`,
    );
  }
  await configured.close();
  if (!model && !embedder) say(NO_MODEL);
  writeResult(options.out, { data, model: model !== undefined, embeddings: embedder !== undefined, sets });
  say(`The figures are in ${options.out}.`);
});
