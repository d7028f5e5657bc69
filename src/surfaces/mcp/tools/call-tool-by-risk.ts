import type { Tool } from '@modelcontextprotocol/server';
import { TuttiError } from '../../../core/kernel/errors.ts';
import type { Risk } from '../../../core/kernel/approval.ts';
import { READS, writes } from '../tool.ts';
import type { McpTool } from '../tool.ts';
import { CALL_INPUT, parseCall, passOn } from './call-tool.ts';

interface RiskClass {
  readonly name: string;
  readonly title: string;
  readonly description: string;
  readonly admits: readonly Risk[];
  readonly annotations: NonNullable<Tool['annotations']>;
}

const classes = {
  read: {
    name: 'call_tool_read',
    title: 'Call a tool that reads',
    description: 'As call_tool, for tools of risk read only.',
    admits: ['read'],
    annotations: { ...READS, openWorldHint: true },
  },
  write: {
    name: 'call_tool_write',
    title: 'Call a tool that writes',
    description: 'As call_tool, for tools of risk write and below.',
    admits: ['read', 'write'],
    annotations: writes({ additive: true, outside: true }),
  },
  destructive: {
    name: 'call_tool_destructive',
    title: 'Call a tool that may destroy',
    description: 'As call_tool, for tools of any risk, destructive and unknown included.',
    admits: ['read', 'write', 'destructive', 'unknown'],
    annotations: writes({ outside: true }),
  },
} as const satisfies Record<string, RiskClass>;

// Three tools instead of one, so that a host can let reads pass without asking its user.
export const callToolRead: McpTool = limitedTo(classes.read);
export const callToolWrite: McpTool = limitedTo(classes.write);
export const callToolDestructive: McpTool = limitedTo(classes.destructive);

function limitedTo({ name, title, description, admits, annotations }: RiskClass): McpTool {
  return {
    refusesMisspelt: true,
    definition: { name, title, description, inputSchema: CALL_INPUT, annotations },
    async run(input, context) {
      const call = parseCall(input);
      const { orchestrator, caller } = context;
      const [tool] = await orchestrator.gateway.describeTools(caller, [call.name]);
      const risk = tool?.risk ?? 'unknown';
      // Whichever server answers in the end: equivalents and fallbacks have risks of their own.
      if (admits.includes(risk)) return await passOn({ ...call, admits }, context);
      const right = risk === 'write' ? classes.write : classes.destructive;
      throw new TuttiError(
        'policy/denied',
        `The risk of ${call.name} is ${risk}; ${name} calls tools of risk ${admits.join(' or ')} only. Nothing was sent. Use ${right.name}.`,
      );
    },
  };
}
