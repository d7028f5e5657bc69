import { once } from 'node:events';
import type { ChildProcess } from 'node:child_process';
import { existsSync, readFileSync, readdirSync } from 'node:fs';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Client, StreamableHTTPClientTransport } from '@modelcontextprotocol/client';
import { afterEach, beforeEach, describe, expect } from 'vitest';
import { startHttp } from '../support/http-process.ts';
import { homeIn, programOf } from '../support/programs.ts';
import { openPeer } from '../support/stdio-peer.ts';
import { MAIN, verifies } from '../support/world.ts';

const HOSTILE = programOf('hostile-server');

interface Served {
  readonly child: ChildProcess;
  readonly call: (name: string, args: object) => Promise<unknown>;
  /** Whether it takes nothing new any more. */
  readonly isDraining: () => Promise<boolean>;
}

const MEDIA = {
  async stdio(args: readonly string[], env: Record<string, string>): Promise<Served> {
    const peer = await openPeer([...args, '--stdio'], env);
    return {
      child: peer.child,
      call: async (name, args_) => await peer.call('call_tool', { name, arguments: args_ }),
      isDraining: async () =>
        await peer.call('list_servers', {}).then(
          () => false,
          () => true,
        ),
    };
  },
  async http(args: readonly string[], env: Record<string, string>): Promise<Served> {
    const { child, url } = await startHttp({ env, args: [...args, '--http', '--port', '0'] });
    const client = new Client({ name: 'scenario', version: '1.0.0' });
    await client.connect(new StreamableHTTPClientTransport(new URL(url)));
    return {
      child,
      call: async (name, args_) =>
        await client.callTool({ name: 'call_tool', arguments: { name, arguments: args_ } }),
      isDraining: async () =>
        await fetch(url).then(
          ({ status }) => status === 503,
          () => true,
        ),
    };
  },
} as const;

describe('a second signal', () => {
  let dir: string;
  let record: string;
  beforeEach(async () => {
    dir = await mkdtemp(join(tmpdir(), 'tutti-second-signal-'));
    record = join(dir, 'record.jsonl');
  });
  afterEach(async () => {
    for (const pid of running()) process.kill(pid, 'SIGKILL');
    await rm(dir, { recursive: true, force: true });
  });

  /** Tutti and its servers, a shell included: their command lines name a file in the folder. */
  function running(): readonly number[] {
    return readdirSync('/proc')
      .filter((name) => /^\d+$/.test(name) && commandLine(name).includes(dir))
      .map(Number);
  }

  async function serve(medium: keyof typeof MEDIA): Promise<Served> {
    const file = join(dir, 'tutti.config.json');
    const script = (more: object) =>
      JSON.stringify({ tools: ['echo', 'delay'], recordFile: record, ...more });
    const mcpServers = {
      stubborn: { command: process.execPath, args: [HOSTILE, script({ stubborn: true })] },
      shell: { command: 'sh', args: ['-c', '"$0" "$@"; sleep 60; :', process.execPath, HOSTILE, script({})] },
    };
    await writeFile(file, JSON.stringify({ store: 'sqlite:./tutti.db', mcpServers }));
    return await MEDIA[medium]([MAIN, 'serve', '--config', file], homeIn(dir));
  }

  for (const [medium, signal] of [
    ['stdio', 'SIGTERM'],
    ['http', 'SIGINT'],
  ] as const)
    verifies(
      ['gateway/drain', 'trust/31-processes'],
      `ends it at once by that signal, and leaves no server behind (${medium}, ${signal})`,
      async () => {
        const { child, call, isDraining } = await serve(medium);
        const gone = once(child, 'exit');
        await call('shell__echo', { text: 'here' });
        void call('stubborn__delay', { ms: 60_000 }).catch(() => 'cut off');
        await expect
          .poll(() => existsSync(record) && readFileSync(record, 'utf8').includes('"delay"'))
          .toBe(true);
        expect(running()).toHaveLength(4);
        child.kill('SIGTERM');
        await expect.poll(isDraining).toBe(true);
        child.kill(signal);
        expect(await gone).toEqual([null, signal]);
        await expect.poll(running).toEqual([]);
      },
    );
});

/** Empty where a process has ended, though its parent has not asked for it yet. */
function commandLine(pid: string): string {
  try {
    return readFileSync(`/proc/${pid}/cmdline`, 'utf8');
  } catch {
    return '';
  }
}
