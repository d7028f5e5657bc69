import { spaceOf, valueOf } from './served-load.ts';
import type { Body, Ledger, Life, Write } from './served-sessions.ts';

const AT_ONCE = 16;
const ITEMS = 1_000;

/** Asks every owner for everything of theirs, and for something of somebody else's. */
export async function examineSessions(life: Life, ledgers: readonly Ledger[]): Promise<readonly string[]> {
  const problems: string[] = [];
  const byOwner = [...Map.groupBy(ledgers, ({ place }) => place.owner).values()];
  const open = [...byOwner.entries()];
  const examineNext = async (): Promise<void> => {
    for (let next = open.pop(); next !== undefined; next = open.pop()) {
      const [at, own] = next;
      const stranger = byOwner[(at + 1) % byOwner.length]?.[0]?.place.owner ?? '';
      problems.push(...(await examineOwner(life, own, stranger)));
    }
  };
  await Promise.all(Array.from({ length: AT_ONCE }, examineNext));
  return problems;
}

async function examineOwner(
  life: Life,
  own: readonly Ledger[],
  stranger: string,
): Promise<readonly string[]> {
  const owner = own[0]?.place.owner ?? '';
  const found: string[] = [];
  for (const ledger of own) found.push(...(await examineOne(life, ledger, stranger)));
  const everywhere = await knowledgeOf(life, owner, { namespace: 'user' });
  const about = { name: owner, writes: own.flatMap(({ writes }) => writes), namespace: 'user' } as const;
  const forgotten = new Map(own.flatMap((ledger) => [...ledger.forgotten]));
  return [...found, ...compareKnowledge(everywhere, { ...about, forgotten })];
}

interface Item {
  readonly kind: string;
  readonly seq?: number;
  readonly content?: string;
  readonly because?: string;
  readonly keys?: readonly string[];
}

async function examineOne(life: Life, ledger: Ledger, stranger: string): Promise<readonly string[]> {
  const { place, name, writes, forgotten } = ledger;
  const within = place.session === undefined ? {} : { session_id: place.session };
  const timeline = await life.call(place.owner, 'session_timeline', { limit: ITEMS, ...within });
  if (timeline['error_code'] !== undefined)
    return writes.filter(isAcknowledged).map(({ tag }) => `${tag}: ${String(timeline['error_code'])}`);
  const items = timeline['items'] as readonly Item[];
  const messages = items.filter(({ kind }) => kind === 'message');
  const problems = [
    ...compare(
      ledger,
      'message',
      messages.map(({ content = '' }) => content),
    ),
    ...compare(
      ledger,
      'move',
      items.filter(({ kind }) => kind === 'transition').map(({ because = '' }) => because),
    ),
    ...compare(
      ledger,
      'data',
      items.flatMap(({ kind, keys = [] }) => (kind === 'data' ? keys : [])),
    ),
  ];
  if (timeline['is_cut'] === true) problems.push(`${name}: more happened than its timeline holds`);
  if (messages.some(({ seq }, at) => seq !== at + 1)) problems.push(`${name}: gaps in the conversation`);
  const { keys } = await life.call(place.owner, 'list_task_data_keys', within);
  const noted = items.flatMap(({ kind, keys: each = [] }) => (kind === 'data' ? each : []));
  if ((keys as readonly string[]).toSorted().join() !== noted.toSorted().join())
    problems.push(`${name}: the journal and the task data differ`);
  const entries = await knowledgeOf(life, place.owner, { namespace: 'session', ...within });
  problems.push(...compareKnowledge(entries, { name, writes, forgotten, namespace: 'session' }));
  return [
    ...problems,
    ...(await examineStranger(life, ledger, { stranger, id: String(timeline['session_id']) })),
  ];
}

/** Names of sessions may be the same; the ids of the owners' own ones are not. */
async function examineStranger(
  life: Life,
  { place, name }: Ledger,
  { stranger, id }: { readonly stranger: string; readonly id: string },
): Promise<readonly string[]> {
  if (place.session !== undefined || stranger === place.owner) return [];
  const seen = await life.call(stranger, 'get_conversation_history', { session_id: id });
  return seen['error_code'] === 'SESSION_NOT_FOUND' ? [] : [`${stranger} sees ${name} as ${id}`];
}

/** What was acknowledged is there; everything is there once at most, is of this session, and stands behind what was over before it was sent. */
function compare({ name, writes }: Ledger, kind: Write['kind'], there: readonly string[]): readonly string[] {
  const problems: string[] = [];
  const own = new Map(writes.filter((each) => each.kind === kind).map((each) => [each.tag, each]));
  const seen = new Set<string>();
  let latestSentAt = 0;
  for (const tag of there) {
    const written = own.get(tag);
    if (!written) problems.push(`${name} sees a ${kind} of ${tag}`);
    else if (seen.has(tag)) problems.push(`${tag}: the ${kind} is there twice`);
    else if (written.ackedAt < latestSentAt) problems.push(`${tag}: the ${kind} stands behind later ones`);
    seen.add(tag);
    latestSentAt = Math.max(latestSentAt, written?.sentAt ?? 0);
  }
  for (const written of own.values())
    if (isAcknowledged(written) && !seen.has(written.tag))
      problems.push(`${written.tag}: the ${kind} is lost`);
  return problems;
}

function isAcknowledged({ ackedAt }: Write): boolean {
  return ackedAt < Infinity;
}

type Known = ReadonlyMap<string, unknown>;

async function knowledgeOf(life: Life, owner: string, where: Body): Promise<Known> {
  const entries = new Map<string, unknown>();
  for (let after: unknown; ;) {
    const args = { ...where, ...(after !== undefined && { after }) };
    const page = await life.call(owner, 'export_knowledge', args);
    for (const { key, value } of page['knowledge'] as readonly {
      readonly key: string;
      readonly value: unknown;
    }[])
      entries.set(key, value);
    after = page['next_key'];
    if (after === undefined) return entries;
  }
}

interface Expected extends Pick<Ledger, 'name' | 'writes' | 'forgotten'> {
  readonly namespace: 'session' | 'user';
}

function compareKnowledge(there: Known, { name, writes, forgotten, namespace }: Expected): readonly string[] {
  const problems: string[] = [];
  const own = writes.filter(({ kind, tag }) => kind === 'knowledge' && spaceOf(tag).namespace === namespace);
  for (const write of own) {
    const { tag } = write;
    const value = there.get(tag);
    const isDeleted = forgotten.get(tag);
    if (value === undefined && isAcknowledged(write) && isDeleted === undefined)
      problems.push(`${tag}: the knowledge is lost`);
    if (value !== undefined && isDeleted === true) problems.push(`${tag}: was deleted, and is there`);
    if (value !== undefined && value !== valueOf(tag))
      problems.push(`${tag}: holds ${JSON.stringify(value)}`);
  }
  const tags = new Set(own.map(({ tag }) => tag));
  for (const key of there.keys()) if (!tags.has(key)) problems.push(`${name} knows ${key}`);
  return problems;
}
