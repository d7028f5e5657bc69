import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Client } from '@modelcontextprotocol/client';
import { expect, vi } from 'vitest';
import { programOf } from './programs.ts';
import type { Behaviour, Journalled, Watched } from './stateful-server.ts';
import { readJournal } from './stateful-server.ts';
import type { World } from './world.ts';

/** A plan as it is shown, edited and sent back. */
export interface WirePlan {
  readonly id?: string;
  readonly query?: string;
  readonly calls: readonly WireCall[];
  readonly structure: string;
}

export interface WireCall {
  readonly id: string;
  readonly server: string;
  readonly intent: string;
  readonly tool?: string;
  readonly arguments?: Readonly<Record<string, unknown>>;
  readonly bind?: Readonly<Record<string, string>>;
  readonly for_each?: string;
  readonly depends_on: readonly string[];
}

/** A call of a plan; its tool as clients see it. */
export function call(id: string, tool: string, more: Partial<WireCall> = {}): WireCall {
  return { id, server: tool.replace(/__.*/, ''), intent: `use ${tool}`, tool, depends_on: [], ...more };
}

export function planOf(...calls: readonly WireCall[]): WirePlan {
  return { query: 'as planned', calls, structure: calls.length === 1 ? 'single' : 'mixed' };
}

/** The same plan, with these arguments added to those of each call. */
export function completed(plan: WirePlan | undefined, args: Readonly<Record<string, unknown>>): WirePlan {
  const { calls = [], structure = 'single', ...rest } = plan ?? {};
  const filled: WireCall[] = [];
  for (const each of calls) filled.push({ ...each, arguments: { ...each.arguments, ...args } });
  return { ...rest, calls: filled, structure };
}

/** What `ask` answers, as its callers see it. */
export interface Resolved {
  readonly kind: string;
  readonly answer?: string;
  readonly sources?: readonly { readonly server: string; readonly tool: string; readonly call_id: string }[];
  readonly partial?: readonly { readonly server: string; readonly error: string }[];
  readonly clarification?: {
    readonly question: string;
    readonly options: readonly {
      readonly id: string;
      readonly server: string;
      readonly confidence: number;
    }[];
  };
  readonly approval?: { readonly approval_id: string; readonly server: string; readonly tool: string };
  readonly needs_arguments?: {
    readonly plan: WirePlan;
    readonly missing: readonly {
      readonly call: string;
      readonly schema: object;
      readonly missing: readonly string[];
    }[];
  };
  readonly out_of_scope?: {
    readonly message: string;
    readonly nearest: readonly { readonly name: string; readonly description: string }[];
  };
  readonly plan?: WirePlan;
  readonly estimate?: { readonly calls: number; readonly risk: string };
  readonly explain?: readonly {
    readonly decision: string;
    readonly confidence: number;
    readonly refuse_below: number;
    readonly route_from: number;
    readonly candidates: readonly {
      readonly name: string;
      readonly score: number;
      readonly terms: readonly unknown[];
    }[];
  }[];
  readonly error_code?: string;
}

export interface Answered {
  readonly said: Resolved;
  readonly text: string;
  readonly isError: boolean;
}

export async function ask(world: World, args: Record<string, unknown>): Promise<Answered> {
  const { body, ...called } = await world.call('ask', args);
  return { ...called, said: body as unknown as Resolved };
}

const SERVERS = {
  github: ['pull-request', 'Repositories and pull requests on GitHub.'],
  slack: ['chat', 'The chat of the team in Slack.'],
  teams: ['chat', 'The chat with customers in Teams.'],
  tickets: ['ticket', 'Tickets of the tracker.'],
} as const;
type ServerName = keyof typeof SERVERS;

const journalOf = (dir: string): string => join(dir, 'calls.jsonl');
const controlOf = (dir: string, server: ServerName): string => join(dir, `${server}.control.json`);

interface Entry {
  /** State of the server, over what it has by itself. */
  readonly seed?: object;
  /** Keys of its entry in the configuration. */
  readonly [key: string]: unknown;
}

/** Servers with state, each of whose calls is written down. Nothing is cached, so that every call arrives. */
export function house(
  dir: string,
  entries: Readonly<Partial<Record<ServerName, Entry>>>,
): Readonly<Record<string, object>> {
  const journal = journalOf(dir);
  return Object.fromEntries(
    (Object.keys(entries) as ServerName[]).map((name) => {
      const [program, description] = SERVERS[name];
      const { seed, ...keys } = entries[name] ?? {};
      const watched: Watched = { journal, label: name, control: controlOf(dir, name) };
      const args = [programOf(`${program}-server`), JSON.stringify({ ...seed, ...watched })];
      return [
        name,
        {
          command: process.execPath,
          args,
          trusted: true,
          description,
          cache: { mode: 'off' },
          ...keys,
        },
      ];
    }),
  );
}

/** Until so many servers are there: whoever asks sooner is answered from those that are, and a busy machine takes its time. */
export async function whenReady(client: Pick<Client, 'callTool'>, count: number): Promise<void> {
  const look = async () => {
    const { structuredContent } = await client.callTool({ name: 'list_servers', arguments: {} });
    expect(JSON.stringify(structuredContent).match(/"ready"/g)).toHaveLength(count);
  };
  await vi.waitFor(look, { timeout: 60_000 });
}

/** From now on a server behaves so; without a behaviour, as it does by itself. */
export function control(dir: string, server: ServerName, behaviour: Behaviour = {}): void {
  writeFileSync(controlOf(dir, server), JSON.stringify(behaviour));
}

/** What reached the servers: all, or what came since a count of lines. */
export function recorded(dir: string, since = 0): readonly Journalled[] {
  return readJournal(journalOf(dir)).slice(since);
}

/** The calls that something caused, as `server.tool`, in the order in which they began. */
export async function callsDuring(dir: string, act: () => Promise<unknown>): Promise<readonly string[]> {
  const since = recorded(dir).length;
  await act();
  return begun(recorded(dir, since));
}

export function begun(lines: readonly Journalled[]): readonly string[] {
  return lines.filter(({ event }) => event === 'began').map(({ server, tool }) => `${server}.${tool}`);
}

/** What a model plans for the changes in a pull request and the talk about it. */
export function changesAndTalk() {
  const [changes, talk] = ['github__get_pull_request_changes', 'slack__search_messages'];
  const calls = [
    { id: 'a', tool: changes, intent: 'the changes in PR #123', arguments: { number: 123 }, depends_on: [] },
    { id: 'b', tool: talk, intent: 'the discussion in Slack', arguments: { query: '#123' }, depends_on: [] },
  ];
  return { changes, talk, plan: { calls, left_out: [] } };
}
