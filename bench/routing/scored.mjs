/** From a tool of the scorer's protocol to what the router reads. */
export function toDocument(
  { server, tool, description = '', serverDescription = '', inputSchema, examples = [] },
  name,
) {
  return {
    name,
    server,
    tool,
    title: '',
    description,
    serverDescription,
    parameters: Object.entries(inputSchema?.properties ?? {}).map(([parameter, schema]) => ({
      name: parameter,
      description: String(schema?.description ?? ''),
      choices: (schema?.enum ?? []).map(String),
    })),
    examples,
  };
}

/** Names as clients would see them, made unique where a catalogue holds one twice. The same document for the same tool, if `known` is given. */
export function toDocuments(tools, known = new WeakMap()) {
  const taken = new Set();
  return tools.map((each, at) => {
    const plain = `${each.server}__${each.tool}`;
    const name = taken.has(plain) ? `${plain}_${at}` : plain;
    taken.add(name);
    const document = known.get(each) ?? toDocument(each, name);
    known.set(each, document);
    return document;
  });
}

/** The scorer's `createRouter`, over ours. */
export function createScored({ createRouter, createPlanner }) {
  return (tools) => {
    const routing = createRouter();
    const known = new WeakMap();
    const documents = toDocuments(tools, known);
    routing.update(documents);
    const byName = new Map(documents.map((document) => [document.name, document]));
    const planning = createPlanner(routing);
    return {
      update: (now) => routing.update(toDocuments(now, known)),
      route(query) {
        const { candidates, servers, confidence, decision } = routing.route(query);
        return {
          tools: candidates.map(({ document: { server, tool }, score }) => ({ server, tool, score })),
          servers: servers.map(({ server }) => server),
          confidence,
          decision,
          // Worked out when it is looked at, so that the time of a route is that of a route.
          get plan() {
            return toScoredPlan(planning.plan(query).plan, byName);
          },
        };
      },
    };
  };
}

function toScoredPlan({ calls, structure }, byName) {
  const at = new Map(calls.map(({ id }, index) => [id, index]));
  return {
    steps: calls.map(({ tool }) => {
      const document = byName.get(tool);
      return { server: document?.server, tool: document?.tool };
    }),
    edges: calls.flatMap(({ dependsOn }, index) => dependsOn.map((id) => [at.get(id), index])),
    // The scorer knows no mixture: what has an order at all counts as one.
    structure: structure === 'mixed' ? 'sequential' : structure,
  };
}
