import type { McpTool } from '../../src/surfaces/mcp/tool.ts';
import { toolsOf } from '../../src/surfaces/mcp/toolsets.ts';
import type { Toolset } from '../../src/surfaces/mcp/toolsets.ts';

const toolsets: Readonly<Record<Toolset, string>> = {
  workflows: 'Served by default.',
  'workflows-admin': 'Served when `toolsets` in the configuration, or `--toolsets`, names it.',
  gateway: 'Served by default.',
  'gateway-split':
    'Served when named: three tools in the place of `call_tool`, so that a host can let reads pass without asking.',
  'gateway-all':
    "Served when named: every tool, prompt and resource of the servers, beside ours. `tools/list` names them; none is Tutti's own. A prompt with the name of one of ours, or one that looks like it, is left out.",
  agent: 'Served by default.',
  'agent-admin': 'Served when named.',
};

/** `docs/reference/tools.md`, from the definitions that clients see. */
export function toolsPage(): string {
  const sections = (Object.keys(toolsets) as Toolset[]).flatMap((toolset) => {
    const tools = toolsOf([toolset]).flatMap((tool) => toolSection(tool));
    return [`## Toolset \`${toolset}\``, toolsets[toolset]].concat(tools);
  });
  return `${[
    '# MCP tools',
    'Arguments are flat; wrapped in `{"input_data": {…}}` they are accepted too. Members that a tool does not know are ignored, for clients add some of their own; where it says so, one that looks like a misspelt name (`argumnets`) is refused by name, and nothing is done. Every result has a structured form and a text that says the same. An error has `isError: true` and `{error_code, message}` in its structured form; [errors](errors.md) lists the codes.',
    ...sections,
  ].join('\n\n')}\n`;
}

function answersOf(outputSchema: McpTool['definition']['outputSchema']): string {
  if (!outputSchema) return 'what the tool that is called answers, with `_meta.tutti`';
  return Object.keys(outputSchema['properties'] ?? {})
    .map((key) => `\`${key}\``)
    .join(', ');
}

function toolSection({ definition, refusesMisspelt }: McpTool): string[] {
  const { name, description, inputSchema, outputSchema, annotations } = definition;
  const required = new Set(inputSchema.required);
  const rows = Object.entries(inputSchema.properties ?? {}).map(([key, schema]) => {
    const {
      type = 'any',
      description: meaning = '',
      enum: values,
    } = schema as {
      type?: string;
      description?: string;
      enum?: string[];
    };
    const notes = [required.has(key) ? 'required' : '', meaning, values ? `one of ${values.join(', ')}` : ''];
    return `- \`${key}\` (${type}): ${notes.filter((each) => each !== '').join('; ')}`.replace(/: $/, '');
  });
  const hints = [
    annotations?.readOnlyHint
      ? 'reads only'
      : annotations?.destructiveHint
        ? 'may overwrite or delete'
        : 'adds or moves',
    ...(annotations?.idempotentHint && !annotations.readOnlyHint
      ? ['repeating it changes nothing more']
      : []),
  ];
  const strict = refusesMisspelt === true ? ' Misspelt arguments are refused.' : '';
  return [
    `### ${name}`,
    description ?? '',
    ...(rows.length > 0 ? [rows.join('\n')] : ['No arguments.']),
    `Answers: ${answersOf(outputSchema)}. Hints: ${hints.join('; ')}.${strict}`,
  ];
}
