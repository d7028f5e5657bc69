import { userInfo } from 'node:os';
import type { Gateway } from '../../../core/gateway/gateway.ts';
import type { Approval, ApprovalStatus } from '../../../core/kernel/approval.ts';
import { visibleJson } from '../../../core/policy/clean.ts';
import { toWireApproval } from '../../mcp/gateway-wire.ts';
import { EXIT } from '../failure.ts';
import { confirm } from '../prompt.ts';
import { withApp, type Session } from '../session.ts';
import { table } from '../table.ts';
import type { Terminal } from '../terminal.ts';
import { cleanLine, wrap } from '../text.ts';

export interface ListOptions {
  readonly status?: ApprovalStatus;
  readonly limit: number;
}

/** Characters of the arguments in a list; `approvals show` shows all. */
const CELL = 120;

/** Everybody's: whoever may read the store is its operator. */
export async function listApprovals(session: Session, options: ListOptions): Promise<void> {
  const { terminal } = session;
  const approvals = await withApp(session, ({ orchestrator: { gateway } }) =>
    gateway.operator.approvals(options),
  );
  terminal.answer({ approvals: approvals.map(toWireApproval) }, () => {
    if (approvals.length === 0) return 'Nothing waits for a person.';
    const isAsked = approvals.some(({ query }) => query !== undefined);
    const rows = approvals.map((each) => rowOf(each, isAsked));
    const question = isAsked ? ['question'] : [];
    const headings = [{ whole: 'approval' }, 'status', 'call', 'arguments', 'why', ...question, 'until'];
    return [table(headings, rows, terminal), 'All of one: tutti approvals show ID'].join('\n');
  });
}

function rowOf(approval: Approval, isAsked: boolean): readonly string[] {
  const { id, status, server, tool, reason, query = '', expiresAt } = approval;
  const args = excerpt(visibleJson(JSON.stringify(approval.arguments)));
  const question = isAsked ? [excerpt(query)] : [];
  return [id, status, `${server} ${tool}`, args, reason, ...question, time(expiresAt)];
}

function excerpt(text: string): string {
  return text.length > CELL ? `${text.slice(0, CELL)}…` : text;
}

export async function showApproval(session: Session, id: string): Promise<void> {
  const { terminal } = session;
  const approval = await withApp(session, ({ orchestrator: { gateway } }) => approvalOf(gateway, id));
  terminal.answer({ approval: toWireApproval(approval) }, () => approvalText(approval, terminal));
}

export interface DecideOptions {
  readonly yes?: boolean;
}

/** Shows the whole call and asks; without a terminal somebody must say `--yes`. */
export async function approveCall(
  session: Session,
  id: string,
  { yes = false }: DecideOptions,
): Promise<void> {
  const { terminal } = session;
  const { approval, agreed, held } = await withApp(session, async ({ orchestrator: { gateway } }) => {
    if (!yes) {
      const shown = await approvalOf(gateway, id);
      // Of one that is answered already, the reason is told below.
      if (shown.status === 'pending' && !(await agrees(shown, terminal)))
        return { approval: shown, agreed: false, held: false };
    }
    const decided = await gateway.operator.decide(id, 'approved', operatorName());
    return { approval: decided, agreed: true, held: await isHeld(gateway, decided) };
  });
  if (!agreed) process.exitCode = EXIT.refused;
  terminal.answer({ approval: toWireApproval(approval), ...(held && { held }) }, () =>
    agreed
      ? [
          ...(terminal.interactive && !yes ? [] : [approvalText(approval, terminal)]),
          held
            ? `Approved, but ${cleanLine(`${approval.server} ${approval.tool}`)} is held: nothing is sent before \`tutti lock diff\` was looked at and \`tutti lock approve\` let it through. Then the same call, made again, goes through once.`
            : 'Approved: the same call, made again, goes through once.',
        ].join('\n')
      : 'Nothing was approved. `--yes` says so without a terminal.',
  );
}

/** Whether the tool waits for a person as well, as far as that is known without asking its server. */
async function isHeld({ operator }: Gateway, { server, tool }: Approval): Promise<boolean> {
  return (await operator.held(false)).some(
    (each) =>
      each.server === server && (each.kind === 'server' || (each.kind === 'tool' && each.name === tool)),
  );
}

async function agrees(approval: Approval, terminal: Terminal): Promise<boolean> {
  terminal.note(approvalText(approval, terminal));
  return terminal.interactive && (await confirm('Let exactly this call be made, once? Type yes: '));
}

export async function denyCall(session: Session, id: string): Promise<void> {
  const { terminal } = session;
  const approval = await withApp(session, ({ orchestrator: { gateway } }) =>
    gateway.operator.decide(id, 'denied', operatorName()),
  );
  terminal.answer({ approval: toWireApproval(approval) }, () =>
    [approvalText(approval, terminal), 'Denied.'].join('\n'),
  );
}

async function approvalOf({ operator }: Gateway, id: string): Promise<Approval> {
  return await operator.approval(id);
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
    ...(approval.query === undefined
      ? []
      : [wrap(`Of the question: ${JSON.stringify(cleanLine(approval.query))}`, terminal.width)]),
    // Not wrapped: where a line is broken, blanks could be lost.
    visibleJson(JSON.stringify(approval.arguments, null, 2)).replaceAll(/^/gm, '  '),
  ].join('\n');
}

export function time(at: number): string {
  return new Date(at).toISOString().slice(0, 19).replace('T', ' ');
}
