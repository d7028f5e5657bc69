import type { JsonObject } from '../../core/kernel/json.ts';
import type { FoundKnowledge, KnowledgeEntry } from '../../core/ports/knowledge.ts';
import type { Message } from '../../core/ports/transcript.ts';
import type {
  AgentSummary,
  Line,
  SessionPage,
  SessionView,
  Timeline,
  TimelineItem,
} from '../../core/session/session.ts';
import { keyText, knowledgeText, tagTexts, valueText } from './session-texts.ts';
import { toWireFaults } from './wire.ts';

/** Characters of a value that a search shows; `get_knowledge` gives the whole. */
const EXCERPT = 4_000;

/** Where a session stands. */
export function currentState({ id, agent, state, transitions, ...view }: SessionView): JsonObject {
  return {
    session_id: id,
    agent,
    state: state.name,
    description: state.description,
    available_transitions: [...transitions],
    ...(view.isOutdated && { is_outdated: true }),
  };
}

/** All of a session but what is kept in it. */
export function toWireView(view: SessionView): JsonObject {
  const { strictness, dataKeys, messages, revision, createdAt, updatedAt } = view;
  return {
    ...currentState(view),
    transitions: strictness,
    task_data_keys: [...dataKeys],
    messages: { ...messages },
    revision,
    created_at: createdAt === null ? null : iso(createdAt),
    updated_at: updatedAt === null ? null : iso(updatedAt),
  };
}

export function toWireSession({
  id,
  agent,
  createdAt,
  updatedAt,
  revision,
}: SessionPage['sessions'][number]): {
  readonly session_id: string;
  readonly agent: string;
  readonly created_at: string | null;
  readonly updated_at: string | null;
  readonly revision: number;
} {
  return {
    session_id: id,
    agent,
    created_at: createdAt === null ? null : iso(createdAt),
    updated_at: updatedAt === null ? null : iso(updatedAt),
    revision,
  };
}

export function toWireAgent({ name, description, states, isDefault, faults }: AgentSummary): JsonObject {
  return {
    name,
    description,
    states: [...states],
    is_default: isDefault,
    ...(faults && faults.length > 0 && { faults: toWireFaults(faults) }),
  };
}

export function toWireMessage({ role, content, id, seq, at }: Message): JsonObject {
  return { role, content, id, seq, at: iso(at) };
}

/** A move is a line of the role `transition`. */
export function toWireLine(line: Line): JsonObject {
  if (line.kind === 'message') return toWireMessage(line);
  const { id, from, to, because, at } = line;
  return { ...spokenLine(line), id, at: iso(at), from, to, because };
}

/** A line as clients have always had it. */
export function spokenLine(line: Line): { readonly role: string; readonly content: string } {
  if (line.kind === 'message') return { role: line.role, content: line.content };
  return { role: 'transition', content: `${line.from} → ${line.to}: ${line.because}` };
}

/** What is untrusted is quoted here as in the text: hosts show models either. */
export function toWireKnowledge(entry: KnowledgeEntry): JsonObject {
  const { value, origin, isUntrusted, createdAt, updatedAt, expiresAt } = entry;
  const { by, session, tool, result } = origin;
  return {
    key: keyText(entry),
    value: isUntrusted ? knowledgeText(entry) : value,
    tags: [...tagTexts(entry)],
    untrusted: isUntrusted,
    origin: {
      by,
      ...(session !== undefined && { session_id: session }),
      ...(tool !== undefined && { tool }),
      ...(result !== undefined && { result }),
    },
    created_at: iso(createdAt),
    updated_at: iso(updatedAt),
    expires_at: expiresAt === null ? null : iso(expiresAt),
  };
}

export function toWireFound({ shelf, entry, score }: FoundKnowledge): JsonObject {
  const text = valueText(entry.value);
  const isCut = text.length > EXCERPT;
  const shown = isCut ? { ...entry, value: text.slice(0, EXCERPT) } : entry;
  return { ...toWireKnowledge(shown), namespace: shelf.space, score, ...(isCut && { is_cut: true }) };
}

export function toWireTimeline({ session, agent, items, isCut }: Timeline): JsonObject {
  return { session_id: session, agent, items: items.map((each) => toWireItem(each)), is_cut: isCut };
}

function toWireItem(item: TimelineItem): JsonObject {
  switch (item.kind) {
    case 'message':
    case 'transition':
      return { kind: item.kind, ...toWireLine(item) };
    case 'data':
      return { kind: 'data', at: iso(item.at), keys: [...item.keys] };
    case 'link': {
      const { what, id, title, outcome, at } = item;
      return {
        kind: 'link',
        at: iso(at),
        what,
        title,
        ...(id !== undefined && { id }),
        ...(outcome !== undefined && { outcome }),
      };
    }
    case 'step': {
      const { instance, from, to, status, because, at } = item;
      return { kind: 'step', at: iso(at), instance_id: instance, from, to, status, because };
    }
  }
}

function iso(at: number): string {
  return new Date(at).toISOString();
}
