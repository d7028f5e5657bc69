import type { Caller } from '../kernel/caller.ts';
import type { CreateAbort } from '../ports/abort.ts';
import type { CreateCache } from '../ports/cache.ts';
import type { CreateCircuit } from '../ports/circuit.ts';
import type { Clock } from '../ports/clock.ts';
import type { Digest } from '../ports/digest.ts';
import type { OpenDownstream } from '../ports/downstream.ts';
import type { Embedder } from '../ports/embedder.ts';
import type { Limits } from '../ports/limits.ts';
import type { Model } from '../ports/model.ts';
import type { CompilePattern } from '../ports/pattern.ts';
import type { Schemas } from '../ports/schema.ts';
import type { Seal } from '../ports/seal.ts';
import type { Stem } from '../ports/stem.ts';
import type { Store } from '../ports/store.ts';
import type { OffsetOf } from '../ports/offset.ts';
import type { Telemetry } from '../ports/telemetry.ts';
import type { After } from '../ports/timer.ts';
import type { Synthesizer } from './ask/ask.ts';
import type { GatewaySettings } from './settings.ts';
import type { ToolGate } from './tool-gate.ts';

/** What a gateway is put together from. */
export interface GatewayParts {
  readonly settings: GatewaySettings;
  readonly open: OpenDownstream;
  readonly store: Pick<
    Store,
    | 'approvals'
    | 'pins'
    | 'results'
    | 'audit'
    | 'usage'
    | 'vault'
    | 'vectors'
    // Plans that wait are instances.
    | 'create'
    | 'commit'
    | 'load'
    | 'list'
    | 'remove'
    | 'entries'
    | 'keepDefinition'
    | 'definition'
  >;
  readonly clock: Clock;
  readonly after: After;
  readonly createAbort: CreateAbort;
  readonly digest: Digest;
  readonly schemas: Schemas;
  readonly limits: Limits;
  readonly createCache: CreateCache;
  readonly createCircuit: CreateCircuit;
  readonly seal: Seal;
  readonly compilePattern: CompilePattern;
  readonly stem: Stem;
  readonly offsetOf: OffsetOf;
  readonly telemetry: Telemetry;
  /** Helps where words leave open what is meant, and writes answers; absent: neither is done. */
  readonly model?: Model;
  /** Orders tools by what they mean; absent: words alone do. */
  readonly embedder?: Embedder;
  /** Writes answers out of what calls brought; absent: the model does, else a digest is made. */
  readonly synthesizer?: Synthesizer;
  /** What the state of a session lets be called; `undefined`: everything, without a promise where that is known. @throws TuttiError `session/not-found`. */
  readonly toolGateOf?: (
    caller: Caller,
    session: string | undefined,
  ) => Promise<ToolGate | undefined> | undefined;
  /** Content hashes of the workflows there are, by name, for the lock file. */
  readonly workflowHashes: () => Promise<Readonly<Record<string, string>>>;
}

/** Lets everybody else have their turn, in the middle of what takes long. */
export function breathe({ after }: Pick<GatewayParts, 'after'>): Promise<void> {
  return new Promise((resolve) => {
    after(0, resolve);
  });
}
