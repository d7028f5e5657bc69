import { execFileSync, spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { median } from './measure.ts';

const BIN = resolve('bin/tutti.cjs');

/** Whole-process times in turn, bare Node beside `tutti --version`, and a server up to its first answer. Medians. */
export async function startUp(
  rounds: number,
): Promise<{ nodeMs: number; versionMs: number; firstAnswerMs: number }> {
  const dir = mkdtempSync(join(tmpdir(), 'tutti-start-'));
  const env = { ...process.env, TUTTI_STORE: `sqlite:${join(dir, 't.db')}`, LOG_LEVEL: 'error' };
  const bare: number[] = [];
  const version: number[] = [];
  const answer: number[] = [];
  for (let round = 0; round < rounds; round += 1) {
    bare.push(elapsed(() => execFileSync(process.execPath, ['-e', '0'])));
    version.push(elapsed(() => execFileSync(process.execPath, [BIN, '--version'], { env })));
    answer.push(await firstAnswer(env));
  }
  rmSync(dir, { recursive: true });
  return { nodeMs: median(bare), versionMs: median(version), firstAnswerMs: median(answer) };
}

function elapsed(work: () => void): number {
  const start = performance.now();
  work();
  return performance.now() - start;
}

async function firstAnswer(env: NodeJS.ProcessEnv): Promise<number> {
  const start = performance.now();
  const server = spawn(process.execPath, [BIN, 'serve', '--stdio'], {
    env,
    stdio: ['pipe', 'pipe', 'ignore'],
  });
  const hello = {
    protocolVersion: '2025-11-25',
    capabilities: {},
    clientInfo: { name: 'bench', version: '1' },
  };
  server.stdin.write(`${JSON.stringify({ jsonrpc: '2.0', id: 1, method: 'initialize', params: hello })}\n`);
  await new Promise((answered) => server.stdout.once('data', answered));
  const took = performance.now() - start;
  server.kill('SIGKILL');
  await new Promise((gone) => server.once('exit', gone));
  return took;
}
