import type { Found, ServerView, ToolView } from '../../core/gateway/gateway.ts';
import type { Approval } from '../../core/kernel/approval.ts';
import { visibleJson } from '../../core/policy/clean.ts';
import { paragraphs } from './texts.ts';

// What the gateway's tools answer, for people. Descriptions come from strangers: bounded, and without what could steer a terminal.

const DESCRIPTION = 300;
const ARGUMENTS = 4000;
const NAME = 120;
const LEFT_OUT = 10;

export function foundText(found: Found, query: string): string {
  return paragraphs([toolsText(found, query), connectingText(found.connecting ?? [])]);
}

function connectingText(names: readonly string[]): string {
  if (names.length === 0) return '';
  const more = names.length - LEFT_OUT;
  const shown = names.slice(0, LEFT_OUT).join(', ');
  return `Still connecting: ${shown}${more > 0 ? `, and ${more} more` : ''}. Their tools are not known yet: ask again in a moment, there may be more.`;
}

function toolsText({ tools, confidence, connecting }: Found, query: string): string {
  if (tools.length === 0) {
    const yet = connecting === undefined ? '' : ' yet';
    return `No tool fits "${plain(query, DESCRIPTION)}"${yet}. Try other words, or look at list_servers.`;
  }
  const lines = tools.map(
    ({ name, risk, description, available }) =>
      `- ${name} (${risk}${available ? '' : ', its server is down'}): ${plain(description, DESCRIPTION)}`,
  );
  const doubt = confidence < 0.5 ? 'None of these fits well; look before you choose.\n' : '';
  return `${doubt}${lines.join('\n')}\nSee the arguments with describe_tool, then use call_tool.`;
}

export function toolText(tool: ToolView): string {
  return paragraphs([
    `${tool.name} of ${tool.server} (${tool.risk}${tool.available ? '' : ', its server is down'})`,
    plain(tool.description, ARGUMENTS),
    `Arguments: ${JSON.stringify(tool.inputSchema)}`,
  ]);
}

/** `limited`: the caller's credential names what it admits to. */
export function serversText(servers: readonly ServerView[], limited: boolean): string {
  if (servers.length === 0) {
    return limited
      ? 'Your credential admits to no server. Whoever runs Tutti can widen what it grants.'
      : 'No servers are configured. They go into mcpServers of the configuration.';
  }
  return servers.map((each) => serverText(each)).join('\n');
}

export function approvalsText(approvals: readonly Approval[]): string {
  return approvals.length === 0 ? 'No approvals.' : paragraphs(approvals.map((each) => approvalText(each)));
}

export function approvalText(approval: Approval): string {
  const given = wholeOrCounted(visibleJson(JSON.stringify(approval.arguments)));
  const decided = approval.decidedBy === null ? '' : ` by ${plain(approval.decidedBy, DESCRIPTION)}`;
  return [
    `${approval.id}: ${approval.server} ${approval.tool} is ${approval.status}${decided}.`,
    `Why: ${plain(approval.reason, DESCRIPTION)}`,
    ...(approval.query === undefined
      ? []
      : [`Of the question: ${JSON.stringify(plain(approval.query, DESCRIPTION))}`]),
    `Asked by ${plain(approval.requestedBy, DESCRIPTION)}, until ${new Date(approval.expiresAt).toISOString()}. Arguments: ${given}`,
  ].join('\n');
}

/** What is agreed to is shown as it is; where it is too long, nobody should take the beginning for all. */
function wholeOrCounted(text: string): string {
  const left = text.length - ARGUMENTS;
  return left <= 0
    ? text
    : `${text.slice(0, ARGUMENTS)}… (cut: ${left} more characters; \`tutti approvals show\` shows all)`;
}

/** Said to the model whose call has to wait. */
export function waitingText({ id, server, tool, reason }: Approval, configFile?: string): string {
  return `A person must decide on ${tool} of ${server} first: ${sentence(plain(reason, DESCRIPTION))} Nothing was sent. You cannot decide it yourself: tell the person to run \`${approveCommand(id, configFile)}\` (or deny), wait for the answer, then make the same call again with the same arguments. get_approval tells how it stands.`;
}

export function approveCommand(id: string, configFile: string | undefined): string {
  return `tutti approvals approve ${id}${configOption(configFile)}`;
}

/** Another configuration may have another store, which knows nothing of what waits here. */
export function configOption(file: string | undefined): string {
  return file === undefined ? '' : ` --config ${inShell(file)}`;
}

function inShell(word: string): string {
  if (/^[\w./:@+=-]+$/.test(word)) return word;
  return process.platform === 'win32' ? `"${word}"` : `'${word.replaceAll("'", String.raw`'\''`)}'`;
}

function sentence(text: string): string {
  return /[.!?…]$/.test(text) ? text : `${text}.`;
}

/** Without control and direction characters, in one line, and no longer than `length`. */
export function plain(text: string, length: number): string {
  const clean = text.replaceAll(/[\s\p{Cc}\p{Cf}]+/gu, ' ').trim();
  return clean.length <= length ? clean : `${clean.slice(0, length - 1)}…`;
}

function serverText(server: ServerView): string {
  const { name, status, tools, seenAt, description, error, loginUrl, held, dropped, unchecked = [] } = server;
  const left = dropped.map((each) => `${plain(each.name, NAME)} (${plain(each.reason, NAME)})`);
  const loose = [...new Set(unchecked.map((each) => plain(each.name, NAME)))];
  return [
    `- ${name}: ${status}, ${tools} tools`,
    status === 'ready' || seenAt === undefined ? '' : ` (listed ${new Date(seenAt).toISOString()})`,
    description === '' ? '' : `. ${plain(description, DESCRIPTION)}`,
    error === undefined ? '' : `. Error: ${plain(error, DESCRIPTION)}`,
    loginUrl === undefined ? '' : `. Login needed: ${plain(loginUrl, ARGUMENTS)}`,
    held.length === 0 ? '' : `. Held until approved: ${held.map((each) => each.name).join(', ')}`,
    left.length === 0 ? '' : `. Left out: ${left.slice(0, LEFT_OUT).join(', ')}`,
    left.length <= LEFT_OUT ? '' : `, and ${left.length - LEFT_OUT} more`,
    loose.length === 0 ? '' : `. With patterns that are not checked: ${loose.slice(0, LEFT_OUT).join(', ')}`,
  ].join('');
}
