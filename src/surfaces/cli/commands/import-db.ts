import { resolve } from 'node:path';
import { withApp, type Session } from '../session.ts';
import { cleanLine } from '../text.ts';

/** Takes over instances and journals from a database in the published schema. */
export async function importDb(session: Session, file: string): Promise<void> {
  const report = await withApp(session, (app) => app.importDatabase(resolve(file)));
  const { imported, present, entries, skipped } = report;
  session.terminal.answer(report, () =>
    [
      `Imported ${imported} instance(s) with ${entries} journal entries; ${present} were there already.`,
      ...skipped.map(({ instance, workflow, reason }) =>
        cleanLine(`Left out ${instance} (${workflow}): ${reason}`),
      ),
    ].join('\n'),
  );
}
