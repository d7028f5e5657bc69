import type { Caller } from '../kernel/caller.ts';
import type { Risk } from '../kernel/approval.ts';
import type { Downstream, ToolDefinition } from '../ports/downstream.ts';
import type { CheckValue, Unchecked } from '../ports/schema.ts';
import type { HeldItem } from './gateway.ts';
import type { ServerSettings, ToolSettings } from './settings.ts';

/** One downstream tool as the gate needs it. Made when its server was listed, never on the path of a call. */
export interface CatalogEntry {
  /** As clients see it. */
  readonly name: string;
  readonly server: ServerSettings;
  /** As its server listed it; the pinned form, once it is admitted. */
  readonly tool: ToolDefinition;
  /** SHA-256 of the canonical JSON of everything a model can see of it. */
  readonly hash: string;
  readonly settings: ToolSettings;
  readonly risk: Risk;
  /** Present: nothing may be sent to it. */
  readonly held?: HeldItem;
  /** Compiled at first use and kept. @throws TuttiError `schema/unusable`. */
  readonly checkArguments: CheckValue;
  /** Patterns of its arguments that are not looked at. Slow when it is asked for the first time. */
  readonly unchecked?: () => readonly Unchecked[];
  readonly checkResult?: CheckValue;
}

/** What all servers offer, judged. Reads answer at once from what is known. */
export interface Catalog {
  /**
   * Afterwards everything is known that can be without waiting long: what the store remembers, and what servers that were never seen
   * said within a moment. Before it, the reads below may know nothing. Cheap when called again.
   */
  settle(): Promise<void>;
  /**
   * The tool of this name; connects to its server first when that was never listed, or when it said that its list changed. Falls back on what
   * was last known when the server is down.
   */
  resolve(name: string, signal?: AbortSignal): Promise<CatalogEntry | undefined>;
  /** The same without waiting, when what is known is up to date. */
  known(name: string): CatalogEntry | undefined;
  /** The tools that are called under a group's name, in the order of the configuration. */
  members(group: string): readonly CatalogEntry[];
  /** In stable order, held ones included. */
  entries(): readonly CatalogEntry[];
  /** Which server an address of a resource, or the name of a prompt as clients see it, belongs to, with the name its server knows. */
  owner(
    kind: 'resource' | 'prompt',
    name: string,
  ): { readonly server: ServerSettings; readonly name: string } | undefined;
}

/** The connections: one for each server, or for each caller with credentials of his own there. */
export interface Connections {
  of(server: ServerSettings, caller: Caller): Downstream;
}
