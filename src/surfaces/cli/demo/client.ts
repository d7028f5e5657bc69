import { Client } from '@modelcontextprotocol/client';
import { StdioClientTransport } from '@modelcontextprotocol/client/stdio';
import { directiveSchema, type Message, type Order, type WireDirective } from './message.ts';
import { work } from './work.ts';

const WORKFLOW = 'REFACTOR_WITH_TESTS';

/** The client process: starts a server of its own, asks it what to do, does it, reports, until the workflow ends. */
export async function playClient(order: Order, tell: (message: Message) => void): Promise<void> {
  const transport = new StdioClientTransport({
    command: process.execPath,
    args: [process.argv[1] ?? '', 'serve', '--stdio', '--config', order.config],
    cwd: order.repository,
    stderr: 'pipe',
  });
  let complaints = '';
  transport.stderr?.on('data', (chunk: Buffer) => void (complaints += chunk.toString()));
  const client = new Client({ name: 'tutti-demo', version: '1.0.0' });
  try {
    await client.connect(transport);
    const server = client.getServerVersion();
    tell({ kind: 'connected', serverPid: transport.pid ?? 0, server: `${server?.name} ${server?.version}` });
    await play(client, order, tell);
  } catch (error) {
    const message = error instanceof Error ? error.message : String(error);
    tell({ kind: 'failed', message: [message, complaints.trim()].filter(Boolean).join('\n') });
  } finally {
    await client.close();
  }
}

async function play(client: Client, order: Order, tell: (message: Message) => void): Promise<void> {
  const call = async (tool: string, input: Record<string, unknown>): Promise<WireDirective> => {
    const { structuredContent, isError, content } = await client.callTool({ name: tool, arguments: input });
    if (isError) throw new Error(`${tool} refused: ${JSON.stringify(structuredContent ?? content)}`);
    const directive = directiveSchema.parse(structuredContent);
    tell({ kind: 'directive', tool, directive });
    return directive;
  };
  let directive = await (order.resume
    ? call('resume_workflow', {
        instance_id: order.resume.instance,
        assumed_current_step_name: order.resume.step,
        report: { status: 'resuming', message: 'The client was killed and has started again.' },
      })
    : call('start_workflow', { workflow_name: WORKFLOW, context: {} }));
  let edits = 0;
  const edited = async (): Promise<void> => {
    edits += 1;
    if (edits !== order.holdAfterEdits) return;
    tell({ kind: 'holding' });
    await new Promise(() => {});
  };
  while (directive.next_step.step_name !== 'FINISH') {
    const { report, updates } = await work(directive.next_step.step_name, {
      repository: order.repository,
      context: directive.current_context,
      did: (text) => tell({ kind: 'did', text }),
      edited,
    });
    tell({ kind: 'reported', report, updates });
    directive = await call('advance_workflow', {
      instance_id: directive.instance_id,
      ...(directive.step_token !== undefined && { step_token: directive.step_token }),
      report,
      context_updates: updates,
    });
    if (directive.decision_required)
      throw new Error(`Nothing could decide: ${directive.decision_required.guidance}`);
  }
}
