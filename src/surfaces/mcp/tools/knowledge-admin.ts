import { unquoteWord } from '../../../core/policy/provenance.ts';
import { inSession, inSpace, IN_SESSION, NAMESPACE } from '../session-input.ts';
import { keyText } from '../session-texts.ts';
import { toWireKnowledge } from '../session-wire.ts';
import { TEXT, answers, takes } from '../schemas.ts';
import { READS, writes } from '../tool.ts';
import type { McpTool } from '../tool.ts';

export const deleteKnowledge: McpTool = {
  definition: {
    name: 'delete_knowledge',
    title: 'Delete knowledge',
    description:
      'Remove what is known under a key in a namespace (session by default). In shared, only what you stored yourself.',
    inputSchema: takes({ key: TEXT, namespace: NAMESPACE, ...IN_SESSION }, ['key']),
    outputSchema: answers({ key: TEXT, deleted: { type: 'boolean' } }),
    annotations: writes({ repeatable: true }),
  },
  async run(input, { orchestrator: { sessions }, caller }) {
    const key = input.name('key');
    const deleted = await sessions.removeKnowledge(caller, {
      key: unquoteWord(key),
      ...inSpace(input),
      ...inSession(input),
    });
    return {
      structured: { key, deleted },
      text: deleted ? `Deleted the knowledge under key: ${key}` : `Nothing was known under key: ${key}`,
    };
  },
};

export const exportKnowledge: McpTool = {
  definition: {
    name: 'export_knowledge',
    title: 'Export knowledge',
    description:
      'A page of everything in a namespace (session by default), in the order of the keys. Pass next_key as after for the next page.',
    inputSchema: takes({ namespace: NAMESPACE, after: TEXT, ...IN_SESSION }),
    outputSchema: answers({ knowledge: { type: 'array' }, next_key: TEXT }),
    annotations: READS,
  },
  async run(input, { orchestrator: { sessions }, caller }) {
    const after = input.optionalName('after');
    const { space = 'session' } = inSpace(input);
    const entries = await sessions.exportKnowledge(caller, {
      space,
      ...(after !== undefined && { after: unquoteWord(after) }),
      ...inSession(input),
    });
    const knowledge = entries.map((each) => toWireKnowledge(each));
    const last = entries.at(-1);
    return {
      structured: { knowledge, ...(last !== undefined && { next_key: keyText(last) }) },
      text: JSON.stringify(knowledge),
    };
  },
};
