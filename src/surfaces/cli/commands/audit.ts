import { isJsonObject } from '../../../core/kernel/json.ts';
import type { Json } from '../../../core/kernel/json.ts';
import { EXIT } from '../failure.ts';
import { withApp, type Session } from '../session.ts';
import { table } from '../table.ts';

export async function tailAudit(session: Session, { limit }: { readonly limit: number }): Promise<void> {
  const { terminal } = session;
  const rows = await withApp(session, ({ orchestrator: { gateway } }) =>
    gateway.operator.auditTail({ limit }),
  );
  terminal.answer({ rows }, () =>
    rows.length === 0
      ? 'Nothing was done yet.'
      : table(['#', 'at', 'who', 'what', 'details'], rows.filter(isJsonObject).map(toCells), terminal),
  );
}

function toCells(row: { readonly [key: string]: Json }): readonly string[] {
  const at = new Date(Number(row['at'])).toISOString().slice(0, 19).replace('T', ' ');
  return [
    String(row['seq']),
    at,
    String(row['owner']),
    String(row['kind']),
    JSON.stringify(row['fields']).slice(0, 400),
  ];
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
