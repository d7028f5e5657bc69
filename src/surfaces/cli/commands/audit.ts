import type { AuditRow } from '../../../core/ports/audit.ts';
import { EXIT } from '../failure.ts';
import { withApp, type Session } from '../session.ts';
import { table } from '../table.ts';

/** Characters of the details that are shown; `--json` shows all. */
const CELL = 400;

export async function tailAudit(session: Session, { limit }: { readonly limit: number }): Promise<void> {
  const { terminal } = session;
  const rows = await withApp(session, ({ orchestrator: { gateway } }) =>
    gateway.operator.auditTail({ limit }),
  );
  terminal.answer({ rows }, () =>
    rows.length === 0
      ? 'Nothing was done yet.'
      : table(['#', 'at', 'who', 'what', 'details'], rows.map(toCells), terminal),
  );
}

function toCells({ seq, at, owner, kind, fields }: AuditRow): readonly string[] {
  const when = new Date(at).toISOString().slice(0, 19).replace('T', ' ');
  return [String(seq), when, owner, kind, detailsOf(fields).slice(0, CELL)];
}

/** JSON with a blank behind each comma between fields: there a line is broken, and not within an id. */
function detailsOf(fields: AuditRow['fields']): string {
  const parts = Object.entries(fields).map(
    ([key, value]) => `${JSON.stringify(key)}:${JSON.stringify(value)}`,
  );
  return `{${parts.join(', ')}}`;
}

export async function verifyAudit(session: Session): Promise<void> {
  const { rows, broken } = await withApp(session, ({ orchestrator: { gateway } }) =>
    gateway.operator.auditVerify(),
  );
  if (broken) process.exitCode = EXIT.failed;
  session.terminal.answer({ rows, valid: !broken, ...(broken && { broken }) }, () =>
    broken ? `Row ${broken.seq}: ${broken.problem}` : `${rows} row(s), each follows from the one before it.`,
  );
}
