import { memoryDefinitions } from '../../src/adapters/definitions/memory.ts';
import { sha256 } from '../../src/adapters/digest/sha256.ts';
import { parseMarkdown } from '../../src/adapters/markdown/mdast.ts';
import { aesSeal } from '../../src/adapters/seal/aes.ts';
import { memoryStore } from '../../src/adapters/store/memory.ts';
import { createOrchestrator } from '../../src/core/orchestrator.ts';
import type { AgentSettings, Orchestrator } from '../../src/core/orchestrator.ts';
import type { Gateway } from '../../src/core/gateway/gateway.ts';
import type { Clock } from '../../src/core/ports/clock.ts';
import type { Model } from '../../src/core/ports/model.ts';
import type { Store } from '../../src/core/ports/store.ts';
import type { Telemetry } from '../../src/core/ports/telemetry.ts';
import { noAgents } from './agents.ts';
import { fakeGateway } from './fake-gateway.ts';
import { virtualClock } from './virtual-clock.ts';

interface BareParts {
  readonly store?: Store;
  readonly clock?: Clock;
  readonly workflows?: Record<string, Record<string, string>>;
  readonly agents?: AgentSettings;
  readonly gateway?: Gateway;
  readonly telemetry?: Telemetry;
  readonly model?: Model;
}

/** The core behind its façade with nothing around it: files, a store and time that are given or made up, and no servers. */
export function bareOrchestrator({
  store = memoryStore(),
  clock = virtualClock(),
  workflows = {},
  agents = noAgents(),
  gateway = fakeGateway().gateway,
  telemetry = { log: () => {} },
  model,
}: BareParts): Orchestrator {
  return createOrchestrator({
    store,
    definitions: memoryDefinitions(workflows),
    clock,
    digest: sha256,
    parse: parseMarkdown,
    deciders: { minConfidence: 0.7, clock, telemetry, ...(model && { model }) },
    defaultDeciders: ['caller'],
    authoringGuide: async () => '',
    gateway,
    people: { thinkingMs: 0, ttlMs: 86_400_000 },
    seal: aesSeal('a key of the tests that nobody guesses'),
    agents,
  });
}
