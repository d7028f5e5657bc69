import { wordsOfName } from '../../policy/words.ts';
import type { RouteDocument } from '../route/route.ts';

const MAX_DESCRIPTION = 1_500;
const MAX_PARAMETERS = 24;
const MAX_TEXT = 2_500;

/** Grows with every change of {@link textOfTool}: vectors of texts that were made otherwise are none of these. */
export const TEXT_VERSION = 1;

/**
 * What a tool says of itself, as a text whose meaning is looked at. Whose it is stands not in it: two servers that offer the same tool are
 * never told apart by what they mean, and their vectors are one.
 */
export function textOfTool({ tool, title, description, parameters }: RouteDocument): string {
  const taken = parameters
    .slice(0, MAX_PARAMETERS)
    .map(({ name, description: told }) => `${wordsOfName(name).join(' ')} ${told.slice(0, 120)}`.trim())
    .map((each) => each.replace(/\.$/, ''));
  const parts = [
    wordsOfName(tool).join(' '),
    title,
    description.slice(0, MAX_DESCRIPTION),
    taken.length > 0 ? `Takes ${taken.join(', ')}` : '',
  ];
  return parts
    .map((part) => part.trim().replace(/\.$/, ''))
    .filter((part) => part !== '')
    .join('. ')
    .slice(0, MAX_TEXT);
}
