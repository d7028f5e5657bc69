import { toMermaid } from '../../../core/workflow/graph.ts';
import { toAscii, toSvg } from '../graph.ts';
import { withApp, type Session } from '../session.ts';

export interface GraphOptions {
  /** Box-drawing characters on a terminal, else Mermaid, unless it is named. */
  readonly format?: 'mermaid' | 'ascii' | 'svg';
}

/** Draws a workflow: its steps and the ways between them. */
export async function drawWorkflow(session: Session, name: string, { format }: GraphOptions): Promise<void> {
  const { terminal } = session;
  const mermaid = await withApp(session, async (app) => toMermaid(await app.orchestrator.workflow(name)));
  const chosen = format ?? (terminal.interactive ? 'ascii' : 'mermaid');
  const graph = draw(mermaid, chosen);
  terminal.answer({ workflow: name, format: chosen, graph }, () => graph.trimEnd());
}

/** The flowchart in a format. */
export function draw(mermaid: string, format: NonNullable<GraphOptions['format']>): string {
  switch (format) {
    case 'ascii':
      return toAscii(mermaid);
    case 'svg':
      return toSvg(mermaid);
    case 'mermaid':
      return mermaid;
  }
}
