import { TuttiError } from '../../kernel/errors.ts';
import { isJsonObject } from '../../kernel/json.ts';
import { redactText } from '../../policy/secrets.ts';
import type { Vault } from '../../ports/vault.ts';
import type { LearnedExample } from '../route/route.ts';

const MAX_LEARNED = 500;
const MAX_LENGTH = 300;
/** Owners that are held in memory. */
const MAX_OWNERS = 100;
const ATTEMPTS = 16;

/** What owners confirmed: it counts for their own questions alone. */
export interface Learned {
  of(owner: string): Promise<readonly LearnedExample[]>;
  remember(owner: string, examples: readonly LearnedExample[]): Promise<void>;
}

/** The newest so many of each owner, kept in the vault: processes that learn at once lose nothing of each other's. */
export function createLearned(vault: Pick<Vault, 'read' | 'replace'>): Learned {
  const known = new Map<string, readonly LearnedExample[]>();
  /** The same objects for the same examples: whoever reads them once need not read them again. */
  const keep = (owner: string, examples: readonly LearnedExample[]): readonly LearnedExample[] => {
    const before = new Map((known.get(owner) ?? []).map((each) => [each.query, each]));
    const all = examples.map((each) => {
      const same = before.get(each.query);
      return same?.tool === each.tool ? same : each;
    });
    known.delete(owner);
    const [oldest] = known.keys();
    if (known.size >= MAX_OWNERS && oldest !== undefined) known.delete(oldest);
    known.set(owner, all);
    return all;
  };
  return {
    of: async (owner) => keep(owner, examplesIn(await vault.read(nameOf(owner)))),
    remember: async (owner, examples) => {
      const fresh = examples.map(({ query, tool }) => ({
        query: redactText(query).slice(0, MAX_LENGTH),
        tool,
      }));
      for (let attempt = 1; attempt <= ATTEMPTS; attempt += 1) {
        const kept = await vault.read(nameOf(owner));
        const all = withFresh(examplesIn(kept), fresh);
        if (!(await vault.replace(nameOf(owner), kept, { examples: all.map((each) => ({ ...each })) })))
          continue;
        keep(owner, all);
        return;
      }
      throw new TuttiError(
        'store/unavailable',
        `Other processes learned something of the same owner at the same moment, ${ATTEMPTS} times in a row. Nothing was learned.`,
      );
    },
  };
}

/** The latest word about a query counts. */
function withFresh(
  before: readonly LearnedExample[],
  fresh: readonly LearnedExample[],
): readonly LearnedExample[] {
  const queries = new Set(fresh.map(({ query }) => query));
  return [...before.filter(({ query }) => !queries.has(query)), ...fresh].slice(-MAX_LEARNED);
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
