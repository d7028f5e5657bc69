import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, relative, sep } from 'node:path';
import { TuttiError } from '../../../core/kernel/errors.ts';
import { playAgent, type AgentResult } from '../demo/agent.ts';
import { demonstrate, type Result, type Stage } from '../demo/demonstration.ts';
import { playGate, type GateResult } from '../demo/gate.ts';
import { hasGit } from '../demo/repository.ts';
import { createScore, type Score } from '../demo/score.ts';
import { EXIT } from '../failure.ts';
import type { Session } from '../session.ts';

const DEADLINE_MS = 60_000;

const NEXT: readonly (readonly [command: string, what: string])[] = [
  ['init', 'bring the servers of the clients on this machine'],
  ['ask "…" --plan', 'see how a question would be answered by your servers'],
  ['workflows list', 'the workflows that ship'],
  ['workflows graph REFACTOR_WITH_TESTS', 'the one you just saw'],
  ['run JOKE_GENERATOR', 'be the client yourself'],
  ['workflows new MY_WORKFLOW', 'write your own'],
];

/** Plays the whole demonstration, or the one act of it about agents. */
export async function demo(session: Session, act?: 'agent'): Promise<void> {
  if (act === 'agent') return await perform(session, async (stage) => rate(await playAgent(stage)));
  if (!hasGit()) {
    throw new TuttiError(
      'program/missing',
      'The demonstration works on a Git repository: expected `git` on the PATH, found none. Install Git, then try again.',
    );
  }
  await perform(session, async (stage) => {
    const startedAt = performance.now();
    const gate = await playGate(stage);
    const agent = await playAgent(stage);
    const result = await demonstrate(stage);
    conclude(stage.score, { ...result, ...gate }, (performance.now() - startedAt) / 1000);
    rate(agent);
  });
}

/** A task that did not come to its end is a failure. */
function rate({ state }: AgentResult): void {
  if (state !== 'IDLE') process.exitCode = EXIT.failed;
}

/** Sets the stage in a temporary folder and leaves nothing behind, however it ends. */
async function perform({ terminal }: Session, play: (stage: Stage) => Promise<void>): Promise<void> {
  const score = createScore(terminal);
  const folder = mkdtempSync(join(tmpdir(), 'tutti-demo-'));
  const interrupt = new AbortController();
  const onSignal = () => interrupt.abort(new Error('interrupted'));
  process.on('SIGINT', onSignal).on('SIGTERM', onSignal);
  try {
    const signal = AbortSignal.any([interrupt.signal, AbortSignal.timeout(DEADLINE_MS)]);
    await play({ folder, score, signal });
  } catch (error) {
    if (!interrupt.signal.aborted) throw error;
    process.exitCode = EXIT.interrupted;
    terminal.note('tutti: interrupted; everything the demonstration made is removed.');
  } finally {
    process.off('SIGINT', onSignal).off('SIGTERM', onSignal);
    rmSync(folder, { recursive: true, force: true, maxRetries: 5 });
  }
}

function conclude(score: Score, result: Result & GateResult, seconds: number): void {
  const { status, commit, testsPassed, servers, answeredBy, written } = result;
  const by = [...score.decided].map(([who, count]) => `${count} by ${who}`).join(', ');
  score.say(
    `${status}: commit "${commit}", tests ${testsPassed ? 'green' : 'red'}, ${seconds.toFixed(1)} s.`,
  );
  score.say(
    [
      'What happened',
      `${servers} servers were spoken to through one gate, and ${answeredBy} of them answered one question in words.`,
      'What overwrites a file waited until a person approved exactly that call.',
      'An agent finished a task that it began with another server: its state, its conversation and what it knew were kept.',
      `${score.directives} directives went out over MCP, and each next step was decided from the workflow's own sentences (${by}): no model, no key.`,
      'Every move was on disk before it was answered, so nothing was lost when both processes were killed.',
    ].join('\n'),
  );
  const width = Math.max(...NEXT.map(([command]) => command.length));
  const commands = NEXT.map(([command, what]) => `  ${thisProgram()} ${command.padEnd(width)}  ${what}`);
  score.say(['What to try next', ...commands].join('\n'));
  score.say(
    [
      'Any MCP client starts Tutti with',
      '  {"mcpServers": {"tutti": {"command": "npx", "args": ["-y", "tutti"]}}}',
    ].join('\n'),
  );
  if (status !== 'COMPLETED' || !testsPassed || !written || answeredBy < 2) process.exitCode = EXIT.failed;
}

/** How a person starts again what runs now. */
function thisProgram(): string {
  const path = process.argv[1] ?? '';
  const node = process.env['TUTTI_BOOTSTRAPPED'] ? 'npx -y -p node@24 -- node' : 'node';
  if (path.endsWith('.ts')) return `${node} ${relative('.', path)}`;
  return path.split(sep).includes('_npx') ? 'npx -y tutti' : 'tutti';
}
