import { TuttiError } from '../kernel/errors.ts';
import { isJsonObject, kindOf } from '../kernel/json.ts';
import type { Json, JsonObject } from '../kernel/json.ts';
import type { Misfit } from '../ports/schema.ts';
import type { CatalogEntry } from './catalog.ts';

const decoder = new TextDecoder();

// What a result has to be, by the protocol and by the word of its tool.

/**
 * What a result says is a list of parts, in every revision, and each says of which type it is. Which types there are, and what is in them, is for
 * whoever reads them: newer revisions know more. Some servers send none at all.
 *
 * @throws TuttiError `downstream/protocol`
 */
export function checkContent(entry: CatalogEntry, { content }: JsonObject): void {
  const found = content === undefined ? undefined : oddIn(content);
  if (found !== undefined) throw noResult(entry, found);
}

function noResult({ server }: CatalogEntry, found: string): TuttiError {
  return new TuttiError(
    'downstream/protocol',
    `Expected an answer of the Model Context Protocol from ${server.name}, a result whose content is an array of objects with a type each, found: ${found}. The call was made: look whether it took effect before you repeat it.`,
  );
}

function oddIn(content: Json): string | undefined {
  if (!Array.isArray(content)) return `content is ${kindOf(content)}`;
  for (const [at, part] of (content as readonly Json[]).entries()) {
    if (!isJsonObject(part)) return `content/${at} is ${kindOf(part)}`;
    const { type } = part;
    if (type === undefined) return `content/${at} has no type`;
    if (typeof type !== 'string') return `content/${at}/type is ${kindOf(type)}`;
  }
  return undefined;
}

/** @throws TuttiError `downstream/invalid-result` */
export function checkStructure(entry: CatalogEntry, value: JsonObject): void {
  const [misfit] = misfitsOf(entry, value);
  if (misfit !== undefined) throw misfitting(entry, misfit);
}

/** A larger result is kept unchecked: reading it at one go would keep everybody else waiting. */
const MAX_CHECKED_BYTES = 4_194_304;

/**
 * Both for a result that is kept instead of given, the word of its tool where it gave one: what is too large or too costly to be judged is kept as it is.
 *
 * @param breathe waits until others had their turn; called between reading and judging.
 * @throws TuttiError `downstream/protocol`, `downstream/invalid-result`
 */
export async function checkLarge(
  entry: CatalogEntry,
  bytes: Uint8Array,
  breathe: () => Promise<void>,
): Promise<void> {
  if (bytes.byteLength > MAX_CHECKED_BYTES) return;
  const value = read(entry, bytes);
  await breathe();
  checkContent(entry, value);
  const misfit = misfitsOf(entry, value).find(({ unsure }) => unsure !== true);
  if (misfit !== undefined) throw misfitting(entry, misfit);
}

/** How deep it is nested, the adapter has looked at. */
function read(entry: CatalogEntry, bytes: Uint8Array): JsonObject {
  try {
    return JSON.parse(decoder.decode(bytes)) as JsonObject;
  } catch {
    throw noResult(entry, 'the result is no JSON');
  }
}

function misfitsOf({ checkResult }: CatalogEntry, value: JsonObject): readonly Misfit[] {
  const { structuredContent, isError } = value;
  if (checkResult === undefined || structuredContent === undefined || isError === true) return [];
  return checkResult(structuredContent);
}

function misfitting({ server }: CatalogEntry, misfit: Misfit): TuttiError {
  return new TuttiError(
    'downstream/invalid-result',
    `What ${server.name} answered does not fit the schema it promises: ${misfit.path === '' ? 'the whole' : misfit.path}: ${misfit.message}`,
  );
}
