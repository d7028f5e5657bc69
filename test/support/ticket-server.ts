// A tracker with tickets: `node test/support/ticket-server.ts [SEED]`, over stdio.
import { READS, record, seedOf, serve } from './stateful-server.ts';

export interface Tracker {
  readonly tickets: readonly {
    readonly key: string;
    readonly title: string;
    readonly status: 'todo' | 'in progress' | 'done';
    readonly assignee: string;
  }[];
}

const STATE: Tracker = {
  tickets: [
    {
      key: 'OPS-41',
      title: 'Webhooks are lost when a shop is down',
      status: 'in progress',
      assignee: 'maya',
    },
    { key: 'OPS-42', title: 'Owners cannot see failed deliveries', status: 'todo', assignee: 'jonas' },
    { key: 'FIN-7', title: 'Remove the tax table of 2019', status: 'done', assignee: 'priya' },
  ],
};

const seed = seedOf(STATE);
const text = { type: 'string' };

serve({
  name: 'tickets',
  instructions: 'Tickets of the issue tracker.',
  tools: {
    get_ticket: {
      description: 'Look up a ticket of the tracker by its key: title, status and assignee.',
      inputSchema: record({
        key: { type: 'string', pattern: '^[A-Z]+-[0-9]+$', description: 'Key of the ticket, like ABC-1.' },
      }),
      outputSchema: record({ key: text, title: text, status: text, assignee: text }),
      annotations: READS,
      run: ({ key }) => seed.tickets.find((each) => each.key === key) ?? `There is no ticket ${String(key)}.`,
    },
  },
  watched: seed,
});
