import type { Launch } from '../ports/downstream.ts';
import { decodeBase64 } from './encoding.ts';
import { CHOICE_NAME } from './secret-formats.ts';

type Named = readonly [name: string, value: string];

/** What is shorter stands in too many other words. */
const SHORTEST = 6;
const LOOSE_NAME =
  /token|key|secret|pass|pwd|credential|auth|cookie|session|signature|(?:^|[_.-])(?:sig|code|pin|otp)$/i;
const REFERENCE = /\$\{env:([^}]*)\}/;
const FLAG = /^-{1,2}([A-Za-z][\w.-]*)$/;
const INLINE = /^-{0,2}([A-Za-z][\w.-]*)(?:=|:\s+)([^]+)$/;
const SCHEME = /^(bearer|basic|token|digest|apikey)\s+([^]+)$/i;
const ADDRESS = /^[a-z][a-z0-9+.-]*:\/\//i;
/** Words, numbers with points and colons, paths. */
const PLAIN = [
  /^[A-Za-z]+(?:[-_./+, ][A-Za-z]+)*$/,
  /^[\d.:,-]{1,16}$/,
  /^(?:\.{0,2}[\\/]|~|[A-Za-z]:[\\/])/,
];
const LONGEST_WORDS = 24;
const LONG_SEGMENT = /^(?=.*\d)[\w+=.-]{16,}$/;

/**
 * What must never be read in a text about a server, because its launch gave it away: the values of `env` and `headers`, what came from a
 * variable, what stands behind the flag of a credential, and the parts of an address that hold a key. The longest come first. Of six
 * characters and more everything is secret that is called so; of the rest what is no plain word, number, path or bare address.
 */
export function ownSecrets(launch: Launch): readonly string[] {
  const found = [...valuesOf(launch)].flatMap(([name, value]) => secretsIn(name, value));
  return toSpellings(found);
}

/** The same secret as programs and servers write it: in JSON, in an address, line by line. */
export function toSpellings(secrets: readonly string[]): readonly string[] {
  const spelt = secrets.flatMap((each) => [
    each,
    JSON.stringify(each).slice(1, -1),
    encodeURIComponent(each.toWellFormed()),
    ...each.split(/[\r\n]+/).map((line) => line.trim()),
  ]);
  return [...new Set(spelt)]
    .filter((each) => each.length >= SHORTEST)
    .toSorted((a, b) => b.length - a.length);
}

function* valuesOf(launch: Launch): Generator<Named> {
  const { pinned } = launch;
  if (launch.kind === 'stdio') {
    yield* Object.entries(launch.env);
    for (const [at, arg] of launch.args.entries()) {
      yield* referred(pinned?.args?.[at], arg);
      yield* inArgument(arg, launch.args[at - 1]);
    }
    return;
  }
  yield* Object.entries(launch.headers);
  yield* referred(pinned?.url, launch.url);
  yield ['url', launch.url];
  yield ['client_secret', launch.oauth?.clientSecret ?? ''];
}

/** What the references in a text stand for. */
function referred(written: string | undefined, value: string): readonly Named[] {
  const [first = '', ...parts] = written?.split(REFERENCE) ?? [];
  if (parts.length === 0) return [];
  // Names and the text behind them take turns.
  const names = parts.filter((_, at) => at % 2 === 0);
  const texts = parts.filter((_, at) => at % 2 === 1);
  const pattern = [first, ...texts].map((each) => each.replaceAll(/[$()*+.?[\\\]^{|}]/g, String.raw`\$&`));
  const found = new RegExp(`^${pattern.join('([^]*?)')}$`).exec(value) ?? [];
  return names.map((name, at) => [name, found[at + 1] ?? '']);
}

function inArgument(arg: string, before: string | undefined): readonly Named[] {
  if (ADDRESS.test(arg)) return [['', arg]];
  const [, inlineName = '', inline = ''] = INLINE.exec(arg) ?? [];
  if (ADDRESS.test(inline) || namesSecret(inlineName)) return [[inlineName, inline]];
  const flag = FLAG.exec(before ?? '')?.[1] ?? '';
  return namesSecret(flag) && !FLAG.test(arg) ? [[flag, arg]] : [];
}

function secretsIn(name: string, value: string): readonly string[] {
  const isAddress = ADDRESS.test(value);
  if (!namesSecret(name) && (isAddress ? isBare(value) : isPlain(value))) return [];
  if (isAddress) return [value, ...partsOf(value)];
  const [, scheme = '', rest = ''] = SCHEME.exec(value) ?? [];
  const password = scheme.toLowerCase() === 'basic' ? decodeBase64(rest).split(':').slice(1).join(':') : '';
  return [value, rest, password];
}

/** Whether this is what keys are called, and not what chooses among programs, places or manners. */
function namesSecret(name: string): boolean {
  return LOOSE_NAME.test(name) && !CHOICE_NAME.test(name);
}

function isPlain(value: string): boolean {
  const [words, ...others] = PLAIN;
  return (
    (value.length <= LONGEST_WORDS && words?.test(value) === true) || others.some((each) => each.test(value))
  );
}

/** An address that holds nothing but where it leads. */
function isBare(address: string): boolean {
  return !/[@?#]/.test(address) && !address.split('/').some((each) => LONG_SEGMENT.test(each));
}

function partsOf(address: string): readonly string[] {
  if (!URL.canParse(address)) return [];
  const { username, password, pathname, searchParams, hash } = new URL(address);
  const named = [...searchParams].filter(([name, value]) => namesSecret(name) || !isPlain(value));
  const parts = [
    username,
    password,
    hash.slice(1),
    ...pathname.split('/').filter((each) => LONG_SEGMENT.test(each)),
  ];
  return [...parts.map(decoded), ...named.map(([, value]) => value)].filter((each) => each !== '');
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}
