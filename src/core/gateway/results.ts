import type { Caller } from '../kernel/caller.ts';
import { TuttiError } from '../kernel/errors.ts';
import type { Json } from '../kernel/json.ts';
import { canonicalJson, checkJson, isJsonObject } from '../kernel/json.ts';
import type { Payload } from '../kernel/payload.ts';
import { toPayload } from '../kernel/payload.ts';
import { inspectResult } from '../policy/provenance.ts';
import { holdsSecret } from '../policy/secret-bytes.ts';
import type { StoredResult } from '../ports/results.ts';
import type { ResultPage, ResultQuery } from './gateway.ts';
import { isPlural, readPath } from './json-path.ts';
import type { GatewayParts } from './parts.ts';
import { MAX_GREP } from './result-address.ts';
import type { PolicySettings } from './settings.ts';

const PREFIX = 'tutti://result/';
/** How long the last result stays open. */
const OPEN_MS = 30_000;
const PAGE_BYTES = 16_384;
const HEAD_BYTES = 4_096;
const EDGE_BYTES = 512;
const MAX_LINE = 2_000;
const ANY_SIZE = Number.MAX_SAFE_INTEGER;
const encoder = new TextEncoder();
const decoder = new TextDecoder();

/** A stored result as it is looked at. */
interface LoadedResult {
  readonly server: string;
  readonly tool: string;
  /** The text of its content, or all of it as JSON where it has other content: what a reference stands for. */
  readonly text: string;
  /** The same, with its structured content below where the text is not that already: what is paged through. */
  readonly pages: string;
  /** What paths lead into: its structured content, its text where that is JSON, or the whole. */
  readonly value: () => Json;
  /** The pages in UTF-8. */
  readonly bytes: () => Uint8Array;
}

export function resultIdOf(uri: string): string {
  return uri.startsWith(PREFIX) ? uri.slice(PREFIX.length) : '';
}

/** Reads stored results; the last one stays open for a moment, so that paging through it does not parse it anew. */
export interface Shelf {
  /** @throws TuttiError `result/not-found`, for the results of others as for those that never were. */
  load(caller: Caller, id: string): Promise<LoadedResult>;
}

export function createShelf(parts: Pick<GatewayParts, 'store' | 'clock' | 'after'>): Shelf {
  let last: { readonly key: string; readonly until: number; readonly loaded: LoadedResult } | undefined;
  let keepOpen: (() => void) | undefined;
  return {
    load: async ({ owner }, id) => {
      const now = parts.clock.now();
      const key = JSON.stringify([owner, id]);
      if (last?.key === key && last.until > now) return last.loaded;
      const stored = await parts.store.results.find(owner, id, now);
      if (stored === undefined) throw absent(id);
      const loaded = toLoaded(stored);
      last = { key, until: stored.expiresAt, loaded };
      keepOpen?.();
      keepOpen = parts.after(OPEN_MS, () => {
        last = undefined;
      });
      return loaded;
    },
  };
}

function absent(id: string): TuttiError {
  const handle = JSON.stringify(id.slice(0, 64));
  return new TuttiError(
    'result/not-found',
    `There is no stored result ${handle}, or it has expired. Make the call again.`,
  );
}

function toLoaded({ server, tool, bytes }: StoredResult): LoadedResult {
  const raw = decoder.decode(bytes);
  const whole = parsed(raw);
  const text = textOf(whole) ?? raw;
  const pages = withStructure(whole, text);
  let encoded: Uint8Array | undefined;
  return {
    server,
    tool,
    text,
    pages,
    value: () => valueOf(whole, text),
    bytes: () => (encoded ??= encoder.encode(pages)),
  };
}

/** Keeps a large result, and tells of it: its head, and where to page through the rest. */
export async function storeLarge(
  parts: Pick<GatewayParts, 'store' | 'clock'>,
  bytes: Uint8Array,
  about: {
    readonly owner: string;
    readonly server: string;
    readonly tool: string;
    readonly settings: PolicySettings;
    /** The tool failed, and this is what it says of it. */
    readonly isError?: boolean;
  },
): Promise<{ readonly payload: Payload; readonly uri: string }> {
  const id = parts.clock.id();
  const at = parts.clock.now();
  const { owner, server, tool, settings, isError = false } = about;
  await parts.store.results.put({ id, owner, server, tool, at, expiresAt: at + settings.resultTtlMs, bytes });
  const uri = `${PREFIX}${id}`;
  const note = `The result has ${bytes.byteLength} bytes. This is its beginning; read ${uri} for the rest (narrowed by ?grep=WORD or ?path=$.a.b), or send {"$result": "${uri}"} as an argument, with "path", "grep", or "offset" and "limit" beside it for a part.`;
  const link = {
    type: 'resource_link',
    uri,
    name: `${server} ${tool}`,
    description: 'The whole result, in pages.',
    mimeType: 'text/plain',
    size: bytes.byteLength,
  };
  const content = [{ type: 'text', text: headOf(bytes) }, { type: 'text', text: note }, link];
  return { payload: toPayload({ content, ...(isError && { isError }) }), uri };
}

/** A page of a stored result, or of what `path` and `grep` leave of it. */
export async function readResult(
  gate: {
    readonly shelf: Shelf;
    readonly nonce: string;
    /** Lets others have their turn. */
    readonly breathe: () => Promise<void>;
    /** Hears of every page: whose it is, and whether secrets are in it. */
    readonly onRead: (page: {
      readonly server: string;
      readonly tool: string;
      readonly sensitive: boolean;
    }) => void;
  },
  caller: Caller,
  about: { readonly id: string; readonly query: ResultQuery; readonly policy: PolicySettings },
): Promise<ResultPage> {
  const { id, query, policy } = about;
  const maxBytes = policy.resultMaxBytes;
  const { offset = 0, limit = Math.min(PAGE_BYTES, maxBytes) } = query;
  checkWhole('offset', offset, { from: 0, to: ANY_SIZE });
  checkWhole('limit', limit, { from: 1, to: maxBytes });
  const loaded = await gate.shelf.load(caller, id);
  const isWhole = query.path === undefined && query.grep === undefined;
  const bytes = isWhole ? loaded.bytes() : encoder.encode(filtered(loaded, query));
  const page = pageOf(bytes, offset, limit);
  const { server, tool } = loaded;
  // A secret or an instruction that is cut in two by the end of a page is one all the same.
  const wider = bytes.subarray(
    Math.max(page.offset - EDGE_BYTES, 0),
    (page.nextOffset ?? page.totalBytes) + EDGE_BYTES,
  );
  const { text, sensitive } = inspected(page.text, {
    nonce: gate.nonce,
    loaded,
    mode: policy.injection,
    around: wider,
  });
  gate.onRead({ server, tool, sensitive: sensitive || (await holdsSecret(wider, gate.breathe)) });
  return { ...page, text };
}

/**
 * What a reference stands for: the text, or what a path leads to, and of either its lines that contain a text, as they are, or a page of it.
 * `undefined` where nothing is there.
 */
export function referred(loaded: LoadedResult, query: ResultQuery): Json | undefined {
  const { path, grep, offset, limit } = query;
  const isPage = offset !== undefined || limit !== undefined;
  if (grep !== undefined && isPage)
    throw new TuttiError(
      'input/invalid-format',
      'A reference has grep, which gives all lines with a text, or offset and limit, which give a page. Leave one out.',
    );
  if (grep !== undefined) {
    const lines = linesWith(chosenBy(path, loaded), grep).map(({ line }) => line);
    return lines.length === 0 ? undefined : lines.join('\n');
  }
  if (isPage) return pageAt(loaded, query) || undefined;
  if (path === undefined) return loaded.text;
  const found = readPath(loaded.value(), path);
  return isPlural(path) && found.length > 0 ? found : found[0];
}

function pageAt(loaded: LoadedResult, { path, offset = 0, limit = ANY_SIZE }: ResultQuery): string {
  checkWhole('offset', offset, { from: 0, to: ANY_SIZE });
  checkWhole('limit', limit, { from: 1, to: ANY_SIZE });
  const bytes = path === undefined ? loaded.bytes() : encoder.encode(chosenBy(path, loaded));
  return pageOf(bytes, offset, limit).text;
}

/** A page is read by models like any other result. */
function inspected(
  text: string,
  about: {
    readonly nonce: string;
    readonly loaded: LoadedResult;
    readonly mode: PolicySettings['injection'];
    readonly around: Uint8Array;
  },
): { readonly text: string; readonly sensitive: boolean } {
  const whole = toPayload({ content: [{ type: 'text', text }] });
  const { loaded, ...options } = about;
  const { payload, sensitive } = inspectResult(whole, {
    ...options,
    server: loaded.server,
    tool: loaded.tool,
  });
  return { text: payload === whole ? text : (textOf(payload.value) ?? ''), sensitive };
}

function filtered(loaded: LoadedResult, { path, grep }: ResultQuery): string {
  const chosen = chosenBy(path, loaded);
  if (grep === undefined) return chosen;
  return linesWith(chosen, grep)
    .map(({ line, number }) => `${number}: ${around(line, grep)}`)
    .join('\n');
}

function chosenBy(path: string | undefined, { pages, value }: LoadedResult): string {
  return path === undefined ? pages : shown(readPath(value(), path), path);
}

function shown(found: readonly Json[], path: string): string {
  const value = isPlural(path) ? found : found[0];
  if (value === undefined) return '';
  return typeof value === 'string' ? value : JSON.stringify(value, undefined, 2);
}

function linesWith(
  text: string,
  wanted: string,
): readonly { readonly line: string; readonly number: number }[] {
  const { length } = wanted;
  if (length === 0 || length > MAX_GREP) {
    const advice = length === 0 ? '' : ' Look for a shorter part of the line.';
    throw new TuttiError(
      'input/invalid-format',
      `grep must be a text of 1 to ${MAX_GREP} characters, found ${length}.${advice}`,
    );
  }
  return text.split('\n').flatMap((line, at) => (line.includes(wanted) ? [{ line, number: at + 1 }] : []));
}

function around(line: string, wanted: string): string {
  if (line.length <= MAX_LINE) return line;
  const from = Math.max(line.indexOf(wanted) - MAX_LINE / 2, 0);
  return `…${line.slice(from, from + MAX_LINE)}…`;
}

/** Whole characters only: a page may be some bytes shorter than asked for, and holds at least one character. */
function pageOf(bytes: Uint8Array, offset: number, limit: number): ResultPage {
  const totalBytes = bytes.byteLength;
  const from = characterAt(bytes, Math.min(offset, totalBytes));
  let to = characterAt(bytes, Math.min(from + limit, totalBytes));
  if (to <= from && from < totalBytes) {
    to = from + 1;
    while (to < totalBytes && isContinuation(bytes[to])) to++;
  }
  const text = decoder.decode(bytes.subarray(from, to));
  return to < totalBytes
    ? { text, offset: from, totalBytes, nextOffset: to }
    : { text, offset: from, totalBytes };
}

/** Where the character begins that stands at `at`. */
export function characterAt(bytes: Uint8Array, at: number): number {
  let start = at;
  while (start > 0 && start < bytes.byteLength && isContinuation(bytes[start])) start--;
  return start;
}

function isContinuation(byte: number | undefined): boolean {
  return byte !== undefined && (byte & 0xc0) === 0x80;
}

/** A result that is nested too deep to be walked is only a text. */
function parsed(raw: string): Json | undefined {
  try {
    return checkJson(JSON.parse(raw), 'the result', { maxDepth: 64, maxLength: Number.MAX_SAFE_INTEGER });
  } catch {
    return undefined;
  }
}

function textOf(whole: Json | undefined): string | undefined {
  if (!isJsonObject(whole) || !Array.isArray(whole['content'])) return undefined;
  const texts: string[] = [];
  for (const item of whole['content'] as readonly Json[]) {
    if (!isJsonObject(item) || item['type'] !== 'text' || typeof item['text'] !== 'string') return undefined;
    texts.push(item['text']);
  }
  return texts.length === 0 ? undefined : texts.join('\n');
}

function withStructure(whole: Json | undefined, text: string): string {
  const structured = isJsonObject(whole) ? whole['structuredContent'] : undefined;
  if (structured === undefined || textOf(whole) === undefined) return text;
  const said = parsed(text);
  if (said !== undefined && canonicalJson(said) === canonicalJson(structured)) return text;
  return `${text}\n\n${JSON.stringify(structured, undefined, 2)}`;
}

function valueOf(whole: Json | undefined, text: string): Json {
  const structured = isJsonObject(whole) ? whole['structuredContent'] : undefined;
  return structured ?? parsed(text) ?? whole ?? text;
}

/** The beginning of the first text in it, found without parsing all of it. */
function headOf(bytes: Uint8Array): string {
  const raw = decoder.decode(
    bytes.subarray(0, characterAt(bytes, Math.min(HEAD_BYTES * 2, bytes.byteLength))),
  );
  const opening = /"text"\s*:\s*"/.exec(raw);
  const begun = opening === null ? raw : unescaped(raw.slice(opening.index + opening[0].length));
  return begun.slice(0, HEAD_BYTES);
}

/** The longest readable beginning of the inside of a JSON string. */
function unescaped(inside: string): string {
  const whole = /^(?:[^"\\]|\\(?:["\\/bfnrt]|u[0-9a-fA-F]{4}))*/.exec(inside)?.[0] ?? '';
  try {
    return String(JSON.parse(`"${whole}"`));
  } catch {
    return whole;
  }
}

function checkWhole(
  name: string,
  value: number,
  { from, to }: { readonly from: number; readonly to: number },
): void {
  if (Number.isInteger(value) && value >= from && value <= to) return;
  throw new TuttiError(
    'input/invalid-type',
    `${name} must be a whole number from ${from} to ${to}, found ${value}.`,
  );
}
