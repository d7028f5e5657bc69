import { execFile, spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { connect, createServer } from 'node:net';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { promisify } from 'node:util';
import { httpClient, sseClient, stdioClient } from './clients.ts';
import type { Client } from './clients.ts';
import { end, tended } from './processes.ts';
import { behind, pipes, subject } from './subjects.ts';
import type { Kind, Setting } from './subjects.ts';

const INSTALL_MS = 180_000;
const READY_MS = 30_000;

interface Peer {
  readonly name: string;
  readonly spec: string;
  readonly program: string;
  readonly unable: (setting: Setting) => string | undefined;
  readonly start: (
    setting: Setting,
    peer: { readonly path: string; readonly dir: string },
  ) => Promise<Started>;
}
interface Started {
  readonly child: ChildProcess;
  readonly connect: () => Promise<Client>;
}

/** Others of the trade that npm has, in the versions that were measured before. */
const PEERS: readonly Peer[] = [
  {
    name: 'mcp-proxy',
    spec: 'mcp-proxy@6.7',
    program: 'mcp-proxy',
    unable: ({ upstream, downstream }) =>
      upstream === 'http' && downstream === 'stdio' ? undefined : 'it goes from HTTP to stdio only',
    start: async (setting, { path }) => {
      const port = await freePort();
      const options = ['--server', 'stream', '--host', '127.0.0.1', '--port', String(port)];
      const child = quiet(path, [...options, '--', ...behind(setting)]);
      await ready(child, port);
      return { child, connect: async () => await httpClient(`http://127.0.0.1:${port}/mcp`, setting.era) };
    },
  },
  {
    name: 'supergateway',
    spec: 'supergateway@4.0',
    program: 'supergateway',
    unable: ({ upstream, downstream }) =>
      upstream === downstream ? 'it goes from HTTP to stdio, or from stdio to HTTP' : undefined,
    start: async (setting, { path }) => {
      if (setting.upstream === 'stdio') {
        const child = pipes(path, [
          '--streamableHttp',
          setting.url ?? '',
          '--outputTransport',
          'stdio',
          '--logLevel',
          'none',
        ]);
        return { child, connect: async () => await stdioClient(child, setting.era) };
      }
      const port = await freePort();
      const options = [
        '--outputTransport',
        'streamableHttp',
        '--stateful',
        '--logLevel',
        'none',
        '--port',
        String(port),
      ];
      const child = quiet(path, ['--stdio', behind(setting).join(' '), ...options]);
      await ready(child, port);
      return { child, connect: async () => await httpClient(`http://127.0.0.1:${port}/mcp`, setting.era) };
    },
  },
  {
    name: 'mcp-hub',
    spec: 'mcp-hub@4.2.1',
    program: 'mcp-hub',
    unable: ({ upstream, era }) =>
      upstream === 'stdio' || era === 'modern'
        ? 'it speaks the transport before Streamable HTTP, in the legacy era'
        : undefined,
    start: async (setting, { path, dir }) => {
      const port = await freePort();
      const [command = '', ...args] = behind(setting);
      const bench = setting.downstream === 'http' ? { url: command } : { command, args };
      const config = join(dir, 'hub.json');
      writeFileSync(config, JSON.stringify({ mcpServers: { bench } }));
      const state = { XDG_STATE_HOME: dir, XDG_DATA_HOME: dir, XDG_CONFIG_HOME: dir };
      const child = quiet(path, ['--port', String(port), '--config', config], state);
      await ready(child, port);
      // It listens before it has connected, and leaves early clients without an answer.
      await until(async () => {
        const answer = await fetch(`http://127.0.0.1:${port}/api/servers`).catch(() => undefined);
        return (await answer?.text())?.includes('"status":"connected"') === true;
      });
      return { child, connect: async () => await sseClient(`http://127.0.0.1:${port}/mcp`) };
    },
  },
  {
    name: '1MCP',
    spec: '@1mcp/agent@0.35',
    program: '1mcp',
    unable: ({ upstream }) => (upstream === 'stdio' ? 'it serves HTTP' : undefined),
    start: async (setting, { path, dir }) => {
      const port = await freePort();
      const [command = '', ...args] = behind(setting);
      const bench =
        setting.downstream === 'http' ? { type: 'streamableHttp', url: command } : { command, args };
      const config = join(dir, '1mcp.json');
      writeFileSync(config, JSON.stringify({ mcpServers: { bench } }));
      const child = quiet(path, ['serve', '--config', config, '--host', '127.0.0.1', '--port', String(port)]);
      await ready(child, port);
      return { child, connect: async () => await httpClient(`http://127.0.0.1:${port}/mcp`, setting.era) };
    },
  },
];

/** Installs what can be installed into a folder of its own, and says aloud what cannot. */
export async function installPeers(say: (line: string) => void): Promise<Kind[]> {
  const kinds: Kind[] = [];
  for (const peer of PEERS) {
    const dir = mkdtempSync(join(tmpdir(), 'tutti-peer-'));
    process.once('exit', () => rmSync(dir, { recursive: true, force: true }));
    writeFileSync(join(dir, 'package.json'), '{"private":true}');
    const args = ['install', '--no-audit', '--no-fund', '--ignore-scripts', peer.spec];
    try {
      await promisify(execFile)('npm', args, { cwd: dir, timeout: INSTALL_MS });
    } catch (error) {
      say(`SKIPPED ${peer.name}: npm cannot install ${peer.spec}: ${reason(error)}`);
      continue;
    }
    const path = join(dir, 'node_modules/.bin', peer.program);
    kinds.push({
      name: peer.name,
      unable: peer.unable,
      start: async (setting) => {
        const begun = performance.now();
        const { child, connect: open } = await peer.start(setting, { path, dir });
        try {
          return await subject(peer.name, { begun, child, client: await listed(open) });
        } catch (error) {
          await end(child);
          throw error;
        }
      },
    });
  }
  return kinds;
}

const reason = (error: unknown): string =>
  /npm error (?:code )?(?!A complete)(.*)/.exec((error as { readonly stderr?: string }).stderr ?? '')?.[1] ??
  String(error).slice(0, 200);

const quiet = (path: string, args: readonly string[], more: NodeJS.ProcessEnv = {}): ChildProcess =>
  tended(spawn(path, args, { stdio: ['ignore', 'ignore', 'ignore'], env: { ...process.env, ...more } }));

/** Whoever does not answer at all is left out rather than waited for. */
async function listed(open: () => Promise<Client>): Promise<Client> {
  const tooLate = sleep(READY_MS, undefined, { ref: false });
  return await Promise.race([
    open(),
    tooLate.then(() => Promise.reject(new Error(`It gives no answer within ${READY_MS} ms.`))),
  ]);
}

async function freePort(): Promise<number> {
  const server = createServer();
  const port = await new Promise<number>((done) => {
    server.listen(0, '127.0.0.1', () => done((server.address() as AddressInfo).port));
  });
  await new Promise((closed) => server.close(closed));
  return port;
}

async function ready(child: ChildProcess, port: number): Promise<void> {
  await until(async () => {
    if (child.exitCode !== null) throw new Error(`It ended with ${child.exitCode}.`);
    return await new Promise<boolean>((done) => {
      const socket = connect(port, '127.0.0.1', () => {
        socket.destroy();
        done(true);
      });
      socket.on('error', () => done(false));
    });
  });
}

async function until(holds: () => Promise<boolean>): Promise<void> {
  const last = performance.now() + READY_MS;
  while (performance.now() < last) {
    if (await holds()) return;
    await sleep(10);
  }
  throw new Error(`It is not ready after ${READY_MS} ms.`);
}
