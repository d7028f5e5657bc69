import { spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { createInterface } from 'node:readline';

interface Answered {
  readonly id: number;
  readonly result?: { readonly structuredContent?: Record<string, unknown>; readonly isError?: boolean };
  readonly error?: { readonly code: number; readonly message: string };
}

/** The server ended before it answered. */
export class Gone extends Error {}

/** A server process and the thinnest client there is: JSON-RPC lines, any number of calls at once. */
export interface StdioPeer {
  readonly child: ChildProcess;
  call(tool: string, args: Record<string, unknown>): Promise<Record<string, unknown>>;
  /** SIGKILL, and gone when this returns. */
  kill(): Promise<void>;
}

/** Starts a server and shakes hands. `args` are those of node. */
export async function openPeer(args: readonly string[], env: NodeJS.ProcessEnv): Promise<StdioPeer> {
  const child = spawn(process.execPath, args, { env, stdio: ['pipe', 'pipe', 'inherit'] });
  const waiting = new Map<
    number,
    { readonly resolve: (answer: Answered) => void; readonly reject: (fault: Error) => void }
  >();
  let lastId = 0;
  const gone = new Promise<void>((done) => {
    child.once('exit', () => {
      for (const { reject } of waiting.values()) reject(new Gone());
      waiting.clear();
      done();
    });
  });
  child.stdin.on('error', () => {});
  createInterface({ input: child.stdout }).on('line', (line) => {
    const answer = JSON.parse(line) as Answered;
    waiting.get(answer.id)?.resolve(answer);
    waiting.delete(answer.id);
  });
  const request = async (method: string, params: object): Promise<Answered> => {
    if (child.exitCode !== null || child.signalCode !== null) throw new Gone();
    lastId += 1;
    const id = lastId;
    const answered = new Promise<Answered>((resolve, reject) => waiting.set(id, { resolve, reject }));
    child.stdin.write(`${JSON.stringify({ jsonrpc: '2.0', id, method, params })}\n`);
    return await answered;
  };
  const clientInfo = { name: 'peer', version: '1.0.0' };
  await request('initialize', { protocolVersion: '2025-11-25', capabilities: {}, clientInfo });
  child.stdin.write(`${JSON.stringify({ jsonrpc: '2.0', method: 'notifications/initialized' })}\n`);
  return {
    child,
    async call(tool, args_) {
      const { result, error } = await request('tools/call', { name: tool, arguments: args_ });
      if (error) throw new Error(`${tool}: ${error.code} ${error.message}`);
      return result?.structuredContent ?? {};
    },
    async kill() {
      child.kill('SIGKILL');
      await gone;
    },
  };
}
