import type { Json, JsonObject } from '../kernel/json.ts';
import { decodeBase64, decodeHex, isReadable } from './encoding.ts';
import {
  ADDRESS,
  ARMOUR_BEGIN,
  ARMOUR_BODY,
  ARMOUR_END,
  ASSIGNMENT,
  FORMATS,
  HEADER,
  OPTION,
  QUERY,
  isSecretName,
} from './secret-formats.ts';

export const REDACTED = '[redacted]';

const FORMAT = new RegExp(FORMATS.map((each) => `(?:${each})`).join('|'), 'g');
/** Without one of these in it, a text holds nothing that the other patterns could find. */
const TRACE =
  /["'`]\s?\+|AKIA|ASIA|ABIA|ACCA|gh[pousr]_|github_pat|gl[a-z]{2,5}-|xox|xapp|slack\.com|[srp]k_|whsec|SG\.|shp|AIza|ya29|GOCSPX|sk-|hf_|gsk_|xai-|npm_|pypi-|dop_v1|dckr_pat|hvs\.|lin_api|ntn_|figd_|sq0|AGE-SECRET|:AA|eyJ|-----BEGIN|PuTTY|:\/\/|pass|pwd|secret|token|key|credential|auth|cookie|bearer|basic|mnemonic|seed|connection|otp|kennwort|pin/i;
const SPLIT = /["'`]\s{0,8}(?:\+|\.|\\?\n|\|\||&)?\s{0,8}["'`]/g;
const ENCODED = /[A-Za-z0-9+/_-]{24,8192}={0,2}/g;
const SHORTEST_ENCODED = 24;
const HEX_RUN = /^(?:[0-9a-fA-F]{2}){12,}$/;
const UUID_OR_HASH = /^(?:[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}|sha\d{3}[:-].*)$/i;
const PLACEHOLDER =
  /^(?:\[redacted\]|redacted|\*{3,}|x{3,}|\.{3,}|<[^>]{1,60}>|\$\{?[A-Za-z_][\w.]{0,60}\}?|\{\{?[^}]{1,60}\}\}?|%\w{1,40}%|null|none|undefined|true|false|string|number|boolean|object|required|optional|empty|unset|missing|process\.env\.\w+|os\.environ\S*|your[-_ ]\S*)$/i;
const MAX_DEPTH = 64;
const MAX_ENCODED_RUNS = 2000;
const LONGEST_SCANNED = 1_048_576;

/** The value without its secrets: known key formats, whatever is assigned to a secret's name, and members that are named so. */
export function redact(value: Json): Json {
  return redactValue(value, 0);
}

function redactValue(value: Json, depth: number): Json {
  if (typeof value === 'string') return redactText(value);
  if (value === null || typeof value !== 'object') return value;
  if (depth >= MAX_DEPTH) return REDACTED;
  if (!Array.isArray(value)) return redactMembers(value as JsonObject, depth);
  const items = value as readonly Json[];
  const plain = joinedSecret(items) ?? items.map((each) => redactValue(each, depth + 1));
  return plain.every((each, at) => each === items[at]) ? value : plain;
}

/** The very same object where nothing is secret, as mostly. */
function redactMembers(value: JsonObject, depth: number): JsonObject {
  const names = Object.keys(value);
  let isSame = true;
  const members = names.map((name) => {
    const { plain, isSecret } = keyOf(name);
    const each = value[name] as Json;
    const told = isSecret && !isPlainFlag(each) ? REDACTED : redactValue(each, depth + 1);
    isSame &&= told === each && plain === name;
    return told;
  });
  if (isSame) return value;
  return Object.fromEntries(names.map((name, at) => [keyOf(name).plain, members[at] as Json]));
}

interface Key {
  readonly plain: string;
  readonly isSecret: boolean;
}

/** Names repeat: what is known of short ones is kept, so many at most. */
const keys = new Map<string, Key>();
const MAX_KEYS = 1_000;
const LONGEST_KEPT = 64;

function keyOf(key: string): Key {
  const known = keys.get(key);
  if (known !== undefined) return known;
  const found = { plain: redactText(key), isSecret: isSecretName(key) };
  if (key.length > LONGEST_KEPT) return found;
  if (keys.size >= MAX_KEYS) keys.clear();
  keys.set(key, found);
  return found;
}

/** A key that was cut over neighbouring strings. */
function joinedSecret(values: readonly Json[]): readonly Json[] | undefined {
  if (values.length < 2 || values.length > 64) return undefined;
  const parts = values.filter((each) => typeof each === 'string' && each.length <= 512) as readonly string[];
  if (parts.length !== values.length) return undefined;
  const joined = parts.join('');
  if (!TRACE.test(joined) || !matches(FORMAT, joined) || parts.some((each) => matches(FORMAT, each)))
    return undefined;
  return values.map(() => REDACTED);
}

function isPlainFlag(value: Json): boolean {
  return value === null || typeof value === 'boolean' || value === '';
}

/** Names, ids and digests repeat: short texts in which nothing was found, so many at most. */
const innocent = new Set<string>();
const MAX_INNOCENT = 500;
const LONGEST_INNOCENT = 128;

/** The text with {@link REDACTED} in the place of every secret; the same string when there is none. */
export function redactText(text: string): string {
  if (text.length < 6 || innocent.has(text)) return text;
  const plain = withoutSecrets(text);
  if (plain === text && text.length <= LONGEST_INNOCENT) {
    if (innocent.size >= MAX_INNOCENT) innocent.clear();
    innocent.add(text);
  }
  return plain;
}

function withoutSecrets(text: string): string {
  const isLong = text.length > LONGEST_SCANNED;
  const known = isLong ? text.slice(0, LONGEST_SCANNED) : text;
  const plain = withoutEncoded(TRACE.test(known) ? redactKnown(known) : known);
  return isLong ? `${plain}${REDACTED}` : plain;
}

/** Whether {@link redactText} would change the text. */
export function hasSecret(text: string): boolean {
  return redactText(text) !== text;
}

function redactKnown(text: string): string {
  const unsplit = redactSplit(redactArmour(text).replaceAll(FORMAT, REDACTED));
  return unsplit
    .replaceAll(ADDRESS, (whole: string, before: string, value: string) =>
      PLACEHOLDER.test(value) ? whole : before + REDACTED,
    )
    .replaceAll(HEADER, (whole: string, before: string, value: string) =>
      isSecretValue(value, before) ? before + REDACTED : whole,
    )
    .replaceAll(QUERY, (whole: string, before: string, value: string) =>
      PLACEHOLDER.test(value) ? whole : before + REDACTED,
    )
    .replaceAll(OPTION, (whole: string, before: string, value: string) =>
      PLACEHOLDER.test(value) ? whole : before + REDACTED,
    )
    .replaceAll(ASSIGNMENT, (...match: readonly (string | undefined)[]) =>
      assigned(match[0] ?? '', match[1] ?? '', match[2] ?? match[3] ?? ''),
    );
}

/** Private keys, to the end of their armour or of what looks like one. */
function redactArmour(text: string): string {
  if (!text.includes('-----BEGIN ')) return text;
  let plain = '';
  let from = 0;
  let isClosed = true;
  for (const begin of text.matchAll(ARMOUR_BEGIN)) {
    if (begin.index < from) continue;
    const body = begin.index + begin[0].length;
    ARMOUR_END.lastIndex = body;
    const end: RegExpExecArray | null = isClosed ? ARMOUR_END.exec(text) : null;
    isClosed = end !== null;
    ARMOUR_BODY.lastIndex = body;
    ARMOUR_BODY.test(text);
    const cut = Math.max(body, ARMOUR_BODY.lastIndex);
    plain += text.slice(from, begin.index) + REDACTED;
    from = end !== null && end.index - body <= MAX_ARMOUR ? end.index + end[0].length : cut;
  }
  return plain + text.slice(from);
}

const MAX_ARMOUR = 32_768;
const STRONG_NAME = /pass|pwd|secret|api|private|credential|kennwort|mnemonic|connection/i;
const WEAK_NAME_MAX = 15;

function assigned(whole: string, before: string, value: string): string {
  const bare = value.replaceAll(/^\\?["'`]|\\?["'`]$/g, '');
  const name = nameIn(before);
  if (bare === '' || bare.startsWith('[redacted') || PLACEHOLDER.test(bare) || !isSecretName(name))
    return whole;
  const isStrong = STRONG_NAME.test(name);
  const isQuoted = bare.length !== value.length;
  if (isQuoted && (isStrong || bare.length >= WEAK_NAME_MAX)) return before + REDACTED;
  return looksChosen(bare, !isQuoted && isStrong && before.includes('=')) ? before + REDACTED : whole;
}

function nameIn(before: string): string {
  const name = /[\w.-]+(?=["'\\]{0,2}\s*(?:=|:|\s))/.exec(before.trimStart())?.[0] ?? before;
  return name.replaceAll(/^[^A-Za-z0-9]+/g, '');
}

/** Not a word of prose such as "token: required": it has digits, signs or both cases in it, or stands behind an equals sign. */
function looksChosen(value: string, assignedFirmly: boolean): boolean {
  if (value.length < 4) return false;
  if (assignedFirmly) return true;
  return (
    value.length >= 6 &&
    /\d|[^\w.,:;!?'-]|[a-z][A-Z]/.test(value) &&
    !/^\d{1,7}[.,]?\d*$|^[a-z]+[.,;:!?)]*$/i.test(value)
  );
}

function isSecretValue(value: string, before: string): boolean {
  if (PLACEHOLDER.test(value)) return false;
  if (/^basic/i.test(before))
    return value.length >= 12 && /[A-Z0-9=]/.test(value) && decodeBase64(value).includes(':');
  return /\d/.test(value) || entropyBits(value) > 3.6;
}

/** Keys cut over adjacent string literals or wrapped lines. */
function redactSplit(text: string): string {
  if (!text.includes('"') && !text.includes("'") && !text.includes('\n') && !text.includes('`')) return text;
  const joins: { at: number; length: number }[] = [];
  let joined = '';
  let from = 0;
  for (const match of text.matchAll(SPLIT)) {
    joined += text.slice(from, match.index);
    joins.push({ at: joined.length, length: match[0].length });
    from = match.index + match[0].length;
  }
  joined += text.slice(from);
  if (joins.length > 0 && matches(FORMAT, joined)) return joined.replaceAll(FORMAT, REDACTED);
  return redactWrapped(text);
}

const WRAPPED =
  /((?:AKIA|ASIA|gh[pousr]_|github_pat_|glpat-|xox[abeoprs]-|[sr]k_live_|AIza|sk-|npm_|eyJ)[A-Za-z0-9_.-]{0,200})[ \t]{0,4}\\?\r?\n[ \t]{0,16}([A-Za-z0-9_.-]{8,255})/g;

function redactWrapped(text: string): string {
  if (!text.includes('\n')) return text;
  return text.replaceAll(WRAPPED, (whole: string, first: string, second: string) =>
    matches(FORMAT, first + second) ? REDACTED : whole,
  );
}

function withoutEncoded(text: string): string {
  if (text.length < SHORTEST_ENCODED) return text;
  let runs = 0;
  return text.replaceAll(ENCODED, (run) => {
    if (++runs > MAX_ENCODED_RUNS || UUID_OR_HASH.test(run)) return run;
    return hidesSecret(run) ? REDACTED : run;
  });
}

function hidesSecret(run: string): boolean {
  if (HEX_RUN.test(run)) return isKnown(decodeHex(run));
  if (/^[a-z_/-]+$|^[A-Z_]+$/.test(run)) return false;
  return isKnown(decodeBase64(run));
}

function isKnown(decoded: string): boolean {
  return isReadable(decoded) && TRACE.test(decoded) && redactKnown(decoded) !== decoded;
}

function matches(pattern: RegExp, text: string): boolean {
  pattern.lastIndex = 0;
  const found = pattern.test(text);
  pattern.lastIndex = 0;
  return found;
}

/** Bits of surprise in each character. */
function entropyBits(text: string): number {
  const counts = new Map<string, number>();
  for (const each of text) counts.set(each, (counts.get(each) ?? 0) + 1);
  let bits = 0;
  for (const count of counts.values()) bits -= (count / text.length) * Math.log2(count / text.length);
  return bits;
}
