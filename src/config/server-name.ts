import { isReserved } from '../core/gateway/names.ts';

const MAX_LENGTH = 40;
const GROUP_MAX_LENGTH = 64;
const ALLOWED = /^[A-Za-z0-9](?:[A-Za-z0-9_-]*[A-Za-z0-9])?$/;

/** What is wrong with the name of a server, if anything. `others` are the good names before it. */
export function nameFault(name: string, others: readonly string[]): string | undefined {
  if (name === '') return 'expected the name of a server as key, found an empty string';
  const better = suggestion(name);
  const instead = better === undefined ? '' : `; call it "${better}"`;
  const odd = Array.from(name).find((each) => !/[\w-]/.test(each));
  if (odd !== undefined) {
    return `expected a name of letters, digits, "-" and "_", found ${characterText(odd)}${instead}`;
  }
  if (name.includes('__')) return `expected a name without "__", which parts server and tool${instead}`;
  if (name.length > MAX_LENGTH)
    return `expected a name of at most ${MAX_LENGTH} characters, found ${name.length}`;
  if (!ALLOWED.test(name)) return `expected a name that begins and ends with a letter or a digit${instead}`;
  if (name.toLowerCase() === 'tutti' || name in {}) return 'this name is reserved; choose another one';
  const twin = others.find((other) => skeleton(other) === skeleton(name));
  return twin === undefined
    ? undefined
    : `the name looks like "${twin}"; choose one that nobody mixes up with it`;
}

/** A name as a person may see it, whatever it holds. */
export function shownName(name: string, maxLength = 64): string {
  return name.slice(0, maxLength).replaceAll(/[^\u0020-\u007E]/gu, characterCode);
}

function characterText(character: string): string {
  return /[\u0021-\u007E]/.test(character) ? `"${character}"` : `the character ${characterCode(character)}`;
}

function characterCode(character: string): string {
  return `U+${(character.codePointAt(0) ?? 0).toString(16).toUpperCase().padStart(4, '0')}`;
}

/** Equal for names that a person may take for each other. */
export function skeleton(name: string): string {
  return name
    .replaceAll('I', 'l')
    .toLowerCase()
    .replaceAll(/[_-]/g, '')
    .replaceAll('1', 'l')
    .replaceAll('0', 'o')
    .replaceAll('rn', 'm')
    .replaceAll('vv', 'w');
}

function suggestion(name: string): string | undefined {
  // oxlint-disable-next-line no-control-regex -- everything but ASCII goes
  if (/[^\u0000-\u007F]/.test(name)) return undefined;
  const better = name
    .replaceAll(/[^\w-]+/g, '-')
    .replaceAll(/__+/g, '_')
    .replaceAll(/^[_-]+|[_-]+$/g, '')
    .slice(0, MAX_LENGTH);
  return ALLOWED.test(better) ? better : undefined;
}

/** What is wrong with the name of a group, if anything. Without `__` it is never the name of a server's tool. */
export function groupFault(name: string): string | undefined {
  const found = JSON.stringify(shownName(name));
  if (!/^[A-Za-z0-9_-]+$/.test(name) || name.length > GROUP_MAX_LENGTH)
    return `expected a name of at most ${GROUP_MAX_LENGTH} letters, digits, "_" and "-", found ${found}`;
  if (name.includes('__')) return `expected a name without "__", which parts server and tool, found ${found}`;
  if (isReserved(name) || name in {}) return `expected another name: ${found} is one of Tutti's own`;
  return undefined;
}
