// An agent whose mind is kept by Tutti: copy it and put your model where this one only says what it would say.
//
//   node examples/agent-client.ts                                   starts `npx -y tutti serve --stdio`
//   node examples/agent-client.ts node dist/surfaces/cli/main.js serve --stdio
//
// It works with the SDK of the Model Context Protocol that is installed: `@modelcontextprotocol/client`, or version 1,
// `@modelcontextprotocol/sdk`. MCP_SDK=1 or MCP_SDK=2 insists on one of them.

interface ToolResult {
  readonly isError?: boolean;
  readonly content: readonly { readonly type: string; readonly text?: string }[];
  readonly structuredContent?: Readonly<Record<string, unknown>>;
}

/** What both versions of the SDK have in common here. */
interface McpClient {
  connect(transport: unknown): Promise<void>;
  callTool(call: { name: string; arguments: Record<string, unknown> }): Promise<ToolResult>;
  close(): Promise<void>;
}

interface Sdk {
  readonly Client: new (identity: { name: string; version: string }) => McpClient;
  readonly StdioClientTransport: new (server: { command: string; args: string[] }) => unknown;
}

const PACKAGES: Readonly<Record<string, readonly [client: string, stdio: string]>> = {
  '2': ['@modelcontextprotocol/client', '@modelcontextprotocol/client/stdio'],
  '1': ['@modelcontextprotocol/sdk/client/index.js', '@modelcontextprotocol/sdk/client/stdio.js'],
};

async function installedSdk(): Promise<Sdk> {
  const wanted = process.env['MCP_SDK'];
  for (const version of wanted === undefined ? ['2', '1'] : [wanted]) {
    const packages = PACKAGES[version];
    if (packages === undefined) throw new Error(`MCP_SDK is ${version}; expected 1 or 2.`);
    const [client, stdio] = packages;
    try {
      return { ...(await import(client)), ...(await import(stdio)) } as Sdk;
    } catch (error) {
      if ((error as { code?: string }).code !== 'ERR_MODULE_NOT_FOUND') throw error;
    }
  }
  throw new Error('No SDK is installed. Run: npm install @modelcontextprotocol/client');
}

/** One session of an agent, and what can be done in it. */
class Mind {
  readonly #client: McpClient;
  readonly #session: string;

  private constructor(client: McpClient, session: string) {
    this.#client = client;
    this.#session = session;
  }

  static async begin(client: McpClient): Promise<Mind> {
    const { structuredContent } = await call(client, 'start_session', {});
    return new Mind(client, String(structuredContent?.['session_id']));
  }

  /** Moves to another state. Returns its prompt: what to tell the model now. */
  async move(state: string, reason: string): Promise<string> {
    const moved = await this.#call('transition_state', { new_state: state, reason });
    console.log(`\n${textOf(moved)}: ${reason}`);
    return String(moved.structuredContent?.['prompt']);
  }

  async say(role: 'user' | 'assistant' | 'system', message: string): Promise<void> {
    await this.#call(`add_${role}_message`, { message });
    console.log(`  ${role}: ${message}`);
  }

  async store(key: string, value: unknown): Promise<void> {
    await this.#call('store_task_data', { key, value });
    console.log(`  stored ${key}`);
  }

  async learn(key: string, value: unknown, tags: readonly string[]): Promise<void> {
    await this.#call('store_knowledge', { key, value, tags });
    console.log(`  learnt ${key}`);
  }

  async recall(query: string): Promise<string> {
    return textOf(await this.#call('search_knowledge', { query }));
  }

  async read(key: string): Promise<string> {
    return textOf(await this.#call('get_task_data', { key }));
  }

  async state(): Promise<string> {
    return textOf(await this.#call('get_current_state', {}));
  }

  async conversation(): Promise<readonly { readonly role: string; readonly content: string }[]> {
    return JSON.parse(textOf(await this.#call('get_conversation_history', { max_messages: 1000 }))) as {
      role: string;
      content: string;
    }[];
  }

  async #call(name: string, args: Record<string, unknown>): Promise<ToolResult> {
    return await call(this.#client, name, { ...args, session_id: this.#session });
  }
}

async function call(client: McpClient, name: string, args: Record<string, unknown>): Promise<ToolResult> {
  const result = await client.callTool({ name, arguments: args });
  if (result.isError === true) throw new Error(`${name}: ${textOf(result)}`);
  return result;
}

/** The first text is the answer itself; after a move, the prompt of the state comes second. */
function textOf({ content }: ToolResult): string {
  return content[0]?.text ?? '';
}

/** The task: a calendar of posts for a month. */
async function planCalendar(mind: Mind): Promise<void> {
  const task = 'Plan the posts of a bakery for December: one a week, each with a day and a subject.';
  await mind.say('user', task);
  await mind.store('task_description', task);

  const planning = await mind.move('PLANNING', 'the task takes several steps');
  console.log(`  told: ${planning.split('\n')[0]}`);
  await mind.say('assistant', 'First I find out what sells in December, then I write the four posts.');
  await mind.store('action_plan', ['Find out what sells in December', 'Write four posts', 'Look them over']);

  await mind.store('research_topic', 'What customers of a bakery look for in December');
  await mind.move('RESEARCHING', 'what sells is not known yet');
  await mind.learn('december_sellers', { 1: 'stollen', 2: 'gingerbread', 3: 'gift boxes' }, ['bakery']);
  await mind.learn('best_day', 'Thursday: orders for the weekend are made then.', ['bakery', 'timing']);
  await mind.say('assistant', 'Stollen, gingerbread and gift boxes; Thursday is the day.');

  await mind.move('EXECUTING', 'everything needed is known');
  console.log(`  known of the days: ${await mind.recall('which day')}`);
  const subjects = [
    'Stollen is here',
    'Gingerbread to decorate',
    'Gift boxes',
    'When we open over the holidays',
  ];
  await mind.store(
    'calendar',
    subjects.map((subject, week) => ({ day: `2026-12-${String(3 + 7 * week).padStart(2, '0')}`, subject })),
  );
  await mind.say('assistant', `Four posts are written: ${subjects.join('; ')}.`);

  await mind.move('REVIEWING', 'the posts are written');
  await mind.say('system', 'The last post names opening hours that nobody has confirmed.');
  await mind.move('RESEARCHING', 'the opening hours have to be looked up');
  await mind.learn('opening_hours', 'Closed on 25 and 26 December.', ['bakery']);
  await mind.say('assistant', 'The hours are confirmed: closed on the 25th and 26th. The calendar stands.');
  await mind.move('IDLE', 'the task is done');
}

async function main([command = 'npx', ...args]: readonly string[]): Promise<void> {
  const { Client, StdioClientTransport } = await installedSdk();
  const client = new Client({ name: 'agent-client', version: '1.0.0' });
  const started = command === 'npx' && args.length === 0 ? ['-y', 'tutti', 'serve', '--stdio'] : [...args];
  await client.connect(new StdioClientTransport({ command, args: started }));
  try {
    const mind = await Mind.begin(client);
    await planCalendar(mind);
    console.log(`\nNow in ${await mind.state()}. The calendar: ${await mind.read('calendar')}`);
    const counts = new Map<string, number>();
    for (const { role } of await mind.conversation()) counts.set(role, (counts.get(role) ?? 0) + 1);
    console.log(`Messages: ${[...counts].map(([role, count]) => `${role} ${count}`).join(', ')}`);
  } finally {
    await client.close();
  }
}

await main(process.argv.slice(2));
