import type { Approval } from '../kernel/approval.ts';
import type { Json } from '../kernel/json.ts';
import { isJsonObject } from '../kernel/json.ts';
import type { Approvals } from '../ports/approvals.ts';
import type { Seal } from '../ports/seal.ts';

const SEALED = '$sealed';
const QUERY = '$query';

/** Approvals whose arguments, and the question they came of, lie sealed in the store: they may hold secrets, and wait there for hours. Those kept in clear by older versions read as they are. */
export function sealedApprovals(
  kept: Approvals,
  seal: Seal,
): Pick<Approvals, 'request' | 'find' | 'list' | 'decide'> {
  const opened = (approval: Approval): Approval => {
    const { [SEALED]: sealed, [QUERY]: query, ...others } = approval.arguments;
    if (typeof sealed !== 'string' || Object.keys(others).length > 0) return approval;
    const value = seal.open(sealed, contextOf(approval));
    if (isJsonObject(value)) return { ...approval, ...questionIn(query, approval), arguments: value };
    return { ...approval, arguments: { [SEALED]: 'They were sealed with a key that is no longer here.' } };
  };
  const questionIn = (query: Json | undefined, approval: Approval): Pick<Approval, 'query'> => {
    const value = typeof query === 'string' ? seal.open(query, contextOf(approval, QUERY)) : undefined;
    return typeof value === 'string' ? { query: value } : {};
  };
  return {
    request: async ({ query, ...approval }, now) => {
      const sealed = {
        [SEALED]: seal.seal(approval.arguments, contextOf(approval)),
        ...(query !== undefined && { [QUERY]: seal.seal(query, contextOf(approval, QUERY)) }),
      };
      return opened(await kept.request({ ...approval, arguments: sealed }, now));
    },
    find: async (owner, id, now) => {
      const found = await kept.find(owner, id, now);
      return found && opened(found);
    },
    list: async (filter) => (await kept.list(filter)).map((each) => opened(each)),
    decide: async (decision) => {
      const decided = await kept.decide(decision);
      return decided && opened(decided);
    },
  };
}

function contextOf({ owner, id }: Pick<Approval, 'owner' | 'id'>, part = ''): string {
  return `approval${part}\n${owner}\n${id}`;
}
