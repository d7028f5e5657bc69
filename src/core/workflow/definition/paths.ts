import { TuttiError } from '../../kernel/errors.ts';

/** Most characters of a workflow's name: it is a folder's name. */
export const MAX_NAME_LENGTH = 64;
const MAX_PATH_LENGTH = 512;

/** Controls, invisible format characters (the bidirectional ones too), lone surrogates, line and paragraph separators. */
const UNPRINTABLE = /[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}]/u;
/** What some system reads as syntax of a path or a shell pattern. */
const SYNTAX = /[\\/:*?"<>|]/;
/** Names that Windows keeps for devices, with any ending. */
const DEVICE = /^(?:con|prn|aux|nul|conin\$|conout\$|com[0-9¹²³]|lpt[0-9¹²³])(?:\.|$)/i;

/**
 * Whether a folder may be called so: one plain path segment of at most 64 characters that begins with a letter, a digit or `_`,
 * and that means the same folder on every system.
 */
export function isWorkflowName(name: string): boolean {
  return name.length <= MAX_NAME_LENGTH && /^[\p{L}\p{N}_]/u.test(name) && isSegment(name);
}

/** @throws TuttiError `definition/outside` for what is no name of a workflow or an agent. */
export function checkDefinitionName(name: string): void {
  if (isWorkflowName(name)) return;
  const shown = name.length > MAX_NAME_LENGTH ? `${name.slice(0, MAX_NAME_LENGTH)}…` : name;
  throw new TuttiError(
    'definition/outside',
    `${JSON.stringify(shown)} is no name. Use 1 to ${MAX_NAME_LENGTH} characters: letters, digits, spaces, "_", "-" and ".", beginning with a letter, a digit or "_", not ending with a space or ".", and no name that a system keeps for a device, such as con.`,
  );
}

/** Whether this is a path inside a workflow's folder in its only spelling: `steps/build.md`, not `./steps//build.md`. */
export function isFilePath(path: string): boolean {
  return path.length <= MAX_PATH_LENGTH && path.split('/').every((segment) => isSegment(segment));
}

function isSegment(segment: string): boolean {
  return (
    segment !== '' &&
    segment.length <= 255 &&
    !segment.startsWith('.') &&
    !/[. ]$/.test(segment) &&
    !UNPRINTABLE.test(segment) &&
    !SYNTAX.test(segment) &&
    !DEVICE.test(segment)
  );
}

/**
 * Where a reference leads that stands in the file `from`: a path inside the folder, or `undefined` when it leaves the folder,
 * is absolute, is an address, or could not be a file's name.
 */
export function resolvePath(from: string, reference: string): string | undefined {
  if (reference === '' || reference.startsWith('/')) return undefined;
  const segments = from.split('/').slice(0, -1);
  for (const segment of reference.split('/')) {
    if (segment === '' || segment === '.') continue;
    if (segment !== '..') segments.push(segment);
    else if (segments.pop() === undefined) return undefined;
  }
  const path = segments.join('/');
  return isFilePath(path) ? path : undefined;
}

/** A link's address as a path: without its fragment, percent signs decoded. */
export function linkPath(href: string): string {
  const [path = ''] = href.split('#', 1);
  try {
    return decodeURIComponent(path);
  } catch {
    return path;
  }
}
