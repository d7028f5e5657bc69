import type { Fault } from '../kernel/fault.ts';
import type { Bounds } from '../ports/bounds.ts';
import type { Clock } from '../ports/clock.ts';
import type { Digest } from '../ports/digest.ts';
import type { Store } from '../ports/store.ts';
import type { Agent, Strictness } from './agent.ts';
import type { AgentSummary } from './session.ts';

/** All agents, compiled once per version, as sessions need them. */
export interface AgentSource {
  /** Broken ones too. */
  list(): Promise<readonly AgentSummary[]>;
  /** Reads every agent that may narrow what can be called, so that `narrows` and `narrowed` tell of all. */
  look(): Promise<void>;
  /** What stands in the place of a folder may hide an agent that would come before another of its name. @throws TuttiError `definition/service-error`. */
  checkReadable(): Promise<void>;
  /** As its files say now. @throws TuttiError `agent/not-found`, with the faults in `data` when there are any. */
  usable(name: string): Promise<Agent>;
  /** @throws TuttiError `agent/not-found`. */
  lint(name: string): Promise<readonly Fault[]>;
  /**
   * Writes a new agent, unless it has errors. Returns where it stands.
   *
   * @throws TuttiError `input/invalid-format` for a name that is taken, `definition/outside`, `definition/invalid` with the faults.
   */
  create(name: string, files: Readonly<Record<string, string>>): Promise<string>;
  /** The definition a session is bound to. @throws TuttiError `definition/unavailable`. */
  pinned(
    name: string,
    hash: string,
    load: () => Promise<Readonly<Record<string, string>> | undefined>,
  ): Promise<Agent>;
  /** Whether any agent that was read so far narrows what may be called. */
  narrows(): boolean;
  /** Whether it did when it could last be used, as far as it was read. */
  narrowed(name: string): boolean;
  /** Calls back after agents changed in their folders. Returns how to stop. */
  watch(callback: () => void): () => void;
}

export interface SessionParts {
  readonly store: Store;
  readonly agents: AgentSource;
  readonly clock: Clock;
  readonly digest: Digest;
  readonly settings: SessionSettings;
}

export interface SessionSettings extends Bounds {
  /** The agent that sessions begin with where none is named. */
  readonly defaultAgent: string;
  /** For agents that say nothing themselves. */
  readonly transitions: Strictness;
  /** The space `shared` is open to everybody here. */
  readonly sharedKnowledge: boolean;
}
