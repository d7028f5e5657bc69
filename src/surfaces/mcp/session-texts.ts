import { randomUUID } from 'node:crypto';
import type { Json } from '../../core/kernel/json.ts';
import { quoteUntrusted } from '../../core/policy/provenance.ts';
import type { FoundKnowledge, KnowledgeEntry, KnownKey, Origin } from '../../core/ports/knowledge.ts';
import type { Timeline, TimelineItem } from '../../core/session/session.ts';
import { isSuspicious } from '../../core/session/suspicion.ts';
import { plain } from './gateway-texts.ts';

// What the tools about sessions answer, for people and for models whose host shows them text alone.

const LINE = 300;
const NAME = 120;
/** Characters of one thing that was found; get_knowledge gives the whole. */
const FOUND = 1_000;
/** What a quotation is of where no tool is named. */
const STORED = 'stored knowledge';

/** A text as it is, anything else as JSON. */
export function valueText(value: Json): string {
  return typeof value === 'string' ? value : JSON.stringify(value);
}

/** What is marked as a tool's, or reads like an order, is quoted as data. */
export function knowledgeText({ value, origin, isUntrusted }: KnowledgeEntry): string {
  const text = valueText(value);
  return isUntrusted ? quoted(text, origin) : text;
}

/** A key as it is, which is how it is asked for; that of what is untrusted, and one that reads like an order, is quoted. */
export function keyText({ key, isUntrusted }: KnownKey): string {
  return isUntrusted || isSuspicious([key]) ? quotedWord(key) : key;
}

export function tagTexts({ tags, isUntrusted }: KnowledgeEntry): readonly string[] {
  return isUntrusted ? tags.map((tag) => quotedWord(tag)) : tags;
}

export function foundText(found: readonly FoundKnowledge[]): string {
  if (found.length === 0) return 'Nothing is known of this. Try other words, or see list_knowledge_keys.';
  return found.map((each) => `- ${foundLine(each)}`).join('\n');
}

/** Of what is untrusted all that whoever stored it chose stands inside the quotation. */
function foundLine({ entry, shelf: { space } }: FoundKnowledge): string {
  const text = valueText(entry.value);
  const value = text.length > FOUND ? `${text.slice(0, FOUND)}…` : text;
  const key = plain(entry.key, LINE);
  const tags = entry.tags.map((tag) => plain(tag, NAME)).join(', ');
  if (!entry.isUntrusted) return `${key} (${space}${tags && `; ${tags}`}): ${value}`;
  return `untrusted (${space}): ${quoted(`${key}${tags && ` (${tags})`}: ${value}`, entry.origin)}`;
}

function quoted(text: string, { tool }: Pick<Origin, 'tool'>): string {
  return quoteUntrusted(text, { nonce: randomUUID(), from: tool ?? STORED, gap: '\n' });
}

function quotedWord(text: string): string {
  return quoteUntrusted(text, { nonce: randomUUID(), from: STORED, gap: ' ' });
}

export function timelineText({ items, isCut }: Timeline): string {
  if (items.length === 0) return 'Nothing has happened in this session yet.';
  const lines = items.map((each) => `- ${new Date(each.at).toISOString()} ${itemText(each)}`);
  return [...(isCut ? ['Older ones were left out.'] : []), ...lines].join('\n');
}

function itemText(item: TimelineItem): string {
  switch (item.kind) {
    case 'message':
      return `${item.role}: ${plain(item.content, LINE)}`;
    case 'transition':
      return `moved from ${item.from} to ${item.to}: ${plain(item.because, LINE)}`;
    case 'data':
      return `task data: ${plain(item.keys.join(', '), LINE)}`;
    case 'link':
      return `${linkText(item)}${item.outcome === undefined ? '' : ` → ${item.outcome}`}`;
    case 'step':
      return `workflow ${item.instance}: ${item.from} → ${item.to} (${item.status}): ${plain(item.because, LINE)}`;
  }
}

function linkText({ what, title, id }: Extract<TimelineItem, { kind: 'link' }>): string {
  const named = plain(title, LINE);
  const under = id === undefined ? '' : ` (${id})`;
  return what === 'ask' ? `asked: ${named}${under}` : `started the workflow ${named}${under}`;
}
