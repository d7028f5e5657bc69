import type { Telemetry } from '../ports/telemetry.ts';
import type { After } from '../ports/timer.ts';
import type { Usage, UsageKey, UsageLog } from '../ports/usage.ts';

const FLUSH_MS = 1_000;
/** Accounts kept in memory; those with nothing outstanding leave first come, first gone. */
const MAX_ACCOUNTS = 20_000;

/** What one account has spent, with what calls under way have set aside. */
export interface Account {
  readonly key: UsageKey;
  spent: Usage;
  /** Not written yet. */
  owed: Usage;
  /** Set aside by calls that are under way. */
  reserved: Usage;
}

export interface Ledger {
  /** Read from the store once, then kept. A plain value when it is known already. */
  readonly account: (key: UsageKey) => Account | Promise<Account>;
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

  const load = async (name: string, key: UsageKey): Promise<Account> => {
    try {
      // In line with the writes: what is owed after it was read is exactly what it does not hold yet.
      const reading = writing.then(() => parts.usage.read(key));
      writing = reading.then(ignore, ignore);
      const account: Account = { key, spent: await reading, owed: NOTHING, reserved: NOTHING };
      const early = owing.get(name);
      if (early !== undefined) account.spent = plus(account.spent, early.owed);
      const kept: Account = early === undefined ? account : Object.assign(early, { spent: account.spent });
      accounts.set(name, kept);
      forgetOldest();
      return kept;
    } finally {
      loading.delete(name);
    }
  };

  const forgetOldest = (): void => {
    if (accounts.size <= MAX_ACCOUNTS) return;
    for (const [name, { reserved }] of accounts) {
      if (owing.has(name) || reserved.calls > 0) continue;
      accounts.delete(name);
      if (accounts.size <= MAX_ACCOUNTS) return;
    }
  };

  const write = async (): Promise<void> => {
    planned = false;
    const batch = [...owing.entries()].map(([name, account]) => ({ name, account, usage: account.owed }));
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
    if (planned) return;
    planned = true;
    parts.after(FLUSH_MS, () => void flush());
  };

  return {
    account: (key) => {
      const name = nameOf(key);
      const known = accounts.get(name) ?? loading.get(name);
      if (known !== undefined) return known;
      const coming = load(name, key);
      loading.set(name, coming);
      return coming;
    },
    book: (key, usage) => {
      const name = nameOf(key);
      const known = accounts.get(name) ?? owing.get(name);
      const account = known ?? { key, spent: NOTHING, owed: NOTHING, reserved: NOTHING };
      account.spent = plus(account.spent, usage);
      account.owed = plus(account.owed, usage);
      owing.set(name, account);
      plan();
    },
    flush,
  };
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

export function minus(a: Usage, b: Usage): Usage {
  return { calls: a.calls - b.calls, costMicros: a.costMicros - b.costMicros, ms: a.ms - b.ms };
}

function nameOf({ owner, subject, windowAt }: UsageKey): string {
  return `${owner}\n${subject}\n${windowAt}`;
}
