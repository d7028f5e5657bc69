import type { Fault } from '../../../core/kernel/fault.ts';
import { ERROR_STATE, type Agent, type State } from '../../../core/session/agent.ts';
import { agentGraph } from '../../../core/session/lower.ts';
import { EXIT } from '../failure.ts';
import { faultLines } from '../fault-lines.ts';
import { withApp, type Session } from '../session.ts';
import { table } from '../table.ts';
import type { Terminal } from '../terminal.ts';
import { clean, cleanLine, commandWord, reflow, wrap } from '../text.ts';
import { draw, type GraphOptions } from './graph.ts';

export async function listAgents(session: Session): Promise<void> {
  const { terminal } = session;
  const agents = await withApp(session, ({ orchestrator }) => orchestrator.sessions.listAgents());
  terminal.answer({ agents }, () => {
    const rows = agents.map(({ name, description, states, isDefault, faults }) => [
      name,
      faults ? 'broken' : String(states.length),
      faults
        ? `${faults.length} fault(s): tutti agent lint ${commandWord(name)}`
        : firstSentence(description),
      isDefault ? 'default' : '',
    ]);
    return table(['agent', 'states', 'what for', ''], rows, terminal);
  });
}

function firstSentence(text: string): string {
  return /^.*?\.(?=\s|$)/s.exec(text)?.[0] ?? text;
}

export interface ShowOptions {
  readonly prompts?: boolean;
}

export async function showAgent(session: Session, name: string, { prompts }: ShowOptions): Promise<void> {
  const { terminal } = session;
  const { agent, strictness } = await withApp(session, async ({ orchestrator }, config) => {
    const found = await orchestrator.sessions.agent(name);
    return { agent: found, strictness: found.transitions ?? config.agents.transitions };
  });
  terminal.answer(toJson(agent, strictness), () =>
    [
      terminal.colors.bold(cleanLine(agent.name)),
      reflow(clean(agent.description), terminal.width),
      '',
      ...agent.states.map((state, at) => stateText(state, at, { terminal, prompts: prompts ?? false })),
      '',
      terminal.colors.dim([`transitions: ${strictness}`, ...fallNote(agent)].join('; ')),
    ].join('\n'),
  );
}

function toJson({ name, description, hash, states, warnings }: Agent, transitions: string): object {
  return {
    name,
    description,
    hash,
    transitions,
    states: states.map(({ text: _text, transitions: moves, ...state }) => ({
      ...state,
      transitions: moves.map(({ to, when, note }) => ({ to, when: when?.text, note })),
    })),
    warnings,
  };
}

/** What the table does not show. */
function fallNote({ states }: Agent): readonly string[] {
  const fall = states.find(({ name }) => name.toUpperCase() === ERROR_STATE);
  return fall ? [`${cleanLine(fall.name)} can be reached from every state`] : [];
}

interface Layout {
  readonly terminal: Terminal;
  readonly prompts: boolean;
}

function stateText(state: State, at: number, { terminal, prompts }: Layout): string {
  const { bold, cyan, dim } = terminal.colors;
  const lines = state.transitions.map(({ to, when, note }) => {
    const guard = when ? ` when ${cleanLine(when.text)}` : '';
    return `→ ${cyan(cleanLine(to))}${guard}${note === undefined ? '' : ` (${cleanLine(note)})`}`;
  });
  const tools =
    state.tools === undefined ? [] : [`tools: ${state.tools.map(cleanLine).join(', ') || 'none'}`];
  const takes = state.prompt.arguments.map(({ name }) => name).join(', ');
  return [
    `${String(at + 1).padStart(2)}. ${bold(cleanLine(state.name))} ${dim(cleanLine(state.file))}`,
    wrap(cleanLine(state.description), terminal.width, '     '),
    ...[...lines, ...tools, ...(takes === '' ? [] : [`takes: ${takes}`])].map((line) =>
      wrap(line, terminal.width, '     '),
    ),
    ...(prompts ? ['', wrap(clean(state.prompt.text), terminal.width, '     '), ''] : []),
  ].join('\n');
}

/** Draws an agent: its states and the ways between them. */
export async function drawAgent(session: Session, name: string, { format }: GraphOptions): Promise<void> {
  const { terminal } = session;
  const agent = await withApp(session, ({ orchestrator }) => orchestrator.sessions.agent(name));
  const chosen = format ?? (terminal.interactive ? 'ascii' : 'mermaid');
  const graph = draw(agentGraph(agent), chosen);
  terminal.answer({ agent: name, format: chosen, graph }, () =>
    [graph.trimEnd(), ...(chosen === 'ascii' ? fallNote(agent) : [])].join('\n'),
  );
}

interface Linted {
  readonly agent: string;
  readonly valid: boolean;
  readonly faults: readonly Fault[];
}

/** Nobody can begin a session without naming an agent. */
function lacking(agent: string): Fault {
  return {
    file: 'index.md',
    line: 1,
    code: 'index/missing',
    severity: 'error',
    message: `There is no agent ${agent}, which agents.default of the configuration names.`,
    fix: `Write it (tutti agent new ${commandWord(agent)}), or name another one.`,
  };
}

/** Lints the named agents, or all. Sets exit code 1 when one has errors. */
export async function lintAgents(session: Session, names: readonly string[]): Promise<void> {
  const { terminal } = session;
  const linted = await withApp(session, async ({ orchestrator: { sessions } }, config) => {
    const there = (await sessions.listAgents()).map(({ name }) => name);
    const { default: wanted } = config.agents;
    const isLacking = names.length === 0 && !there.includes(wanted);
    const results: Linted[] = isLacking ? [{ agent: wanted, valid: false, faults: [lacking(wanted)] }] : [];
    for (const agent of names.length > 0 ? names : there) {
      const faults = await sessions.lintAgent(agent);
      results.push({ agent, valid: faults.every(({ severity }) => severity !== 'error'), faults });
    }
    return results;
  });
  if (linted.some(({ valid }) => !valid)) process.exitCode = EXIT.failed;
  const found = linted.map(({ agent, faults }) => ({ name: agent, faults }));
  terminal.answer({ agents: linted }, () => faultLines(found, 'agent', terminal));
}
