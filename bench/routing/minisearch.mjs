import MiniSearch from 'minisearch';

/** MiniSearch as it comes, over the same fields. */
export function createRouter(tools) {
  const search = new MiniSearch({
    fields: ['tool', 'server', 'description', 'serverDescription', 'parameters', 'examples'],
  });
  search.addAll(
    tools.map((each, id) => ({
      ...each,
      id,
      parameters: Object.entries(each.inputSchema?.properties ?? {})
        .map(([name, schema]) => `${name} ${schema?.description ?? ''}`)
        .join(' '),
      examples: (each.examples ?? []).join(' '),
    })),
  );
  return {
    route: (query) => ({
      tools: search
        .search(query)
        .slice(0, 10)
        .map(({ id, score }) => ({ server: tools[id].server, tool: tools[id].tool, score })),
    }),
  };
}
