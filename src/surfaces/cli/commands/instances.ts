import type { App } from '../../../app.ts';
import type { Decision, Entry, Instance, PassedOver, Status } from '../../../core/kernel/instance.ts';
import type { InstanceView } from '../../../core/workflow/directive.ts';
import { directiveText } from '../directive-text.ts';
import { parseJsonObject } from '../json-argument.ts';
import { withApp, type Session } from '../session.ts';
import { table } from '../table.ts';
import type { Terminal } from '../terminal.ts';
import { clean, cleanLine, wrap } from '../text.ts';

export interface ListOptions {
  readonly workflow?: string;
  readonly status?: Status;
  readonly limit: number;
  readonly cursor?: string;
}

export async function listInstances(
  session: Session,
  { workflow, status, limit, cursor }: ListOptions,
): Promise<void> {
  const { terminal } = session;
  const page = await withApp(session, ({ orchestrator, caller }) =>
    orchestrator.listInstances(caller, {
      limit,
      ...(workflow !== undefined && { workflow }),
      ...(status && { status }),
      ...(cursor !== undefined && { cursor }),
    }),
  );
  const answer = { ...page, instances: page.instances.map(shareable) };
  terminal.answer(answer, () => {
    if (page.instances.length === 0)
      return "No instances of this machine's own. `tutti run WORKFLOW` starts one.";
    const rows = page.instances.map((each) => [
      each.id,
      each.workflow,
      each.step,
      each.status,
      time(each.updatedAt),
    ]);
    const more = page.nextCursor ? [`More: --cursor ${page.nextCursor}`] : [];
    return [
      table([{ whole: 'instance' }, 'workflow', 'step', 'status', 'changed'], rows, terminal),
      ...more,
    ].join('\n');
  });
}

export async function showInstance(session: Session, id: string): Promise<void> {
  const { terminal } = session;
  const { view, journal } = await withApp(session, (app) => readInstance(app, id));
  terminal.answer({ ...view, instance: shareable(view.instance), journal }, () =>
    instanceText(view, journal, terminal),
  );
}

/** Everything that is known of an instance, as JSON whether or not it was asked for. */
export async function exportInstance(session: Session, id: string): Promise<void> {
  const { view, journal } = await withApp(session, (app) => readInstance(app, id));
  session.terminal.line(JSON.stringify({ instance: shareable(view.instance), journal }, null, 2));
}

/** Without the step token: what is printed gets shared. */
function shareable({ token: _token, ...instance }: Instance): Omit<Instance, 'token'> {
  return instance;
}

export async function readInstance(
  app: App,
  id: string,
): Promise<{ view: InstanceView; journal: readonly Entry[] }> {
  const { orchestrator, caller } = app;
  const view = await orchestrator.status(caller, id);
  const journal: Entry[] = [];
  let cursor: string | undefined;
  do {
    const page = await orchestrator.history(caller, {
      instanceId: id,
      limit: 500,
      ...(cursor !== undefined && { cursor }),
    });
    journal.push(...page.entries);
    cursor = page.nextCursor;
  } while (cursor !== undefined);
  return { view, journal };
}

function instanceText(
  { instance, directive }: InstanceView,
  journal: readonly Entry[],
  terminal: Terminal,
): string {
  const { bold, dim } = terminal.colors;
  const rows = journal.map((each) => [
    String(each.seq),
    time(each.at),
    each.kind,
    each.step,
    each.report?.outcome ?? each.report?.status ?? '',
    each.next,
    each.decision ? decisionText(each.decision) : '',
  ]);
  return [
    ...heading(instance, terminal),
    '',
    table(['#', 'at', 'kind', 'step', 'report', 'next', 'decided'], rows, terminal),
    '',
    dim('context'),
    wrap(clean(JSON.stringify(instance.context, null, 2)), terminal.width, '  '),
    '',
    bold('now'),
    directiveText(directive, terminal),
  ].join('\n');
}

/** Who decided and why; of those who were asked before, why they were not followed. */
function decisionText(decision: Decision): string {
  const { because, passed = [], dropped = [] } = decision;
  return [
    ...passed.map((each) => `${decider(each)} was asked before and not followed: ${each.because}`),
    `${decider(decision)}: ${because}`,
    ...dropped.map((each) => `not taken: ${each}`),
  ].join('; ');
}

type Decider = Pick<PassedOver, 'confidence' | 'model'> & Pick<Decision, 'by' | 'person'>;

function decider({ by, person, model, confidence }: Decider): string {
  const told = [
    person?.name,
    model?.name,
    ...(confidence === undefined ? [] : [`confidence ${confidence}`]),
  ].filter((each) => each !== undefined);
  return told.length > 0 ? `${by} (${told.join(', ')})` : by;
}

function heading(
  { id, workflow, step, status, createdAt, updatedAt, parent }: Instance,
  { colors }: Terminal,
): string[] {
  return [
    `${colors.bold(cleanLine(workflow))} ${status} at ${cleanLine(step)}`,
    colors.dim(
      `${id}  started ${time(createdAt)}  changed ${time(updatedAt)}${parent ? `  forked from ${parent}` : ''}`,
    ),
  ];
}

export interface StopOptions {
  readonly id: string;
  readonly reason?: string;
}

export async function stopInstance(
  session: Session,
  verb: 'cancel' | 'suspend',
  { id, reason }: StopOptions,
): Promise<void> {
  const { terminal } = session;
  const input = { instanceId: id, ...(reason !== undefined && { reason }) };
  const view = await withApp(session, ({ orchestrator, caller }) => orchestrator[verb](caller, input));
  terminal.answer(view, () => heading(view.instance, terminal).join('\n'));
}

export async function resumeInstance(session: Session, id: string): Promise<void> {
  const { terminal } = session;
  const directive = await withApp(session, async ({ orchestrator, caller }) => {
    const { instance } = await orchestrator.status(caller, id);
    return orchestrator.resume(caller, { instanceId: id, assumedStep: instance.step });
  });
  terminal.answer(directive, () => directiveText(directive, terminal));
}

export interface ForkOptions {
  readonly at?: string;
  readonly context?: string;
}

export async function forkInstance(
  session: Session,
  id: string,
  { at, context }: ForkOptions,
): Promise<void> {
  const { terminal } = session;
  const contextUpdates = context === undefined ? undefined : parseJsonObject(context, '--context');
  const directive = await withApp(session, ({ orchestrator, caller }) =>
    orchestrator.fork(caller, {
      instanceId: id,
      ...(at !== undefined && { atStep: at }),
      ...(contextUpdates && { contextUpdates }),
    }),
  );
  terminal.answer(
    directive,
    () => `Forked as ${directive.instanceId}\n\n${directiveText(directive, terminal)}`,
  );
}

export async function deleteInstance(
  session: Session,
  id: string,
  { force = false }: { readonly force?: boolean },
): Promise<void> {
  await withApp(session, ({ orchestrator, caller }) =>
    orchestrator.remove(caller, { instanceId: id, force }),
  );
  session.terminal.answer({ deleted: true }, () => `Deleted ${cleanLine(id)}.`);
}

function time(at: number): string {
  return new Date(at).toISOString().slice(0, 19).replace('T', ' ');
}
