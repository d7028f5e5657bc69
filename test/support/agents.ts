import { memoryDefinitions } from '../../src/adapters/definitions/memory.ts';
import type { AgentSettings } from '../../src/core/orchestrator.ts';

/** Sessions as they are by default, of agents given as files; without any where that is not what a test is about. */
export function noAgents(): AgentSettings {
  return agentsOf({});
}

export function agentsOf(
  agents: Record<string, Record<string, string>>,
  settings: Partial<AgentSettings> = {},
): AgentSettings {
  return {
    definitions: memoryDefinitions(agents),
    defaultAgent: 'agent',
    transitions: 'enforce',
    sharedKnowledge: false,
    maxSessionBytes: 268_435_456,
    maxOwnerBytes: 1_073_741_824,
    ...settings,
  };
}
