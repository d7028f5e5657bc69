import type { Json, JsonObject } from '../kernel/json.ts';
import { isJsonObject } from '../kernel/json.ts';
import type { ToolDefinition } from '../ports/downstream.ts';
import type { CatalogEntry } from './catalog.ts';
import { toDefinition } from './pin.ts';

/** How a group is described: as its first member, with the group's names for parameters. */
export function toGroupTool(name: string, first: CatalogEntry): ToolDefinition {
  const definition = toDefinition(first.tool);
  return { ...definition, name, inputSchema: groupSchema(first) };
}

function groupSchema({ tool, settings }: CatalogEntry): JsonObject {
  const theirs = new Map(Object.entries(settings.parameters ?? {}).map(([ours, their]) => [their, ours]));
  if (theirs.size === 0) return tool.inputSchema;
  const rename = (name: string) => theirs.get(name) ?? name;
  const { properties, required } = tool.inputSchema;
  return {
    ...tool.inputSchema,
    ...(isJsonObject(properties) ? { properties: renamed(properties, rename) } : {}),
    ...(Array.isArray(required)
      ? { required: required.map((each: Json) => (typeof each === 'string' ? rename(each) : each)) }
      : {}),
  };
}

function renamed(properties: JsonObject, rename: (name: string) => string): JsonObject {
  return Object.fromEntries(Object.entries(properties).map(([name, schema]) => [rename(name), schema]));
}
