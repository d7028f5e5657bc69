import { sha256 } from '../../src/adapters/digest/sha256.ts';
import { parseMarkdown } from '../../src/adapters/markdown/mdast.ts';
import { memoryStore } from '../../src/adapters/store/memory.ts';
import type { AgentSettings } from '../../src/core/orchestrator.ts';
import type { Clock } from '../../src/core/ports/clock.ts';
import type { Store } from '../../src/core/ports/store.ts';
import { createAgents } from '../../src/core/session/agents.ts';
import type { Sessions } from '../../src/core/session/session.ts';
import { sessionWorkflow } from '../../src/core/workflow/instance-kind.ts';
import { createSessions } from '../../src/core/session/sessions.ts';
import { agentsOf } from './agents.ts';
import { virtualClock } from './virtual-clock.ts';

export type AgentFiles = Record<string, string>;

interface StateText {
  readonly prompt?: string;
  readonly arguments?: string;
  readonly transitions?: readonly string[];
  readonly tools?: readonly string[];
}

/** The files of an agent, by state. */
export function agentFiles(states: Readonly<Record<string, StateText>>, matter = ''): AgentFiles {
  const names = Object.keys(states);
  const list = names.map((name) => `- [${name}](states/${name.toLowerCase()}.md)`).join('\n');
  const front = (yaml: string | undefined) => (yaml ? `---\n${yaml}\n---\n` : '');
  return {
    'index.md': `${front(matter)}# Agent\n\nFor tests.\n\n${list}\n`,
    ...Object.fromEntries(
      Object.entries(states).map(([name, { prompt = `Be ${name}.`, transitions, tools, ...rest }]) => [
        `states/${name.toLowerCase()}.md`,
        [
          front(rest.arguments),
          `# Description\n\nIt is ${name}.\n`,
          `# Prompt\n\n${prompt}\n`,
          ...(transitions ? [`# Transitions\n\n${transitions.map((each) => `- ${each}`).join('\n')}\n`] : []),
          ...(tools ? [`# Tools\n\n${tools.map((each) => `- \`${each}\``).join('\n')}\n`] : []),
        ].join('\n'),
      ]),
    ),
  };
}

/** A small table: A and B lead to each other, C is reached by whoever was approved, and there is ERROR. */
export const small: AgentFiles = agentFiles({
  A: { transitions: ['B', 'C when data.approved == true'] },
  B: { transitions: ['A', 'C when visits.B >= 2'] },
  C: { transitions: ['A'] },
  ERROR: { transitions: ['A'] },
});

export interface SessionHouse {
  readonly sessions: Sessions;
  readonly store: Store;
  readonly clock: Clock;
  /** May be edited: agents are read again when their files change. */
  readonly agents: Record<string, AgentFiles>;
}

/** Agent sessions over a store in memory, or another one, with `small` as the agent where nothing else is said. */
export function sessionHouse(
  options: Partial<Pick<SessionHouse, 'store' | 'clock' | 'agents'>> & {
    readonly settings?: Partial<Omit<AgentSettings, 'definitions'>>;
    /** In place of `agents`. */
    readonly definitions?: AgentSettings['definitions'];
  } = {},
): SessionHouse {
  const { store = memoryStore(), clock = virtualClock(), agents = { agent: small } } = options;
  const { definitions: own, ...settings } = agentsOf(agents, options.settings);
  const { definitions = own } = options;
  const { defaultAgent, isOpen } = settings;
  const sessions = createSessions({
    store,
    agents: createAgents({
      definitions,
      parse: parseMarkdown,
      digest: sha256,
      defaultAgent,
      isOpen,
      kept: {
        versions: async (name) => await store.definitionHashes(sessionWorkflow(name)),
        files: async (hash) => await store.definition(hash),
      },
    }),
    clock,
    digest: sha256,
    settings,
  });
  return { sessions, store, clock, agents };
}
