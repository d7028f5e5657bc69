import { isJsonObject } from '../../kernel/json.ts';
import { redactText } from '../../policy/secrets.ts';
import type { Vault } from '../../ports/vault.ts';
import type { LearnedExample } from '../route/route.ts';

const MAX_LEARNED = 500;
const MAX_LENGTH = 300;
/** Owners that are held in memory. */
const MAX_OWNERS = 100;

/** What owners confirmed: it counts for their own questions alone. */
export interface Learned {
  of(owner: string): Promise<readonly LearnedExample[]>;
  remember(owner: string, examples: readonly LearnedExample[]): Promise<void>;
}

/** The newest so many of each owner, kept in the vault: of two processes that learn at once, the later one counts. */
export function createLearned(vault: Pick<Vault, 'read' | 'write'>): Learned {
  const known = new Map<string, readonly LearnedExample[]>();
  const keep = (owner: string, examples: readonly LearnedExample[]): void => {
    known.delete(owner);
    const [oldest] = known.keys();
    if (known.size >= MAX_OWNERS && oldest !== undefined) known.delete(oldest);
    known.set(owner, examples);
  };
  const of = async (owner: string): Promise<readonly LearnedExample[]> => {
    const before = known.get(owner);
    if (before !== undefined) return before;
    const read = examplesIn(await vault.read(nameOf(owner)));
    keep(owner, read);
    return read;
  };
  return {
    of,
    remember: async (owner, examples) => {
      const fresh = examples.map(({ query, tool }) => ({
        query: redactText(query).slice(0, MAX_LENGTH),
        tool,
      }));
      const queries = new Set(fresh.map(({ query }) => query));
      const before = (await of(owner)).filter(({ query }) => !queries.has(query));
      const all = [...before, ...fresh].slice(-MAX_LEARNED);
      keep(owner, all);
      await vault.write(nameOf(owner), { examples: all.map(({ query, tool }) => ({ query, tool })) });
    },
  };
}

function nameOf(owner: string): string {
  return `ask/learned:${owner}`;
}

function examplesIn(kept: unknown): readonly LearnedExample[] {
  const examples = isJsonObject(kept) ? kept['examples'] : undefined;
  if (!Array.isArray(examples)) return [];
  return (examples as readonly unknown[]).flatMap((each) =>
    isJsonObject(each) && typeof each['query'] === 'string' && typeof each['tool'] === 'string'
      ? [{ query: each['query'], tool: each['tool'] }]
      : [],
  );
}
