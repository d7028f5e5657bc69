import { TuttiError } from '../../../core/kernel/errors.ts';
import type { Arguments } from '../arguments.ts';
import { toolText } from '../gateway-texts.ts';
import { toWireTool } from '../gateway-wire.ts';
import { TEXT, answers, takes } from '../schemas.ts';
import { paragraphs } from '../texts.ts';
import { READS } from '../tool.ts';
import type { McpTool } from '../tool.ts';

const MAX_NAMES = 20;

export const describeTool: McpTool = {
  refusesMisspelt: true,
  definition: {
    name: 'describe_tool',
    title: 'Describe tools',
    description:
      'Full definition of one tool, or of several by names: arguments, risk, whether its server is up.',
    inputSchema: takes({ name: TEXT, names: { type: 'array', items: TEXT, maxItems: MAX_NAMES } }),
    outputSchema: answers({ tools: { type: 'array' } }),
    annotations: READS,
  },
  async run(input, { orchestrator, caller }) {
    const tools = await orchestrator.gateway.describeTools(caller, namesIn(input));
    return {
      structured: { tools: tools.map((each) => toWireTool(each)) },
      text: paragraphs(tools.map((each) => toolText(each))),
    };
  },
};

function namesIn(input: Arguments): readonly string[] {
  const names = input.optionalNames('names', MAX_NAMES);
  const name = input.optionalName('name');
  if (name !== undefined && !names.includes(name)) return [name, ...names];
  if (names.length > 0) return names;
  throw new TuttiError(
    'input/missing-field',
    'name is missing. Send name, or names, as find_tools gave them.',
  );
}
