import { isJsonObject } from '../../core/kernel/json.ts';
import type { JsonObject } from '../../core/kernel/json.ts';

/** Whether what a client says of itself is as the protocol wants it. */
export type JudgeClient = (capabilities: JsonObject, clientInfo: unknown) => boolean;

/** A client says the same of itself with every request: it is judged once. */
const judged = new Map<string, boolean>();
const MAX_JUDGED = 256;
const MAX_TEXT = 4096;

let judge: JudgeClient | undefined;

/** What most clients say is plain enough. All else is for the SDK to judge, which is loaded with the first request that needs it. */
export function isKnownClient(capabilities: JsonObject, clientInfo: unknown): boolean {
  const text = JSON.stringify([capabilities, clientInfo]);
  const known = judged.get(text);
  if (known !== undefined) return known;
  const isPlain = isPlainClient(capabilities, clientInfo);
  if (!isPlain && judge === undefined) {
    void load();
    return false;
  }
  const good = isPlain || judge?.(capabilities, clientInfo) === true;
  if (text.length > MAX_TEXT) return good;
  if (judged.size >= MAX_JUDGED) judged.clear();
  judged.set(text, good);
  return good;
}

async function load(): Promise<void> {
  ({ judgeClient: judge } = await import('./client-judge.ts'));
}

const PLAIN: ReadonlyMap<string, readonly string[]> = new Map([
  ['elicitation', ['form', 'url']],
  ['sampling', ['context', 'tools']],
  ['roots', []],
]);

function isPlainClient(capabilities: JsonObject, clientInfo: unknown): boolean {
  return (
    (clientInfo === undefined || isPlainName(clientInfo)) &&
    Object.entries(capabilities).every(isPlainAbility)
  );
}

function isPlainAbility([name, value]: readonly [string, unknown]): boolean {
  const kinds = PLAIN.get(name);
  if (kinds === undefined || !isJsonObject(value)) return false;
  return Object.entries(value).every(([kind, each]) => kinds.includes(kind) && isEmpty(each));
}

function isEmpty(value: unknown): boolean {
  return isJsonObject(value) && Object.keys(value).length === 0;
}

const NAME_KEYS: ReadonlySet<string> = new Set(['name', 'title', 'version']);

function isPlainName(value: unknown): boolean {
  if (!isJsonObject(value) || typeof value['name'] !== 'string' || typeof value['version'] !== 'string')
    return false;
  return Object.entries(value).every(([key, each]) => NAME_KEYS.has(key) && typeof each === 'string');
}
