import type { Body, Ledger, Life, Write } from './served-sessions.ts';

/** Any one thing that an agent does with a session. */
export async function driveSession(life: Life, ledger: Ledger): Promise<void> {
  if (ledger.place.session !== undefined) {
    ledger.begun ??= begin(life, ledger).catch((fault: unknown) => {
      delete ledger.begun;
      throw fault;
    });
    await ledger.begun;
  }
  const work = WORKS[Math.floor(life.random() * WORKS.length)] as (typeof WORKS)[number];
  await work(life, ledger);
}

type Work = (life: Life, ledger: Ledger) => Promise<void>;

/** Its start may have been answered to nobody. */
async function begin(life: Life, ledger: Ledger): Promise<void> {
  const { error_code: code } = await asked(life, ledger, { tool: 'start_session' });
  if (code !== undefined && code !== 'INSTANCE_CONFLICT')
    throw new Error(`start_session: ${JSON.stringify(code)}`);
}

const append: Work = async (life, ledger) => {
  const tool = life.random() < 0.5 ? 'add_user_message' : 'add_assistant_message';
  await write(life, ledger, { kind: 'message', toAsked: (tag) => ({ tool, args: { message: tag } }) });
};

const move: Work = async (life, ledger) => {
  const to = life.random() < 0.5 ? 'A' : 'B';
  const toAsked = (tag: string) => ({ tool: 'transition_state', args: { new_state: to, reason: tag } });
  await write(life, ledger, { kind: 'move', toAsked });
};

const keep: Work = async (life, ledger) => {
  const toAsked = (tag: string) => ({ tool: 'store_task_data', args: { key: tag, value: tag } });
  await write(life, ledger, { kind: 'data', toAsked });
};

const learn: Work = async (life, ledger) => {
  const toArgs = (key: string) => ({ key, value: valueOf(key), ...spaceOf(key) });
  const toAsked = (tag: string) => ({ tool: 'store_knowledge', args: toArgs(tag) });
  const { tag } = await write(life, ledger, { kind: 'knowledge', toAsked });
  ledger.known.push(tag);
};

const forget: Work = async (life, ledger) => {
  const tag = taken(life, ledger);
  if (tag === undefined) return;
  ledger.forgotten.set(tag, false);
  const { deleted } = await call(life, ledger, {
    tool: 'delete_knowledge',
    args: { key: tag, ...spaceOf(tag) },
  });
  if (deleted !== true) life.object(`${tag}: was not there to be deleted`);
  ledger.forgotten.set(tag, true);
};

/** By a word that nothing else holds. Nobody deletes it meanwhile. */
const find: Work = async (life, ledger) => {
  const tag = taken(life, ledger);
  if (tag === undefined) return;
  const { found } = await call(life, ledger, { tool: 'search_knowledge', args: { query: wordOf(tag) } });
  const keys = keysOf(found);
  if (keys.join() !== tag) life.object(`${tag}: a search finds ${keys.join() || 'nothing'}`);
  ledger.known.push(tag);
};

/** By a word that everything holds, of whatever owner. */
const sweep: Work = async (life, ledger) => {
  const { found } = await call(life, ledger, {
    tool: 'search_knowledge',
    args: { query: COMMON, limit: 50 },
  });
  for (const key of keysOf(found))
    if (!key.startsWith(`${ledger.place.owner}/`)) life.object(`${ledger.name} finds ${key}`);
};

const remember: Work = async (life, ledger) => {
  const { messages } = await call(life, ledger, { tool: 'get_conversation_history' });
  for (const { content } of messages as readonly { readonly content: string }[])
    if (!content.startsWith(`${ledger.name}/`)) life.object(`${ledger.name} reads the message ${content}`);
};

const list: Work = async (life, { name, place }) => {
  const { sessions } = await life.call(place.owner, 'list_sessions', { limit: 500 });
  const ids = (sessions as readonly { readonly session_id: string }[]).map((each) => each.session_id);
  const own = ids.filter((id) => id.startsWith('default-'));
  const isPlain = ids.every((id) => own.includes(id) || /^s\d+$/.test(id));
  if (own.length > 1 || new Set(ids).size < ids.length || !isPlain)
    life.object(`${name} lists ${ids.join()}`);
};

/** The writes as often as they are named here. */
const WORKS: readonly Work[] = [
  append,
  append,
  append,
  move,
  move,
  keep,
  keep,
  learn,
  learn,
  learn,
  forget,
  find,
  sweep,
  remember,
  list,
];

interface Asked {
  readonly tool: string;
  readonly args?: Body;
}

interface Writing {
  readonly kind: Write['kind'];
  readonly toAsked: (tag: string) => Asked;
}

async function write(life: Life, ledger: Ledger, { kind, toAsked }: Writing): Promise<Write> {
  const sentAt = life.tick();
  const written: Write = {
    kind,
    tag: `${ledger.name}/${String(sentAt).padStart(8, '0')}`,
    sentAt,
    ackedAt: Infinity,
  };
  ledger.writes.push(written);
  await call(life, ledger, toAsked(written.tag));
  life.acknowledge(written);
  return written;
}

/** @throws Error when the server says that something is wrong. */
async function call(life: Life, ledger: Ledger, { tool, args }: Asked): Promise<Body> {
  const answer = await asked(life, ledger, { tool, ...(args && { args }) });
  if (answer['error_code'] !== undefined)
    throw new Error(`${ledger.name} ${tool}: ${JSON.stringify(answer)}`);
  return answer;
}

async function asked(life: Life, { place }: Ledger, { tool, args }: Asked): Promise<Body> {
  const within = place.session === undefined ? {} : { session_id: place.session };
  return await life.call(place.owner, tool, { ...args, ...within });
}

/** One that is known, out of the hands of all others. */
function taken(life: Life, { known }: Ledger): string | undefined {
  const [tag] = known.splice(Math.floor(life.random() * known.length), 1);
  return tag;
}

const COMMON = 'fact';

function wordOf(tag: string): string {
  return `w${tag.split('/').at(-1) ?? ''}`;
}

export function valueOf(tag: string): string {
  return `${COMMON} ${wordOf(tag)}`;
}

/** Every third is for all sessions of its owner. */
export function spaceOf(tag: string): { readonly namespace: 'session' | 'user' } {
  return { namespace: Number(tag.split('/').at(-1)) % 3 === 0 ? 'user' : 'session' };
}

function keysOf(found: unknown): readonly string[] {
  return (found as readonly { readonly key: string }[]).map(({ key }) => key);
}
