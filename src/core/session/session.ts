import type { ToolGate } from '../gateway/tool-gate.ts';
import type { Caller } from '../kernel/caller.ts';
import type { Fault } from '../kernel/fault.ts';
import type { Json, JsonObject } from '../kernel/json.ts';
import type { FoundKnowledge, KnowledgeEntry, KnownKey, Space } from '../ports/knowledge.ts';
import type { Role } from '../kernel/role.ts';
import type { Message } from '../ports/transcript.ts';
import type { Agent, State, Strictness } from './agent.ts';

export interface AgentSummary {
  readonly name: string;
  readonly description: string;
  readonly states: readonly string[];
  /** Sessions begin with it where none is named. */
  readonly isDefault: boolean;
  /** Present when it cannot be used. */
  readonly faults?: readonly Fault[];
}

/** Which session: absent, the caller's own default one, which comes into being with the first thing that is written to it. */
export interface InSession {
  readonly session?: string;
}

export interface SessionView {
  readonly id: string;
  readonly agent: string;
  readonly state: State;
  /** Where it may move now, guards considered. */
  readonly transitions: readonly string[];
  readonly strictness: Strictness;
  /** Keys of the task data, in order. */
  readonly dataKeys: readonly string[];
  readonly messages: Readonly<Record<Role, number>>;
  readonly revision: number;
  /** `null` for a default session nothing was written to yet. */
  readonly createdAt: number | null;
  readonly updatedAt: number | null;
  /** Its agent has changed in its folder since: the session keeps to the one it began with. */
  readonly isOutdated: boolean;
}

export interface SessionPage {
  readonly sessions: readonly Pick<SessionView, 'id' | 'agent' | 'createdAt' | 'updatedAt' | 'revision'>[];
  readonly nextCursor?: string;
}

export interface Moved {
  readonly from: string;
  readonly to: string;
  readonly session: SessionView;
  /** The table does not hold this move: what was made of it. */
  readonly warning?: string;
}

export interface MoveInput extends InSession {
  /** Whatever its case. */
  readonly to: string;
  /** Needed for a move outside the table where those are made at all; journalled. */
  readonly reason?: string;
  /** A person at the terminal moves it whatever the table says; `reason` is needed. */
  readonly isForced?: boolean;
}

/** One line of a conversation: a message, or a move between states. */
export type Line =
  | ({ readonly kind: 'message' } & Message)
  | {
      readonly kind: 'transition';
      readonly id: string;
      readonly from: string;
      readonly to: string;
      readonly because: string;
      readonly at: number;
    };

export interface Conversation {
  /** Oldest first. */
  readonly lines: readonly Line[];
  /** Fewer messages than were asked for, since those before hold too much text for one answer. */
  readonly isCut: boolean;
  /** Older moves between states were left out. */
  readonly lacksMoves: boolean;
}

export interface TranscriptInput extends InSession {
  /** 0 to 10,000; 10 by default. */
  readonly maxMessages?: number;
  /** The newest messages that fit into so many tokens, counted as four characters each. */
  readonly maxTokens?: number;
  /** Characters of all messages together; 1.75 MiB by default. */
  readonly maxLength?: number;
  /** Only messages with a smaller seq: the page before one that was read. */
  readonly before?: number;
  /** Moves between states as well. */
  readonly withTransitions?: boolean;
}

export interface StoreKnowledgeInput extends InSession {
  readonly key: string;
  readonly value: Json;
  /** `session` by default. */
  readonly space?: Space;
  readonly tags?: readonly string[];
  /** How long it holds, in milliseconds; for ever by default. */
  readonly ttlMs?: number;
  /** `tutti://result/ID` of the stored result it came from: it is untrusted then. */
  readonly fromResult?: string;
  /** The caller says that it came from a tool. */
  readonly isUntrusted?: boolean;
}

export interface StoredKnowledge extends KnowledgeEntry {
  /** Why it is untrusted, where it is: a sentence. */
  readonly doubt?: string;
}

export interface KnowledgeKey extends InSession {
  readonly key: string;
  /** Absent: where it is read, the session, then the user, then everybody. */
  readonly space?: Space;
}

export interface RemoveKnowledgeInput extends KnowledgeKey {
  /** A person at the terminal takes out what somebody else shares, too; that is audited. */
  readonly isForced?: boolean;
  readonly reason?: string;
}

export interface KnowledgeQuery extends InSession {
  readonly text: string;
  /** Absent: all that the caller may read. */
  readonly space?: Space;
  readonly tags?: readonly string[];
  /** 1 to 100; 10 by default. */
  readonly limit?: number;
}

export interface StatePrompt {
  readonly agent: string;
  readonly state: State;
  readonly text: string;
}

/** What happened in a session, in order: messages, moves, task data, and what was begun from it. */
export type TimelineItem =
  | Line
  | { readonly kind: 'data'; readonly at: number; readonly keys: readonly string[] }
  | ({ readonly kind: 'link'; readonly at: number } & Link)
  /** A move of a linked workflow. */
  | {
      readonly kind: 'step';
      readonly at: number;
      readonly instance: string;
      readonly from: string;
      readonly to: string;
      readonly status: string;
      readonly because: string;
    };

/** Something that was begun from a session. */
export interface Link {
  readonly what: 'workflow' | 'ask';
  /** Of the instance or plan; absent for a question that was answered at once. */
  readonly id?: string;
  /** Name of the workflow, or the question. */
  readonly title: string;
  /** How an ask ended. */
  readonly outcome?: string;
}

export interface Timeline {
  readonly session: string;
  readonly agent: string;
  readonly items: readonly TimelineItem[];
  /** Older ones, or steps of what was begun long ago, were left out. */
  readonly isCut: boolean;
}

/**
 * Agent sessions: states, conversation, task data and knowledge, owned and durable. Reading writes nothing. Every method throws TuttiError
 * `session/not-found` for a `session` the caller has none of, the same for foreign and unknown ids.
 */
export interface Sessions {
  listAgents(): Promise<readonly AgentSummary[]>;
  /** @throws TuttiError `agent/not-found`, with the faults in `data` when there are any. */
  agent(name: string): Promise<Agent>;
  /** @throws TuttiError `agent/not-found`. */
  lintAgent(name: string): Promise<readonly Fault[]>;
  /**
   * Lints a new agent, then writes it. Returns where it stands. @throws TuttiError `input/invalid-format` for a name that is taken,
   * `definition/outside`, `definition/invalid` with the faults; nothing is written then.
   */
  createAgent(input: {
    readonly agent: string;
    readonly files: Readonly<Record<string, string>>;
  }): Promise<{ readonly path: string }>;
  /** Calls back after agents changed in their folders. Returns how to stop. */
  onAgentsChanged(callback: () => void): () => void;

  /** Begins a session of an agent; without `id` under a random one. @throws TuttiError `agent/not-found`, `instance/conflict`. */
  start(caller: Caller, input: { readonly agent?: string; readonly id?: string }): Promise<SessionView>;
  view(caller: Caller, input?: InSession): Promise<SessionView>;
  list(caller: Caller, input: { readonly limit?: number; readonly cursor?: string }): Promise<SessionPage>;
  /** Binds a session to its agent as it is now. @throws TuttiError `state/unknown` when its state is gone there. */
  upgrade(caller: Caller, input?: InSession): Promise<SessionView>;
  /** Deletes it with its conversation, task data and knowledge. */
  remove(caller: Caller, input: { readonly session: string }): Promise<void>;

  /** @throws TuttiError `state/unknown`, naming the states; `state/not-allowed`, naming the moves. */
  move(caller: Caller, input: MoveInput): Promise<Moved>;
  say(caller: Caller, input: InSession & { readonly role: Role; readonly content: string }): Promise<Message>;
  /** The newest messages, as many as were asked for or as fit. */
  transcript(caller: Caller, input?: TranscriptInput): Promise<Conversation>;

  /** @throws TuttiError `input/too-large`. */
  storeData(caller: Caller, input: InSession & { readonly key: string; readonly value: Json }): Promise<void>;
  /** @throws TuttiError `data/not-found`. */
  readData(caller: Caller, input: InSession & { readonly key: string }): Promise<Json>;
  data(caller: Caller, input?: InSession): Promise<JsonObject>;
  /** `false` when there was none. */
  removeData(caller: Caller, input: InSession & { readonly key: string }): Promise<boolean>;

  /**
   * An untrusted entry stays untrusted under an equal value until it is deleted.
   *
   * @throws TuttiError `input/too-large`, `result/not-found`, `policy/denied` for a space that is closed and for what another caller shares.
   */
  storeKnowledge(caller: Caller, input: StoreKnowledgeInput): Promise<StoredKnowledge>;
  /** @throws TuttiError `knowledge/not-found`. */
  knowledge(caller: Caller, input: KnowledgeKey): Promise<KnowledgeEntry>;
  /** Of all spaces the caller may read, or of one; each key once, in order; 10,000 at most. */
  knowledgeKeys(caller: Caller, input: InSession & { readonly space?: Space }): Promise<readonly string[]>;
  /** The same with marks: a key is untrusted where any entry under it is. */
  knownKeys(caller: Caller, input: InSession & { readonly space?: Space }): Promise<readonly KnownKey[]>;
  searchKnowledge(caller: Caller, input: KnowledgeQuery): Promise<readonly FoundKnowledge[]>;
  /**
   * From one space, `session` where none is named. `false` when there was none. @throws TuttiError `policy/denied` for what another caller
   * shares.
   */
  removeKnowledge(caller: Caller, input: RemoveKnowledgeInput): Promise<boolean>;
  /** One page of everything in a space, in the order of the keys. */
  exportKnowledge(
    caller: Caller,
    input: InSession & { readonly space: Space; readonly after?: string },
  ): Promise<readonly KnowledgeEntry[]>;

  /**
   * The prompt of a state, filled from `arguments`, else from the task data, else with the defaults. For what is not trusted, reads like an
   * instruction or is shared by another caller a sentence stands there that says where to read it. `agent`: of that one, where the session
   * follows another. @throws TuttiError `state/unknown`, `agent/not-found`.
   */
  prompt(
    caller: Caller,
    input: InSession & {
      readonly agent?: string;
      readonly state: string;
      readonly arguments?: Readonly<Record<string, string>>;
    },
  ): Promise<StatePrompt>;
  timeline(caller: Caller, input?: InSession & { readonly limit?: number }): Promise<Timeline>;
  /** @throws TuttiError `instance/finished` for one that takes nothing more. */
  checkAlive(caller: Caller, input: InSession): Promise<void>;
  /** Notes in the journal of the named session, or of the caller's default one where there is one, what was begun from it. */
  link(caller: Caller, input: InSession & { readonly link: Link }): Promise<void>;
  /**
   * What the state of the named session, or of the caller's default one, lets be called; `undefined` where nothing narrows it, without a
   * promise where that is known.
   */
  gateOf(caller: Caller, session: string | undefined): Promise<ToolGate | undefined> | undefined;
}
