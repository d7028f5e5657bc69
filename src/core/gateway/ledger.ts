import type { Telemetry } from '../ports/telemetry.ts';
import type { After } from '../ports/timer.ts';
import type { Taking, Usage, UsageKey, UsageLog } from '../ports/usage.ts';

const FLUSH_MS = 1_000;
/** Accounts kept in memory; those with nothing outstanding leave first come, first gone. */
const MAX_ACCOUNTS = 20_000;

/** What one account has spent. */
export interface Account {
  readonly key: UsageKey;
  spent: Usage;
  /** Not written yet. */
  owed: Usage;
}

export interface Ledger {
  /** Read from the store once, then kept. A plain value when it is known already. */
  readonly account: (key: UsageKey) => Account | Promise<Account>;
  /** Read again: another process may have spent, or given back, since. */
  readonly reread: (key: UsageKey) => Promise<Account>;
  /** Spends at once, in the store, so that neither another process nor a sudden end spends it twice; `false` when a limit is in the way. */
  readonly take: (wanted: readonly Taking[]) => Promise<boolean>;
  /** Written behind. */
  readonly book: (key: UsageKey, usage: Usage) => void;
  readonly flush: () => Promise<void>;
}

const ignore = (): void => undefined;
const NOTHING: Usage = { calls: 0, costMicros: 0, ms: 0 };

/** Sums of what was spent: counted in memory, written in batches off the path of a call. */
export function createLedger(parts: {
  readonly usage: UsageLog;
  readonly after: After;
  readonly telemetry: Telemetry;
}): Ledger {
  const accounts = new Map<string, Account>();
  const loading = new Map<string, Promise<Account>>();
  const owing = new Map<string, Account>();
  let planned = false;
  let writing: Promise<void> = Promise.resolve();

  /** In line with the writes: what is owed after it was read is exactly what it does not hold yet. */
  const read = (key: UsageKey): Promise<Usage> => {
    const reading = writing.then(() => parts.usage.read(key));
    writing = reading.then(ignore, ignore);
    return reading;
  };

  const load = async (name: string, key: UsageKey): Promise<Account> => {
    try {
      const account: Account = { key, spent: await read(key), owed: NOTHING };
      const early = owing.get(name);
      if (early !== undefined) account.spent = plus(account.spent, early.owed);
      const kept: Account = early === undefined ? account : Object.assign(early, { spent: account.spent });
      accounts.set(name, kept);
      forgetOldest(accounts, owing);
      return kept;
    } finally {
      loading.delete(name);
    }
  };

  const write = async (): Promise<void> => {
    planned = false;
    const batch = Array.from(owing, ([name, account]) => ({ name, account, usage: account.owed }));
    if (batch.length === 0) return;
    owing.clear();
    for (const { account } of batch) account.owed = NOTHING;
    try {
      await parts.usage.add(batch.map(({ account, usage }) => ({ ...account.key, ...usage })));
    } catch (fault) {
      parts.telemetry.log('warn', 'usage.unwritten', { accounts: batch.length, fault });
      for (const { name, account, usage } of batch) {
        account.owed = plus(account.owed, usage);
        owing.set(name, account);
      }
      plan();
    }
  };

  const flush = (): Promise<void> => (writing = writing.then(write));
  const plan = (): void => {
    if (!planned) parts.after(FLUSH_MS, () => void flush());
    planned = true;
  };

  const find: Ledger['account'] = (key) => {
    const name = nameOf(key);
    const known = accounts.get(name) ?? loading.get(name);
    if (known !== undefined) return known;
    const coming = load(name, key);
    loading.set(name, coming);
    return coming;
  };

  return {
    account: find,
    reread: async (key) => {
      return told(accounts, key, await read(key)) ?? (await find(key));
    },
    take: async (wanted) => {
      const { granted, sums } = await parts.usage.take(wanted);
      for (const [at, sum] of sums.entries()) told(accounts, wanted[at] as Taking, sum);
      return granted;
    },
    book: (key, usage) => {
      const name = nameOf(key);
      const known = accounts.get(name) ?? owing.get(name);
      const account = known ?? { key, spent: NOTHING, owed: NOTHING };
      account.spent = plus(account.spent, usage);
      account.owed = plus(account.owed, usage);
      owing.set(name, account);
      plan();
    },
    flush,
  };
}

/** Takes what the store says of an account that is known. */
function told(accounts: ReadonlyMap<string, Account>, key: UsageKey, sum: Usage): Account | undefined {
  const known = accounts.get(nameOf(key));
  if (known !== undefined) known.spent = plus(sum, known.owed);
  return known;
}

function forgetOldest(accounts: Map<string, Account>, owing: ReadonlyMap<string, Account>): void {
  if (accounts.size <= MAX_ACCOUNTS) return;
  for (const name of accounts.keys()) {
    if (owing.has(name)) continue;
    accounts.delete(name);
    if (accounts.size <= MAX_ACCOUNTS) return;
  }
}

/** Several accounts; a plain value when none has to be waited for. */
export function accountsOf(
  ledger: Ledger,
  keys: readonly UsageKey[],
): readonly Account[] | Promise<readonly Account[]> {
  const accounts = keys.map((key) => ledger.account(key));
  return isLoaded(accounts) ? accounts : loaded(accounts);
}

function isLoaded(accounts: readonly (Account | Promise<Account>)[]): accounts is readonly Account[] {
  return accounts.every((account) => !(account instanceof Promise));
}

async function loaded(accounts: readonly (Account | Promise<Account>)[]): Promise<readonly Account[]> {
  const all: Account[] = [];
  for (const account of accounts) all.push(account instanceof Promise ? await account : account);
  return all;
}

export function plus(a: Usage, b: Usage): Usage {
  return { calls: a.calls + b.calls, costMicros: a.costMicros + b.costMicros, ms: a.ms + b.ms };
}

function nameOf({ owner, subject, windowAt }: UsageKey): string {
  return `${owner}\n${subject}\n${windowAt}`;
}
