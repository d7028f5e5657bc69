// How well decisions are taken, and what that costs, by who takes them:
//   npm run eval:decisions -- --data DIR [--tiers rules,outcome,model] [--model NAME] [--config FILE] [--limit COUNT] [--out FILE]
// DIR holds labelled decisions, one JSON object a line: dev.jsonl, or every .jsonl file. The model is the one that the product is configured with.
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { decideAll, DECISION_TIERS } from './decided.ts';
import type { DecisionCase } from './decided.ts';
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

await evaluation(async () => {
  const options = evaluationOptions('decisions', ['rules', 'outcome', 'model']);
  const filesIn = (folder: string) => readdirSync(folder).filter((name) => name.endsWith('.jsonl'));
  const data = dataFolder(options.data, 'decisions', (folder) => filesIn(folder).length > 0);
  const cases = filesIn(data).flatMap((name) => jsonLines(join(data, name)) as DecisionCase[]);

  const configured = await configuredModel(options);
  const { model } = configured;
  const { results, leftOut } = await decideAll(sampled(cases, options.limit), {
    model,
    outcomes: options.tiers.has('outcome'),
  });
  await configured.close();
  const sets = [
    { name: 'certain', results: results.filter(({ certain }) => certain) },
    { name: 'judgement', results: results.filter(({ certain }) => !certain) },
    { name: 'all decisions', results },
  ].map(({ name, results: own }) => ({ name, tiers: byTier(own, DECISION_TIERS) }));

  const say = (text: string) => void process.stdout.write(`${text}\n`);
  for (const { name, tiers } of sets) say(`${name}\n${tierTable(tiers)}`);
  if (leftOut.length > 0)
    say(`${leftOut.length} case(s) could not be played, such as ${leftOut[0]?.id}: ${leftOut[0]?.because}`);
  if (!model) say(NO_MODEL);
  writeResult(options.out, {
    data,
    model: model !== undefined,
    sets,
    leftOut,
    results,
  });
  say(`The figures are in ${options.out}.`);
});
