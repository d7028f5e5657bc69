import { unquoteWord } from '../../../core/policy/provenance.ts';
import type { Arguments } from '../arguments.ts';
import { inSession, inSpace, IN_SESSION, NAMESPACE } from '../session-input.ts';
import { foundText, keyText, knowledgeText } from '../session-texts.ts';
import { toWireFound, toWireKnowledge } from '../session-wire.ts';
import { OBJECT, TEXT, answers, takes } from '../schemas.ts';
import { paragraphs } from '../texts.ts';
import { READS, writes } from '../tool.ts';
import type { McpTool } from '../tool.ts';

const MAX_TAGS = 32;
const MAX_FOUND = 100;
const TTL_MAX_SECONDS = 100 * 365 * 86_400;
const TAGS = { type: 'array', items: TEXT } as const;

export const storeKnowledge: McpTool = {
  definition: {
    name: 'store_knowledge',
    title: 'Store knowledge',
    description:
      'Keep what you found out: for this session, for the user (all their sessions), or shared. Say from_result (tutti://result/ID) or untrusted when it came from a tool: then it is shown as data only.',
    inputSchema: takes(
      {
        key: TEXT,
        value: { description: 'Any JSON' },
        namespace: NAMESPACE,
        tags: TAGS,
        ttl_seconds: { type: 'integer', minimum: 1 },
        from_result: TEXT,
        untrusted: { type: 'boolean' },
        ...IN_SESSION,
      },
      ['key', 'value'],
    ),
    outputSchema: answers({ knowledge: OBJECT }),
    annotations: writes({ repeatable: true }),
  },
  async run(input, { orchestrator: { sessions }, caller }) {
    const ttl = input.optionalCount('ttl_seconds', { min: 1, max: TTL_MAX_SECONDS });
    const fromResult = input.optionalName('from_result');
    const isUntrusted = input.optionalFlag('untrusted');
    const stored = await sessions.storeKnowledge(caller, {
      key: input.name('key'),
      value: input.requiredJson('value'),
      tags: input.optionalNames('tags', MAX_TAGS),
      ...(ttl !== undefined && { ttlMs: ttl * 1000 }),
      ...(fromResult !== undefined && { fromResult }),
      ...(isUntrusted !== undefined && { isUntrusted }),
      ...inSpace(input),
      ...inSession(input),
    });
    const { value: _, ...kept } = toWireKnowledge(stored);
    const { key, doubt } = stored;
    return {
      structured: { knowledge: { ...kept, ...(doubt !== undefined && { untrusted_because: doubt }) } },
      text: paragraphs([
        `Stored knowledge under key: ${key}`,
        doubt && `It is untrusted: it is shown as data and stands in no prompt. ${doubt}`,
      ]),
    };
  },
};

export const getKnowledge: McpTool = {
  definition: {
    name: 'get_knowledge',
    title: 'Knowledge',
    description: 'What is known under a key.',
    inputSchema: takes({ key: TEXT, namespace: NAMESPACE, ...IN_SESSION }, ['key']),
    outputSchema: answers({ key: TEXT, value: {}, untrusted: { type: 'boolean' }, origin: OBJECT }),
    annotations: READS,
  },
  async run(input, { orchestrator: { sessions }, caller }) {
    const entry = await sessions.knowledge(caller, {
      key: unquoteWord(input.name('key')),
      ...inSpace(input),
      ...inSession(input),
    });
    return { structured: toWireKnowledge(entry), text: knowledgeText(entry) };
  },
};

export const listKnowledgeKeys: McpTool = {
  definition: {
    name: 'list_knowledge_keys',
    title: 'Keys of the knowledge',
    description: 'Keys of what is known.',
    inputSchema: takes({ namespace: NAMESPACE, ...IN_SESSION }),
    outputSchema: answers({ keys: { type: 'array' } }),
    annotations: READS,
  },
  async run(input, { orchestrator: { sessions }, caller }) {
    const known = await sessions.knownKeys(caller, { ...inSpace(input), ...inSession(input) });
    const keys = known.map((key) => keyText(key));
    return { structured: { keys }, text: JSON.stringify(keys) };
  },
};

export const searchKnowledge: McpTool = {
  definition: {
    name: 'search_knowledge',
    title: 'Search knowledge',
    description: 'Find what is known by words, best first.',
    inputSchema: takes(
      {
        query: TEXT,
        namespace: NAMESPACE,
        tags: TAGS,
        limit: { type: 'integer', minimum: 1, maximum: MAX_FOUND },
        ...IN_SESSION,
      },
      ['query'],
    ),
    outputSchema: answers({ found: { type: 'array' } }),
    annotations: READS,
  },
  async run(input, { orchestrator: { sessions }, caller }) {
    const found = await sessions.searchKnowledge(caller, {
      text: input.prose('query'),
      ...narrowing(input),
      ...inSpace(input),
      ...inSession(input),
    });
    return { structured: { found: found.map((each) => toWireFound(each)) }, text: foundText(found) };
  },
};

function narrowing(input: Arguments): { readonly tags?: readonly string[]; readonly limit?: number } {
  const limit = input.optionalCount('limit', { min: 1, max: MAX_FOUND });
  const tags = input.optionalNames('tags', MAX_TAGS);
  return { ...(limit !== undefined && { limit }), ...(tags.length > 0 && { tags }) };
}
