import { userInfo } from 'node:os';
import type { Approval, ApprovalStatus } from '../../../core/kernel/approval.ts';
import { withApp, type Session } from '../session.ts';
import { table } from '../table.ts';
import type { Terminal } from '../terminal.ts';
import { clean, cleanLine, wrap } from '../text.ts';

export interface ListOptions {
  readonly status?: ApprovalStatus;
  readonly limit: number;
}

/** Everybody's: whoever may read the store is its operator. */
export async function listApprovals(session: Session, options: ListOptions): Promise<void> {
  const { terminal } = session;
  const approvals = await withApp(session, ({ orchestrator: { gateway } }) =>
    gateway.operator.approvals(options),
  );
  terminal.answer({ approvals }, () => {
    if (approvals.length === 0) return 'Nothing waits for a person.';
    const rows = approvals.map((each) => [
      each.id,
      each.status,
      `${each.server} ${each.tool}`,
      each.reason,
      time(each.expiresAt),
    ]);
    return table(['approval', 'status', 'call', 'why', 'until'], rows, terminal);
  });
}

export async function decideApproval(session: Session, verb: 'approve' | 'deny', id: string): Promise<void> {
  const { terminal } = session;
  const status = verb === 'approve' ? 'approved' : 'denied';
  const approval = await withApp(session, ({ orchestrator: { gateway } }) =>
    gateway.operator.decide(id, status, operatorName()),
  );
  terminal.answer({ approval }, () =>
    [
      approvalText(approval, terminal),
      verb === 'approve' ? 'Approved: the same call, made again, goes through once.' : 'Denied.',
    ].join('\n'),
  );
}

/** How decisions at the terminal are signed. */
export function operatorName(): string {
  return `cli:${userInfo().username}`;
}

/** Everything that a person needs to decide: the exact arguments, whole. */
export function approvalText(approval: Approval, terminal: Terminal): string {
  const { bold, dim } = terminal.colors;
  return [
    `${bold(cleanLine(`${approval.server} ${approval.tool}`))} ${approval.risk}, ${approval.status}`,
    dim(cleanLine(`${approval.id}  asked by ${approval.requestedBy}  until ${time(approval.expiresAt)}`)),
    cleanLine(approval.reason),
    wrap(clean(JSON.stringify(approval.arguments, null, 2)), terminal.width, '  '),
  ].join('\n');
}

function time(at: number): string {
  return new Date(at).toISOString().slice(0, 19).replace('T', ' ');
}
