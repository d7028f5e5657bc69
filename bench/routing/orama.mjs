import { create, insertMultiple, search } from '@orama/orama';

/** Orama as it comes, over the same fields. */
export async function createRouter(tools) {
  const db = create({
    schema: {
      tool: 'string',
      server: 'string',
      description: 'string',
      serverDescription: 'string',
      parameters: 'string',
      examples: 'string',
    },
  });
  await insertMultiple(
    db,
    tools.map((each, at) => ({
      id: String(at),
      tool: each.tool,
      server: each.server,
      description: each.description ?? '',
      serverDescription: each.serverDescription ?? '',
      parameters: Object.entries(each.inputSchema?.properties ?? {})
        .map(([name, schema]) => `${name} ${schema?.description ?? ''}`)
        .join(' '),
      examples: (each.examples ?? []).join(' '),
    })),
  );
  return {
    async route(query) {
      const { hits } = await search(db, { term: query, limit: 10 });
      return {
        tools: hits.map(({ id, score }) => ({ server: tools[id].server, tool: tools[id].tool, score })),
      };
    },
  };
}
