import { isSecretName } from '../../../core/policy/secret-formats.ts';
import { hasSecret } from '../../../core/policy/secrets.ts';
import type { Entry } from './client.ts';

/** Secrets stay where they are: a reference to the environment takes the place of each. */
export interface Veil {
  /** Variables that stand for secrets so far. */
  readonly names: readonly string[];
  /** The reference that stands for a secret which is called so. */
  readonly hide: (name: string, secret: string) => string;
}

const LOOSE_NAME = /token|key|secret|password|passwd|credential|auth|cookie/i;
const FLAG_NAME = /(?:^|[_.-])(?:tokens?|keys?|secret|pass|passwd|password|pwd|credentials?|auth|cookie)$/i;
const PARAMETER_NAME = /^(?:sig|signature|code|k|t|pw)$/i;
const REFERENCE = /\$\{[^}]*\}/g;
const ADDRESS = /^(?:[a-z][a-z0-9+.-]*):\/\//i;
const INLINE =
  /^(?<before>-{0,2}(?<name>[A-Za-z][\w.-]*)(?:=|:\s*)(?:(?:bearer|basic|token)\s+)?)(?<value>.+)$/is;
const FLAG = /^--?(?<name>[A-Za-z][\w.-]*)$/;
const UUID = /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;
const PLACE = /^(?:[/.~@]|[A-Za-z]:\\)|sha\d{3}[:-]/;
const MIN_RANDOM = 16;
const MIN_SEGMENT = 20;

/** `taken` holds what the variables of other servers stand for: one name never stands for two secrets. */
export function createVeil(server: string, taken = new Map<string, string>()): Veil {
  const names: string[] = [];
  return {
    names,
    hide: (wanted, secret) => {
      const isFree = (each: string) => (taken.get(each) ?? secret) === secret;
      const [plain, own] = [toVariable(wanted), toVariable(`${server}_${wanted}`)];
      let name = [plain, own].find(isFree) ?? own;
      for (let count = 2; !isFree(name); count += 1) name = `${own}_${count}`;
      taken.set(name, secret);
      if (!names.includes(name)) names.push(name);
      return `\${env:${name}}`;
    },
  };
}

/** As variables are called: `my-server_api-key` becomes `MY_SERVER_API_KEY`. */
function toVariable(name: string): string {
  return name.replaceAll(/\W+/g, '_').toUpperCase();
}

/** Environment or headers. A name of the environment is kept as it is. */
export function veilValues(values: Entry, named: (key: string) => string, veil: Veil): Entry {
  return Object.fromEntries(
    Object.entries(values).map(([key, value]) => {
      const text = String(value);
      return [key, isSecretValue(key, text) ? veil.hide(named(key), text) : text];
    }),
  );
}

/** Of the name of a value: where in doubt, that value is a secret. */
export function soundsSecret(name: string): boolean {
  return LOOSE_NAME.test(name) || isSecretName(name);
}

/** Where in doubt, it is one. */
function isSecretValue(name: string, text: string): boolean {
  const rest = text.replaceAll(REFERENCE, '');
  if (rest === text && soundsSecret(name)) return text !== '';
  if (hasSecret(rest)) return true;
  if (ADDRESS.test(rest)) return veilAddress(rest, 'X', createVeil('X')) !== rest;
  return (
    (rest.length >= MIN_RANDOM && !/[\s/\\]/.test(rest) && isMixed(rest)) ||
    (!PLACE.test(rest) && /^[A-Za-z0-9+/_-]{20,}={0,2}$/.test(rest) && isCased(rest))
  );
}

/** What stands on a command line: values behind a flag, `name=value`, `Name: value`, addresses, and anything else that looks secret. */
export function veilArguments(args: readonly string[], server: string, veil: Veil): readonly string[] {
  return args.map((arg, at) => {
    const flag = FLAG.exec(args[at - 1] ?? '')?.groups?.['name'];
    if (flag !== undefined && isSecretFlag(flag) && !FLAG.test(arg) && !isReference(arg))
      return veil.hide(`${server}_${flag}`, arg);
    return veilArgument(arg, flag === undefined ? `${server}_arg_${at + 1}` : `${server}_${flag}`, veil);
  });
}

function veilArgument(arg: string, name: string, veil: Veil): string {
  if (ADDRESS.test(arg)) return veilAddress(arg, name, veil);
  const assigned = INLINE.exec(arg)?.groups;
  const within = assigned && veilAssigned(assigned, name.replace(/_arg_\d+$/i, ''), veil);
  if (within !== undefined) return within;
  return looksSecret(arg.replaceAll(REFERENCE, '')) ? veil.hide(name, arg) : arg;
}

function veilAssigned(
  { before = '', name: key = '', value = '' }: Readonly<Record<string, string>>,
  name: string,
  veil: Veil,
): string | undefined {
  if (isReference(value)) return undefined;
  const called = `${name}_${key}`;
  if (isSecretFlag(key) || looksSecret(value)) return before + veil.hide(called, value);
  return ADDRESS.test(value) ? before + veilAddress(value, called, veil) : undefined;
}

function looksSecret(text: string): boolean {
  return !ADDRESS.test(text) && (hasSecret(text) || looksRandom(text));
}

function isSecretFlag(name: string): boolean {
  return isSecretName(name) || FLAG_NAME.test(name);
}

function isReference(text: string): boolean {
  return text.includes('${') && text.replaceAll(REFERENCE, '').trim() === '';
}

/** An address without its password, secret parameters, and segments that look like a key. */
export function veilAddress(address: string, name: string, veil: Veil): string {
  const [, start = '', user, path = '', query = '', fragment = ''] =
    /^([^/?#]*\/\/)(?:([^/?#]*)@)?([^?#]*)(\?[^#]*)?(#.*)?$/s.exec(address) ?? [];
  const veiled = [
    start,
    user === undefined ? '' : `${veilUser(user, name, veil)}@`,
    path.replaceAll(/(?<=\/)[^/]+/g, (segment) =>
      looksLikeKey(segment) ? veil.hide(`${name}_path`, segment) : segment,
    ),
    query.replaceAll(/([?&])([^=&]*)=([^&]*)/g, (whole: string, ...[mark, key, value]: string[]) =>
      isSecretParameter(key ?? '', value ?? '')
        ? `${mark}${key}=${veil.hide(`${name}_${key}`, value ?? '')}`
        : whole,
    ),
    looksLikeKey(fragment.slice(1)) ? `#${veil.hide(`${name}_fragment`, fragment)}` : fragment,
  ].join('');
  return start === '' || hasSecret(veiled.replaceAll(REFERENCE, 'null'))
    ? veil.hide(`${name}_url`, address)
    : veiled;
}

function veilUser(user: string, name: string, veil: Veil): string {
  const colon = user.indexOf(':');
  if (colon < 0) return looksLikeKey(user) ? veil.hide(`${name}_user`, user) : user;
  const password = user.slice(colon + 1);
  return password === '' || isReference(password)
    ? user
    : `${user.slice(0, colon)}:${veil.hide(`${name}_password`, password)}`;
}

function isSecretParameter(key: string, value: string): boolean {
  if (value === '' || isReference(value)) return false;
  return isSecretFlag(key) || PARAMETER_NAME.test(key) || isSecretValue(key, decoded(value));
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}

function looksRandom(text: string): boolean {
  if (PLACE.test(text)) return false;
  return UUID.test(text) || (text.match(/[A-Za-z0-9]{16,}/g) ?? []).some((run) => isMixed(run));
}

function looksLikeKey(segment: string): boolean {
  return (
    UUID.test(segment) ||
    (segment.length >= MIN_SEGMENT &&
      /^[\w+-]+={0,2}$/.test(segment) &&
      (isMixed(segment) || isCased(segment)))
  );
}

function isMixed(text: string): boolean {
  return /[A-Za-z]/.test(text) && /\d/.test(text);
}

/** Small and capital letters where words would have one kind in a row. */
function isCased(text: string): boolean {
  return (text.match(/[a-z][A-Z]|[A-Z]{2}[a-z]/g) ?? []).length >= 3;
}
