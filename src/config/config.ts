import type { GatewaySettings } from '../core/gateway/settings.ts';
import type { LogLevel } from '../core/ports/telemetry.ts';
import type { Strictness } from '../core/session/agent.ts';
import type { ModelConfig } from './model.ts';
import type { HttpSettings } from './http.ts';
import type { DECIDERS } from './schema.ts';
import type { Toolset } from './toolset-names.ts';

/** Everything that can be set, resolved: no path is relative, no default is open. Frozen. */
export interface Config extends ModelConfig {
  /** The file it came from, if any: by its real path where it was found by walking up. */
  readonly file: string | undefined;
  /** It was named by the user, and nobody comes by it who does not name it. */
  readonly isNamed: boolean;
  /** `false`: it was found by walking up, and nobody trusted it as it is now. Its servers are held, its policy and store wait. */
  readonly trusted: boolean;
  /** What a change of would make another configuration: the file, as it was come by, and where it is remembered whether it is trusted. */
  readonly sources: readonly string[];
  /** Where pins are kept that are shared with others: beside the file. It need not exist. */
  readonly lockFile: string | undefined;
  readonly store: { readonly kind: 'sqlite'; readonly path: string };
  readonly workflows: {
    /** The user's folder: read first, and written by save_workflow. It need not exist. */
    readonly dir: string;
    /** Whether the workflows that ship are served below it. */
    readonly shipped: boolean;
    readonly deciders: readonly (typeof DECIDERS)[number][];
    /** Whether the client's own model is asked where there is no other. */
    readonly sampling: boolean;
    /** A model's answer below this is passed on to the next decider. */
    readonly minConfidence: number;
    /** A person's decision that comes sooner after the question must be confirmed. */
    readonly thinkingMs: number;
    /** How long a question waits for a person. */
    readonly decisionTtlMs: number;
  };
  readonly agents: {
    /** The user's folder: read first, and written by `tutti agent new`. It need not exist. */
    readonly dir: string;
    /** The agent that sessions begin with where none is named. */
    readonly default: string;
    /** For agents that say nothing themselves. */
    readonly transitions: Strictness;
    /** Whether knowledge may be stored for everybody who is let in. */
    readonly sharedKnowledge: boolean;
    /** What one session may keep, and one caller altogether. */
    readonly maxSessionBytes: number;
    readonly maxOwnerBytes: number;
  };
  readonly http: HttpSettings;
  readonly toolsets: readonly Toolset[];
  /** Servers behind us, and what may be done with them. Holds secrets. */
  readonly gateway: GatewaySettings;
  readonly log: {
    readonly level: LogLevel;
    /** A second copy of the log. */
    readonly file?: { readonly dir: string; readonly name: string };
    /** Where exchanges with a model are kept. */
    readonly modelFile?: string;
  };
  /** What the user should hear once. */
  readonly warnings: readonly string[];
}
