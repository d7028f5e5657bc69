import { spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { createInterface } from 'node:readline';

/** Starts a server that listens on a port of its choice, and waits for the address it prints. */
export async function startHttp(options: {
  readonly env: Record<string, string>;
  readonly args: readonly string[];
}): Promise<{ readonly child: ChildProcess; readonly url: string }> {
  const child = spawn(process.execPath, options.args, {
    env: options.env,
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  const lines = createInterface({ input: child.stderr });
  const said: string[] = [];
  for await (const line of lines) {
    said.push(line);
    const url = /http:\/\/\S+\/mcp/.exec(line)?.[0];
    if (url) {
      child.stderr.resume();
      return { child, url };
    }
  }
  throw new Error(`The server ended before it listened:\n${said.join('\n')}`);
}
