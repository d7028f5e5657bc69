// How many tools of real servers the scan of what servers say would hold back, each server by itself beside the names of all others.
//   node bench/poison.ts --data DIR [--show]     folders with a tools.json: [{ server, tool, description, serverDescription?, inputSchema? }]
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { scanOffer } from '../src/core/policy/poison.ts';
import type { JsonObject } from '../src/core/kernel/json.ts';

interface RealTool {
  readonly server: string;
  readonly tool: string;
  readonly description?: string;
  readonly serverDescription?: string;
  readonly inputSchema?: JsonObject;
}

const MOST = 0.02;
const FEW = 150;
const { values } = parseArgs({
  options: { data: { type: 'string' }, show: { type: 'boolean', default: false } },
});
if (values.data === undefined)
  throw new Error('Expected --data DIR, a folder of folders with a tools.json each.');
const say = (line: string) => void process.stdout.write(`${line}\n`);

let good = true;
let sets = 0;
for (const name of readdirSync(values.data).toSorted()) {
  const file = join(values.data, name, 'tools.json');
  if (!existsSync(file)) continue;
  const all = JSON.parse(readFileSync(file, 'utf8')) as readonly RealTool[];
  const servers = Map.groupBy(all, ({ server }) => server);
  const held = [...servers].flatMap(([server, tools]) => heldOf(server, tools, all));
  const share = held.length / all.length;
  const holds = share <= MOST || all.length < FEW;
  good &&= holds;
  sets += 1;
  say(
    `${holds ? 'ok  ' : 'MISS'} ${name}: ${held.length} of ${all.length} held, ${(share * 100).toFixed(2)} % (<= 2 %)`,
  );
  if (values.show) for (const each of held) say(`       ${each}`);
}
if (sets === 0) throw new Error(`No folder of ${values.data} has a tools.json.`);
process.exitCode = good ? 0 : 1;

function heldOf(name: string, tools: readonly RealTool[], all: readonly RealTool[]): string[] {
  const others = [...new Set(all.filter(({ server }) => server !== name).map(({ tool }) => tool))];
  const instructions = tools[0]?.serverDescription;
  const found = scanOffer(
    { name },
    {
      era: 'modern',
      serverInfo: { name, version: '1' },
      capabilities: {},
      tools: tools.map(({ tool, description = '', inputSchema = { type: 'object' } }) => ({
        name: tool,
        description,
        inputSchema,
      })),
      prompts: [],
      resources: [],
      resourceTemplates: [],
      dropped: [],
      ...(instructions !== undefined && { instructions }),
    },
    others,
  );
  return [...found].map(([tool, finding]) => `${name} ${tool}: ${JSON.stringify(finding)}`);
}
