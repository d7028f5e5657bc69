import type { ChangedWorkflow } from '../../../config/locked-workflows.ts';
import { requireTrust } from '../../../config/trust.ts';
import type { App } from '../../../app.ts';
import type { HeldByServer } from '../../../core/gateway/gateway.ts';
import { configOption } from '../../mcp/gateway-texts.ts';
import { EXIT } from '../failure.ts';
import { confirm } from '../prompt.ts';
import { withApp, type Session } from '../session.ts';
import type { Terminal } from '../terminal.ts';
import { clean, cleanLine } from '../text.ts';
import { operatorName, time } from './approvals.ts';

/** Writes the lock file anew from what is pinned. */
export async function writeLock(session: Session): Promise<void> {
  const { terminal, globals } = session;
  const { file, held, unreachable } = await withApp(session, async (app, config) => {
    requireTrust(config);
    const waiting = await lookAtAll(app);
    return { file: await app.writeLock(), ...waiting };
  });
  terminal.answer({ file, held, unreachable }, () =>
    [
      held.length === 0
        ? `Wrote ${file}.`
        : `Wrote ${file}, without ${held.length} item(s) that nobody approved: tutti lock diff${configOption(globals.config)}`,
      ...unreachableText(unreachable),
    ].join('\n'),
  );
}

export interface DiffOptions {
  /** Show as much of each definition as whoever approves is shown. */
  readonly all?: boolean;
}

/**
 * Shows what is held, and what of the workflows is not as it was locked. Sets exit code 1 when there is something, or a server could not be
 * looked at.
 */
export async function diffLock(session: Session, { all = false }: DiffOptions): Promise<void> {
  const { terminal } = session;
  const shown = await withApp(session, look);
  const { unreachable } = shown;
  if (isAny(shown) || unreachable.length > 0) process.exitCode = EXIT.failed;
  terminal.answer({ ...shown }, () =>
    [
      ...(!isAny(shown) && unreachable.length > 0
        ? []
        : [shownText(all ? shown : { ...shown, held: shortened(shown.held, session) }, session)]),
      ...unreachableText(unreachable),
    ].join('\n\n'),
  );
}

/** Lines of a definition that are shown of one item, and of all together: each item is named, however many there are. */
const ITEM_LINES = 60;
const ALL_LINES = 300;

/** For looking around: who is asked to approve is shown more. */
function shortened(held: readonly HeldByServer[], { globals }: Session): readonly HeldByServer[] {
  const how = `tutti lock diff --all${configOption(globals.config)}`;
  let room = ALL_LINES;
  return held.map((item) => {
    const lines = Math.min(ITEM_LINES, room);
    if (item.diff.length <= lines) {
      room -= item.diff.length;
      return item;
    }
    room -= lines;
    const { diff, leftOut = 0, ...rest } = item;
    const left = diff.length - lines;
    const shown = leftOut === 0 ? '' : `, the next ${left} of them`;
    const more = `… ${left + leftOut} more line(s)${shown}: ${how}`;
    return { ...rest, diff: [...diff.slice(0, lines), more] };
  });
}

interface Unreachable {
  readonly server: string;
  readonly error: string;
}

/** What is held, and the servers of which nobody knows what they offer now. */
async function lookAtAll({
  orchestrator: { gateway },
  caller,
}: App): Promise<{ readonly held: readonly HeldByServer[]; readonly unreachable: readonly Unreachable[] }> {
  const held = await gateway.operator.held(true);
  const servers = await gateway.listServers(caller);
  const unreachable = servers.flatMap(({ name: server, error }) =>
    error === undefined ? [] : [{ server, error }],
  );
  return { held, unreachable };
}

function unreachableText(unreachable: readonly Unreachable[]): readonly string[] {
  if (unreachable.length === 0) return [];
  const lines = unreachable.map(({ server, error }) => `  ${cleanLine(server)}: ${cleanLine(error)}`);
  return [['Not compared, since they could not be looked at:', ...lines].join('\n')];
}

interface Shown {
  readonly held: readonly HeldByServer[];
  readonly workflows: readonly ChangedWorkflow[];
  readonly unreachable: readonly Unreachable[];
}

async function look(app: App): Promise<Shown> {
  const workflows = await app.changedWorkflows();
  return { ...(await lookAtAll(app)), workflows };
}

const isAny = ({ held, workflows }: Shown): boolean => held.length + workflows.length > 0;

export interface ApproveOptions {
  readonly yes?: boolean;
}

/** Shows what would be approved, asks, and pins just that. Without a terminal somebody must say `--yes`. */
export async function approveLock(
  session: Session,
  what: string | undefined,
  { yes = false }: ApproveOptions,
): Promise<void> {
  const { terminal, globals } = session;
  const approved = await withApp(session, async (app, config) => {
    requireTrust(config);
    const { operator } = app.orchestrator.gateway;
    const shown = await look(app);
    if (!yes && isAny(shown) && !(await agrees(shown, what, session))) return undefined;
    const hashes = shown.held.map(({ hash }) => hash);
    const pinned = await operator.approvePins(what, operatorName(), hashes);
    // Who agrees to a server or a tool says nothing of workflows.
    const workflows = what === undefined ? shown.workflows : [];
    await app.refreshLock(workflows);
    return { pinned: [...pinned, ...workflows.map(({ name }) => name)], left: await lookAtAll(app) };
  });
  if (!approved) {
    process.exitCode = EXIT.refused;
    terminal.answer({ approved: [] }, () => 'Nothing was approved. `--yes` says so without a terminal.');
    return;
  }
  const { pinned, left } = approved;
  // Of a server that could not be looked at, nobody knows that nothing is held: what was approved is a part.
  const isPart = left.unreachable.some(({ server }) => isMeant(what, server));
  if (isPart) process.exitCode = EXIT.failed;
  terminal.answer({ approved: pinned, ...left }, () =>
    [
      pinned.length === 0
        ? `Nothing was approved${isPart ? '.' : ': nothing of it is held.'}`
        : `Approved ${pinned.length}: ${pinned.map(cleanLine).join(', ')}`,
      // A server that may be started at last shows only then what it offers.
      ...(left.held.length > 0
        ? [`${left.held.length} item(s) are held still: tutti lock diff${configOption(globals.config)}`]
        : []),
      ...unreachableText(left.unreachable),
    ].join('\n'),
  );
}

function isMeant(what: string | undefined, server: string): boolean {
  return what === undefined || what === server || what.startsWith(`${server}__`);
}

async function agrees(shown: Shown, what: string | undefined, session: Session): Promise<boolean> {
  const { terminal } = session;
  // Whoever agrees should know of what he sees nothing.
  terminal.note([shownText(shown, session), ...unreachableText(shown.unreachable)].join('\n\n'));
  return terminal.interactive && (await confirm(`Approve ${cleanLine(what ?? 'all of it')}? Type yes: `));
}

function shownText({ held, workflows }: Pick<Shown, 'held' | 'workflows'>, session: Session): string {
  const { terminal, globals } = session;
  const { colors } = terminal;
  const changed = workflows.map(({ name, locked, hash }) =>
    [
      `${colors.bold(`workflow ${cleanLine(name)}`)}: changed since it was locked; it is used as it is now`,
      paint(`-${clean(locked)}`, colors),
      paint(`+${hash}`, colors),
    ].join('\n'),
  );
  if (changed.length > 0)
    changed.push(`Agree to changed workflows with: tutti lock approve${configOption(globals.config)}`);
  return (held.length === 0 && changed.length > 0 ? changed : [heldText(held, session), ...changed]).join(
    '\n\n',
  );
}

function heldText(held: readonly HeldByServer[], { terminal, globals }: Session): string {
  const { colors } = terminal;
  if (held.length === 0) return 'Nothing is held: what servers offer is what was approved.';
  const parts = held.map(({ server, kind, name, reason, findings, diff, leftOut, seenAt }) =>
    [
      `${colors.bold(cleanLine(`${server} ${kind} ${name}`))}: ${reason}`,
      ...(seenAt === undefined
        ? []
        : [`  A Tutti that runs saw it at ${time(seenAt)}; a server just started does not show it.`]),
      ...findings.map((finding) => `  ${colors.yellow(cleanLine(finding))}`),
      ...diff.map((line) => paint(clean(line), colors)),
      ...(leftOut === undefined ? [] : [`    … ${leftOut} more lines`]),
    ].join('\n'),
  );
  return `${parts.join('\n\n')}\n\nApprove with: tutti lock approve [server | server__tool]${configOption(globals.config)}`;
}

function paint(line: string, colors: Terminal['colors']): string {
  if (line.startsWith('+')) return colors.green(`  ${line}`);
  return line.startsWith('-') ? colors.red(`  ${line}`) : `  ${line}`;
}
