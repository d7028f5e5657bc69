import { TuttiError } from '../kernel/errors.ts';
import { isJsonObject, kindOf } from '../kernel/json.ts';
import type { Json, JsonObject } from '../kernel/json.ts';
import type { CatalogEntry } from './catalog.ts';

// What a result has to be, by the protocol and by the word of its tool.

/**
 * What a result says is a list of parts, in every revision; what is in them is for whoever reads them. Some servers send none at all.
 *
 * @throws TuttiError `downstream/protocol`
 */
export function checkContent({ server }: CatalogEntry, { content }: JsonObject): void {
  const found = content === undefined ? undefined : oddIn(content);
  if (found === undefined) return;
  throw new TuttiError(
    'downstream/protocol',
    `Expected an answer of the Model Context Protocol from ${server.name}, a result whose content is an array of objects, found: ${found}. The call was made: look whether it took effect before you repeat it.`,
  );
}

function oddIn(content: Json): string | undefined {
  if (!Array.isArray(content)) return `content is ${kindOf(content)}`;
  const odd = content.findIndex((each) => !isJsonObject(each));
  return odd === -1 ? undefined : `content/${odd} is ${kindOf(content[odd])}`;
}

/** @throws TuttiError `downstream/invalid-result` */
export function checkStructure({ checkResult, server }: CatalogEntry, value: JsonObject): void {
  const { structuredContent, isError } = value;
  if (checkResult === undefined || structuredContent === undefined || isError === true) return;
  const [misfit] = checkResult(structuredContent);
  if (misfit === undefined) return;
  throw new TuttiError(
    'downstream/invalid-result',
    `What ${server.name} answered does not fit the schema it promises: ${misfit.path === '' ? 'the whole' : misfit.path}: ${misfit.message}`,
  );
}
