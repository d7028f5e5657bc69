import { fork, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { messageSchema, type Order, type WireDirective } from './message.ts';
import { createRepository, execute, git } from './repository.ts';
import type { Score } from './score.ts';

export interface Stage {
  /** A folder of its own, removed by the caller. */
  readonly folder: string;
  readonly score: Score;
  readonly signal: AbortSignal;
}

/** What came of it, read from the repository afterwards. */
export interface Result {
  readonly status: string;
  readonly commit: string;
  readonly testsPassed: boolean;
}

/** Two client processes and one workflow: the first is killed in the middle of a step, the second goes on. */
export async function demonstrate({ folder, score, signal }: Stage): Promise<Result> {
  const repository = join(folder, 'shop');
  const config = join(folder, 'tutti.config.json');
  createRepository(repository);
  writeFileSync(config, JSON.stringify({ store: 'sqlite:./tutti.db', workflows: { dir: './workflows' } }));

  score.say('A client starts a server and the workflow REFACTOR_WITH_TESTS on a repository made for this.');
  const first = await playAct({ repository, config, holdAfterEdits: 1 }, { score, signal });
  if (!first) throw new Error('The client ended before it could be killed.');
  const changed = git(repository, 'diff', '--shortstat').trim();
  score.say(`Killed: client and server, with SIGKILL, in the middle of "${first.next_step.step_name}".`);
  score.say(
    `What is left: a half-edited repository (${changed}) and the store. A new client and a new server take over.`,
  );
  const resume = { instance: first.instance_id, step: first.next_step.step_name };
  const last = await playAct({ repository, config, resume }, { score, signal });
  return {
    status: last?.status ?? 'unknown',
    commit: git(repository, 'log', '-1', '--format=%h %s'),
    testsPassed: execute(process.execPath, ['--test'], repository).exitCode === 0,
  };
}

/** Runs one client process to its end, or kills it with its server where it holds. Returns the last directive. */
async function playAct(
  order: Order,
  { score, signal }: Omit<Stage, 'folder'>,
): Promise<WireDirective | undefined> {
  const client = fork(process.argv[1] ?? '', ['demo-client', JSON.stringify(order)], {
    stdio: ['ignore', 'ignore', 'pipe', 'ipc'],
  });
  let serverPid = 0;
  let last: WireDirective | undefined;
  let failure: string | undefined;
  let complaints = '';
  const kill = () => killAll(client, serverPid);
  signal.addEventListener('abort', kill, { once: true });
  client.stderr?.on('data', (chunk: Buffer) => void (complaints += chunk.toString()));
  client.on('message', (raw) => {
    const message = messageSchema.parse(raw);
    score.show(message);
    if (message.kind === 'connected') ({ serverPid } = message);
    if (message.kind === 'directive') last = message.directive;
    if (message.kind === 'failed') failure = message.message;
    if (message.kind === 'holding') kill();
  });
  const [exitCode] = await once(client, 'close');
  signal.removeEventListener('abort', kill);
  signal.throwIfAborted();
  if (failure ?? (exitCode !== 0 && exitCode !== null)) {
    throw new Error(`The client process failed: ${failure ?? complaints.trim()}`);
  }
  return last;
}

function killAll(client: ChildProcess, serverPid: number): void {
  client.kill('SIGKILL');
  if (serverPid === 0) return;
  try {
    process.kill(serverPid, 'SIGKILL');
  } catch {
    // It has ended already.
  }
}
