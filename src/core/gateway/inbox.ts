import type { Caller } from '../kernel/caller.ts';
import { TuttiError } from '../kernel/errors.ts';
import type { Approval, ApprovalStatus } from '../kernel/approval.ts';
import type { Approvals } from '../ports/approvals.ts';
import type { Clock } from '../ports/clock.ts';
import type { Journal } from './journal.ts';
import type { PolicySettings } from './settings.ts';

const PAGE = 100;

/** Characters of the arguments of one approval among others. */
const MAX_LISTED = 2_000;

interface Filter {
  readonly owner?: string;
  readonly status?: ApprovalStatus;
  readonly limit?: number;
}

/** The approvals there are, for callers and for the operator. */
export interface Inbox {
  list(filter: Filter): Promise<readonly Approval[]>;
  /** The same, long arguments left out. */
  listShort(filter: Filter): Promise<readonly Approval[]>;
  find(caller: Caller, id: string): Promise<Approval>;
  /** Whoever's it is. @throws TuttiError `approval/not-found`. */
  findAny(id: string): Promise<Approval>;
  decide(decision: {
    readonly id: string;
    readonly status: 'approved' | 'denied';
    readonly by: string;
  }): Promise<Approval>;
}

export function createInbox(
  clock: Clock,
  about: {
    readonly approvals: Pick<Approvals, 'find' | 'list' | 'decide'>;
    readonly journal: Journal;
    readonly policy: () => PolicySettings;
  },
): Inbox {
  const { approvals } = about;
  const list: Inbox['list'] = async ({ limit = PAGE, ...filter }) =>
    await approvals.list({ ...filter, limit, now: clock.now() });
  const known = async (id: string): Promise<Approval> =>
    (await approvals.find(undefined, id, clock.now())) ?? absent(id);
  /** @throws TuttiError in any case: why this one cannot be answered. */
  const closed = async (id: string): Promise<never> => {
    const { status } = await known(id);
    const next =
      status === 'approved'
        ? ': the same call goes through once, until that expires.'
        : '. Make the call again to ask anew.';
    throw new TuttiError('approval/closed', `The approval ${id} is ${status} already${next}`);
  };
  return {
    list,
    listShort: async (filter) => (await list(filter)).map((each) => shortened(each)),
    findAny: known,
    find: async ({ owner }, id) => (await approvals.find(owner, id, clock.now())) ?? absent(id),
    decide: async ({ id, status, by }) => {
      const now = clock.now();
      if (about.policy().fourEyes && status === 'approved') {
        const found = await known(id);
        refuseSelf(found.status === 'pending' ? found : await closed(id), by);
      }
      const decided = (await approvals.decide({ id, status, by, now })) ?? (await closed(id));
      about.journal.add({
        owner: decided.owner,
        kind: 'approval',
        fields: () => ({ approval: id, status, by, server: decided.server, tool: decided.tool }),
      });
      return decided;
    },
  };
}

function shortened(approval: Approval): Approval {
  const { length } = JSON.stringify(approval.arguments);
  if (length <= MAX_LISTED) return approval;
  const omitted = `${length} characters of arguments; get_approval tells them.`;
  return { ...approval, arguments: { omitted } };
}

function absent(id: string): never {
  throw new TuttiError(
    'approval/not-found',
    `There is no approval ${JSON.stringify(id.slice(0, 64))}. list_approvals names those there are.`,
  );
}

/** `by` is written as `cli:ada`. */
function refuseSelf({ requestedBy, owner }: Approval, by: string): void {
  const person = by.slice(by.indexOf(':') + 1);
  if (person !== requestedBy && person !== owner) return;
  throw new TuttiError(
    'approval/own',
    `${by} asked for this call, and policy.fourEyes wants somebody else to approve it. It still waits for another person.`,
  );
}
