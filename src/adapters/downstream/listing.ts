import { LEFT_OUT } from '../../core/kernel/custom-tool.ts';
import { TuttiError } from '../../core/kernel/errors.ts';
import { isJsonObject } from '../../core/kernel/json.ts';
import type { Json, JsonObject } from '../../core/kernel/json.ts';
import type { DownstreamAnswer, Offer, ToolDefinition } from '../../core/ports/downstream.ts';
import { withSafeIcons } from './icons.ts';
import type { Listed } from './icons.ts';
import { scanHeaderParams } from './mcp-headers.ts';
import type { MirroredParam } from './mcp-headers.ts';
import { toPlain } from './wire.ts';
import type { Greeting } from './wire.ts';

/** Makes one request of a listing. */
export type Ask = (method: string, params: JsonObject) => Promise<DownstreamAnswer>;

export interface Listing {
  readonly offer: Offer;
  /** By tool, where any are wanted. */
  readonly mirrored: ReadonlyMap<string, readonly MirroredParam[]>;
}

type Dropped = { name: string; reason: string }[];

const MAX_PAGES = 100;
const MAX_ITEMS = 10_000;
const MAX_LISTING_BYTES = 32 * 1_048_576;
const MAX_CURSOR = 4_096;
const MAX_SCHEMA_BYTES = 65_536;
const MAX_ITEM_BYTES = 262_144;
const MAX_SCHEMA_DEPTH = 32;
const MAX_DROPPED = 1_000;
const MAX_REASON = 500;
const TOOL_NAME = /^[A-Za-z0-9_.-]{1,128}$/;

/**
 * Everything that a server offers, page by page, each item on its own: a malformed one is left out and reported.
 *
 * @param isOurs It is a program of ours: what it says that it left out is reported. Anybody else could tell models there whatever he likes.
 * @throws TuttiError `downstream/protocol` when the tools cannot be listed.
 */
export async function listOffer(greeting: Greeting, ask: Ask, isOurs = false): Promise<Listing> {
  const { era, serverInfo, capabilities, instructions } = greeting;
  const dropped: Dropped = [];
  const mirrored = new Map<string, readonly MirroredParam[]>();
  const budget = { bytes: MAX_LISTING_BYTES };
  const list = (method: string, key: string) => collect({ method, key, ask, budget, dropped, isOurs });
  const has = (name: string) => isJsonObject(capabilities[name]);

  const optional = async (name: string, method: string, key: string) =>
    has(name)
      ? list(method, key).catch((error: unknown) => {
          if (!(error instanceof TuttiError) || error.code !== 'downstream/protocol') throw error;
          drop(dropped, method, error.message);
          return [];
        })
      : [];
  const [toolItems, prompts, resources, templates] = await Promise.all([
    has('tools') ? list('tools/list', 'tools') : [],
    optional('prompts', 'prompts/list', 'prompts'),
    optional('resources', 'resources/list', 'resources'),
    optional('resources', 'resources/templates/list', 'resourceTemplates'),
  ]);
  return {
    mirrored,
    offer: {
      era,
      serverInfo,
      capabilities,
      ...(instructions !== undefined && { instructions }),
      tools: toTools(toolItems, { dropped, mirrored }),
      prompts: toItems(prompts, { kind: 'prompt', key: 'name', maxLength: 256, dropped }),
      resources: toItems(resources, { kind: 'resource', key: 'uri', maxLength: 4_096, dropped }),
      resourceTemplates: toItems(templates, {
        kind: 'template',
        key: 'uriTemplate',
        maxLength: 4_096,
        dropped,
      }),
      dropped,
    },
  };
}

interface Collecting {
  readonly method: string;
  readonly key: string;
  readonly ask: Ask;
  readonly budget: { bytes: number };
  readonly dropped: Dropped;
  readonly isOurs: boolean;
}

async function collect({ method, key, ask, budget, dropped, isOurs }: Collecting): Promise<Json[]> {
  const items: Json[] = [];
  const seen = new Set<string>();
  let cursor: string | undefined;
  for (let page = 0; page < MAX_PAGES; page += 1) {
    const answer = await ask(method, cursor === undefined ? {} : { cursor }).catch((error: unknown) => {
      throw lateList(method, error);
    });
    const value = toPage(method, answer);
    budget.bytes -= value.bytes;
    const found = value.page[key];
    if (!Array.isArray(found))
      throw new TuttiError('downstream/protocol', `${method}: expected a list of ${key}.`);
    if (isOurs) dropped.push(...leftOutBy(value.page));
    const room = MAX_ITEMS - items.length;
    items.push(...(found as readonly Json[]).slice(0, room));
    if (found.length > room) break;
    const next = value.page['nextCursor'];
    if (typeof next !== 'string' || next === '') return items;
    if (next.length > MAX_CURSOR || seen.has(next)) {
      drop(dropped, method, 'its pages go round in circles, or their cursor is too long');
      return items;
    }
    if (items.length >= MAX_ITEMS || budget.bytes <= 0) break;
    seen.add(next);
    cursor = next;
  }
  drop(dropped, method, `only the first ${items.length} items were taken; there are more than we list`);
  return items;
}

/** Where a server connected and then said nothing: what it was asked, and what gives it longer. */
function lateList(method: string, error: unknown): unknown {
  if (!(error instanceof TuttiError && error.code === 'downstream/timeout')) return error;
  const message = `${method}: ${error.message} Raise the server's \`connectMs\` when it needs more time to say what it offers.`;
  return new TuttiError(error.code, message, { cause: error, data: error.data });
}

/** What a server says that it left out itself. */
function leftOutBy({ _meta: meta }: JsonObject): Dropped {
  const told = isJsonObject(meta) ? meta[LEFT_OUT] : undefined;
  return (Array.isArray(told) ? (told as readonly Json[]) : []).slice(0, MAX_DROPPED).flatMap((each) => {
    const { name, reason } = isJsonObject(each) ? each : {};
    if (typeof name !== 'string' || typeof reason !== 'string') return [];
    return [{ name: toPlain(name, 128), reason: toPlain(reason, MAX_REASON) }];
  });
}

function toPage(method: string, answer: DownstreamAnswer): { page: JsonObject; bytes: number } {
  if (answer.kind === 'result') return { page: answer.payload.value, bytes: answer.payload.bytes.length };
  const found =
    answer.kind === 'error'
      ? `error ${answer.error.code}: ${toPlain(answer.error.message, 200)}`
      : `an answer of the kind ${answer.kind}`;
  throw new TuttiError('downstream/protocol', `${method}: expected a list, found ${found}.`);
}

function toTools(
  items: readonly Json[],
  { dropped, mirrored }: { dropped: Dropped; mirrored: Map<string, readonly MirroredParam[]> },
): ToolDefinition[] {
  const tools = new Map<string, ToolDefinition>();
  for (const item of items) {
    const name = isJsonObject(item) ? item['name'] : undefined;
    const label = toPlain(typeof name === 'string' ? name : 'a tool without a name', 128);
    const tool = toTool(item);
    if (typeof tool === 'string') drop(dropped, label, tool);
    else if (tools.has(tool.name)) drop(dropped, label, 'another tool has the same name');
    else {
      const scan = scanHeaderParams(tool.inputSchema);
      if (scan.kind === 'invalid') drop(dropped, label, scan.reason);
      else {
        tools.set(tool.name, pictured(tool, label, dropped));
        if (scan.params.length > 0) mirrored.set(tool.name, scan.params);
      }
    }
  }
  return [...tools.values()];
}

/** The tool, or what is wrong with it. */
function toTool(item: Json): ToolDefinition | string {
  if (!isJsonObject(item)) return 'it is no object';
  const fault = faultOfForm(item);
  if (fault !== undefined) return fault;
  const inputSchema = toArgumentSchema(item['inputSchema']);
  if (typeof inputSchema === 'string') return inputSchema;
  const { outputSchema } = item;
  const tooBig =
    faultOfSize('inputSchema', inputSchema) ??
    (isJsonObject(outputSchema) ? faultOfSize('outputSchema', outputSchema) : undefined) ??
    (JSON.stringify(item).length > MAX_ITEM_BYTES ? `it is longer than ${MAX_ITEM_BYTES} bytes` : undefined);
  if (tooBig !== undefined) return tooBig;
  return inputSchema === item['inputSchema']
    ? (item as ToolDefinition)
    : ({ ...item, inputSchema } as unknown as ToolDefinition);
}

function faultOfForm({
  name,
  description,
  title,
  annotations,
  outputSchema,
}: JsonObject): string | undefined {
  if (typeof name !== 'string' || !TOOL_NAME.test(name)) {
    return 'its name is not made of 1 to 128 letters, digits, dots, hyphens and underscores';
  }
  if (![description, title].every((each) => each === undefined || typeof each === 'string')) {
    return 'its description is no text';
  }
  if (annotations !== undefined && !isJsonObject(annotations)) return 'its annotations are no object';
  return outputSchema === undefined || isJsonObject(outputSchema)
    ? undefined
    : 'its outputSchema is no object';
}

/** Its root says that it describes an object, as clients demand: one that does not would make them drop every tool. */
function toArgumentSchema(schema: Json | undefined): JsonObject | string {
  if (!isJsonObject(schema)) return 'its inputSchema is no object';
  const { type } = schema;
  if (type === 'object') return schema;
  const fits = type === undefined || (Array.isArray(type) && type.includes('object'));
  return fits ? { ...schema, type: 'object' } : 'its arguments are no object';
}

function faultOfSize(name: string, schema: JsonObject): string | undefined {
  if (depthOf(schema) > MAX_SCHEMA_DEPTH)
    return `its ${name} is nested more than ${MAX_SCHEMA_DEPTH} levels deep`;
  return JSON.stringify(schema).length > MAX_SCHEMA_BYTES
    ? `its ${name} is longer than ${MAX_SCHEMA_BYTES} bytes`
    : undefined;
}

function depthOf(value: Json): number {
  let deepest = 0;
  const open: { value: Json; depth: number }[] = [{ value, depth: 1 }];
  for (let item = open.pop(); item !== undefined; item = open.pop()) {
    if (item.value === null || typeof item.value !== 'object') continue;
    deepest = Math.max(deepest, item.depth);
    for (const each of Object.values(item.value)) open.push({ value: each, depth: item.depth + 1 });
  }
  return deepest;
}

interface ItemRules {
  readonly kind: string;
  /** The member that names it. */
  readonly key: string;
  readonly maxLength: number;
  readonly dropped: Dropped;
}

function toItems(items: readonly Json[], { kind, key, maxLength, dropped }: ItemRules): JsonObject[] {
  const kept = new Map<string, JsonObject>();
  for (const item of items) {
    const name = isJsonObject(item) ? item[key] : undefined;
    if (!isJsonObject(item) || typeof name !== 'string' || name === '' || name.length > maxLength) {
      drop(dropped, kind, `its ${key} is missing, no text, or too long`);
    } else if (toPlain(name, maxLength) !== name) {
      drop(dropped, kind, `its ${key} holds characters that people cannot see`);
    } else if (depthOf(item) > MAX_SCHEMA_DEPTH || JSON.stringify(item).length > MAX_ITEM_BYTES) {
      drop(dropped, toPlain(name, 128), `the ${kind} is too large or nested too deeply`);
    } else if (kept.has(name)) drop(dropped, toPlain(name, 128), `another ${kind} has the same ${key}`);
    else kept.set(name, pictured(item, toPlain(name, 128), dropped));
  }
  return [...kept.values()];
}

function pictured<T extends Listed>(item: T, name: string, dropped: Dropped): T {
  const safe = withSafeIcons(item);
  if (safe !== item)
    drop(
      dropped,
      `icons of ${name}`,
      'they are no list of pictures at https or data: addresses; the others are kept',
    );
  return safe;
}

function drop(dropped: Dropped, name: string, reason: string): void {
  if (dropped.length < MAX_DROPPED) dropped.push({ name, reason });
}
