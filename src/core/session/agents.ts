import { TuttiError } from '../kernel/errors.ts';
import type { Fault } from '../kernel/fault.ts';
import type { Definitions } from '../ports/definitions.ts';
import type { Digest } from '../ports/digest.ts';
import type { ParseMarkdown } from '../ports/markdown.ts';
import { checkDefinitionName, MAX_NAME_LENGTH } from '../workflow/definition/paths.ts';
import { readFrom } from '../workflow/definition/source.ts';
import { createShelf, faultSummary } from '../workflow/shelf.ts';
import type { Shelf } from '../workflow/shelf.ts';
import type { Agent } from './agent.ts';
import { toAgentFault } from './agent-faults.ts';
import { defineAgent } from './define-agent.ts';
import type { AgentDefinition } from './define-agent.ts';
import type { AgentSource } from './session-parts.ts';
import type { AgentSummary } from './session.ts';
import { namesTools, narrowsTools } from './tool-patterns.ts';

export interface AgentParts {
  readonly definitions: Definitions;
  readonly parse: ParseMarkdown;
  readonly digest: Digest;
  /** The agent that sessions begin with where none is named. */
  readonly defaultAgent: string;
  /** Whether an agent is known to narrow no tools without being read: a process that only passes calls on need not read what it brings itself. */
  readonly isOpen?: ((name: string) => Promise<boolean>) | undefined;
  /** The versions that sessions began with, here and in other processes. */
  readonly kept?: KeptAgents;
}

export interface KeptAgents {
  /** Content hashes. */
  readonly versions: (name: string) => Promise<readonly string[]>;
  readonly files: (hash: string) => Promise<Readonly<Record<string, string>> | undefined>;
}

/** All agents, read once per version: every access looks whether the files have changed. */
export function createAgents(parts: AgentParts): AgentSource {
  const { definitions, digest, parse, defaultAgent, isOpen } = parts;
  let isNarrowing = false;
  const narrowing = new Map<string, boolean>();
  const seen = (agent: Agent): Agent => {
    isNarrowing ||= narrowsTools(agent);
    return agent;
  };
  const current = async (name: string): Promise<AgentDefinition | undefined> => {
    const definition = await shelf.get(name);
    if (definition?.agent) narrowing.set(name, narrowsTools(definition.agent));
    return definition;
  };
  /**
   * What a default agent that cannot be used would narrow is not known: the worst is taken that its text, or what was kept of it before this
   * process saw it, lets expect.
   */
  const suspect = async (definition: AgentDefinition | undefined): Promise<void> => {
    if (definition?.agent) return;
    const isKnown = narrowing.has(defaultAgent);
    const mayNarrow =
      definition?.mayNarrow === true || (!isKnown && (await wasNarrow(parts.kept, defaultAgent)));
    if (mayNarrow || !isKnown) narrowing.set(defaultAgent, mayNarrow);
    isNarrowing ||= mayNarrow;
  };
  const shelf = createShelf<AgentDefinition, Agent>({
    definitions,
    digest,
    noun: 'agent',
    define: async (name, read) => await defineAgent(name, { read, parse, digest }),
    valueOf: ({ agent }) => agent && seen(agent),
    lengthOf: ({ states }) => states.reduce((sum, { text }) => sum + text.length, 0),
  });
  return {
    list: async () => {
      const names = await shelf.names();
      const found = await Promise.all(
        names.map(async (name) => ({ name, definition: await readable(current, name) })),
      );
      return found.flatMap(({ name, definition }) =>
        definition ? [summaryOf(name, definition, name === defaultAgent)] : [],
      );
    },
    look: async () => {
      const names = await shelf.names();
      await Promise.all(
        names.map(async (name) => {
          if (await isOpen?.(name)) return;
          const definition = await readable(current, name);
          if (name === defaultAgent) await suspect(definition);
        }),
      );
      if (!names.includes(defaultAgent)) await suspect(undefined);
    },
    checkReadable: async () => void (await shelf.names()),
    usable: async (name) => {
      const definition = await current(name);
      if (definition?.agent) return definition.agent;
      throw await notUsable(shelf, name, { isDefault: name === defaultAgent, faults: definition?.faults });
    },
    lint: async (name) => {
      const definition = await shelf.get(name);
      if (definition?.agent) return definition.agent.warnings;
      if (definition?.faults) return definition.faults;
      throw await notUsable(shelf, name, { isDefault: name === defaultAgent });
    },
    create: async (name, files) => {
      await checkFree(shelf, name);
      const { faults } = await defineAgent(name, { read: readFrom(files), parse, digest });
      if (faults) {
        throw new TuttiError(
          'definition/invalid',
          `Nothing was written: ${faultSummary(faults)} Mend the faults and try again.`,
          { data: { faults } },
        );
      }
      return await definitions.write(name, files);
    },
    pinned: async (name, hash, load) => await shelf.pinned(name, hash, load),
    narrows: () => isNarrowing,
    narrowed: (name) => narrowing.get(name) ?? false,
    watch: (callback) => definitions.watch(callback),
  };
}

type AgentShelf = Shelf<AgentDefinition, Agent>;

/** One folder that cannot be read is a fault of that agent, and hides no other. */
async function readable(read: AgentShelf['get'], name: string): Promise<AgentDefinition | undefined> {
  try {
    return await read(name);
  } catch (fault) {
    const message = fault instanceof Error ? fault.message : String(fault);
    return {
      faults: [toAgentFault('index/missing', { file: 'index.md', line: 1 }, { message })],
      mayNarrow: true,
    };
  }
}

async function wasNarrow(kept: KeptAgents | undefined, name: string): Promise<boolean> {
  for (const hash of (await kept?.versions(name)) ?? []) {
    if (namesTools(Object.values((await kept?.files(hash)) ?? {}))) return true;
  }
  return false;
}

function summaryOf(name: string, { agent, faults }: AgentDefinition, isDefault: boolean): AgentSummary {
  if (!agent) return { name, description: '', states: [], isDefault, faults };
  return { name, description: agent.description, states: agent.states.map((state) => state.name), isDefault };
}

async function checkFree(shelf: AgentShelf, name: string): Promise<void> {
  checkDefinitionName(name);
  const names = await shelf.names();
  const twin = names.find((each) => each.toLowerCase() === name.toLowerCase());
  if (twin === undefined) return;
  throw new TuttiError(
    'input/invalid-format',
    `There is an agent ${twin} already, and nothing was written. Choose another name.`,
  );
}

const MAX_NAMES = 20;

async function notUsable(
  shelf: AgentShelf,
  name: string,
  { isDefault, faults }: { readonly isDefault: boolean; readonly faults?: readonly Fault[] | undefined },
): Promise<TuttiError> {
  if (faults) {
    return new TuttiError(
      'agent/not-found',
      `The agent ${name} has faults and cannot be used: ${faultSummary(faults)}`,
      { data: { faults } },
    );
  }
  const shown = name.length > MAX_NAME_LENGTH ? `${name.slice(0, MAX_NAME_LENGTH)}…` : name;
  const names = await shelf.names();
  const known =
    names.length === 0
      ? `None was found in ${await shelf.whereabouts()}.`
      : `There are: ${names.slice(0, MAX_NAMES).join(', ')}${names.length > MAX_NAMES ? ', …' : ''}.`;
  const why = isDefault ? ' It is the default agent of the configuration (agents.default).' : '';
  return new TuttiError('agent/not-found', `There is no agent ${JSON.stringify(shown)}.${why} ${known}`);
}
