import type { Json } from '../kernel/json.ts';
import { isJsonObject } from '../kernel/json.ts';
import type { CatalogEntry } from './catalog.ts';
import type { RouteDocument, RouteParameter } from './route/route.ts';

const MAX_PARAMETERS = 200;
const MAX_CHOICES = 100;

const known = new WeakMap<CatalogEntry, RouteDocument>();

/** A tool as the router reads it: made once for each entry. */
export function toRouteDocument(entry: CatalogEntry): RouteDocument {
  const before = known.get(entry);
  if (before !== undefined) return before;
  const { name, server, tool, settings } = entry;
  const document = {
    name,
    server: server.name,
    tool: tool.name,
    title: textOf(tool.title),
    description: textOf(tool.description),
    serverDescription: server.description ?? '',
    parameters: parametersOf(tool.inputSchema['properties']),
    examples: settings.examples,
    ...(tool.annotations?.['deprecated'] === true && { isDeprecated: true }),
  };
  known.set(entry, document);
  return document;
}

function parametersOf(properties: Json | undefined): readonly RouteParameter[] {
  if (!isJsonObject(properties)) return [];
  return Object.entries(properties)
    .slice(0, MAX_PARAMETERS)
    .map(([name, schema]) => ({
      name,
      description: isJsonObject(schema) ? textOf(schema['description']) : '',
      choices: choicesIn(schema),
    }));
}

function choicesIn(schema: Json | undefined): readonly string[] {
  const choices = isJsonObject(schema) ? schema['enum'] : undefined;
  if (!Array.isArray(choices)) return [];
  return (choices as readonly Json[])
    .slice(0, MAX_CHOICES)
    .flatMap((each) => (typeof each === 'string' || typeof each === 'number' ? [String(each)] : []));
}

function textOf(value: unknown): string {
  return typeof value === 'string' ? value : '';
}
