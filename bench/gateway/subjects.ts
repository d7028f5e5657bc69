import { spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { httpClient, stdioClient } from './clients.ts';
import type { Client, Era, Transport } from './clients.ts';
import { end, family, startServer, tended } from './processes.ts';

const NODE = process.execPath;
const BIN = resolve('bin/tutti.cjs');
const DOWNSTREAM = resolve('bench/gateway/downstream.ts');
const SDK_DOWNSTREAM = resolve('bench/gateway/downstream-sdk.ts');
const LINE = /^(http\S+)$/;

/** What is the same for every subject of a comparison. */
export interface Setting {
  readonly upstream: Transport;
  readonly downstream: Transport;
  readonly era: Era;
  readonly tools: number;
  /** A server over the official SDK, as most are, instead of one that costs next to nothing; over HTTP only. */
  readonly sdk?: boolean;
  /** Of the downstream, where it is reached over HTTP. */
  readonly url?: string;
  /** The downstream's process, where `direct` is to call it and not one of its own. */
  readonly downstreamProcess?: ChildProcess;
}

/** Before its downstream has started. */
export type Place = Omit<Setting, 'url' | 'downstreamProcess'>;

/** One thing that stands between client and downstream, started and ready. */
export interface Subject {
  readonly name: string;
  readonly client: Client;
  /** The process that counts, with its helpers. */
  readonly pids: readonly number[];
  /** From the start of the process to its first answer, and to that of the first call. */
  readonly firstAnswerMs: number;
  readonly firstCallMs: number;
  stop(): Promise<void>;
}

export interface Kind {
  readonly name: string;
  /** Why it cannot take part in this setting. */
  readonly unable?: (setting: Setting) => string | undefined;
  readonly start: (setting: Setting) => Promise<Subject>;
}

/** The server behind, once for all subjects of a setting. */
export async function startDownstream({ tools, sdk = false }: Pick<Setting, 'tools' | 'sdk'>) {
  const args = sdk ? [SDK_DOWNSTREAM, String(tools)] : [DOWNSTREAM, 'http', String(tools)];
  return await startServer(NODE, args, { address: LINE });
}

/** As a command line writes it. */
export const behind = ({ downstream, url = '', tools }: Setting): string[] =>
  downstream === 'http' ? [url] : [NODE, DOWNSTREAM, 'stdio', String(tools)];

export const direct: Kind = {
  name: 'direct',
  start: async (setting) => {
    const begun = performance.now();
    if (setting.downstream === 'http') {
      // Where all subjects take turns, the very server that the others call: one that only this one calls would be colder. Its memory is then what all of them left in it.
      const { url, downstreamProcess: shared } = setting;
      const { child, url: address } =
        url !== undefined && shared ? { child: shared, url } : await startDownstream(setting);
      const client = await httpClient(address, setting.era);
      return await subject('direct', { begun, child, client, isShared: child === shared });
    }
    const child = pipes(NODE, [DOWNSTREAM, 'stdio', String(setting.tools)]);
    return await subject('direct', { begun, child, client: await stdioClient(child, setting.era) });
  },
};

const scripted = (name: string, script: string): Kind => ({
  name,
  start: async (setting) => {
    const begun = performance.now();
    const args = [resolve(script), setting.upstream, ...behind(setting)];
    if (setting.upstream === 'http') {
      const { child, url } = await startServer(NODE, args, { address: LINE });
      return await subject(name, { begun, child, client: await httpClient(url, setting.era) });
    }
    const child = pipes(NODE, args);
    return await subject(name, { begun, child, client: await stdioClient(child, setting.era) });
  },
});

export const raw = scripted('raw pass-through', 'bench/gateway/raw.ts');
export const sdkJoined = scripted('SDK joined', 'bench/gateway/sdk-joined.ts');

/** With everything on that costs a call something: a rule, a rate limit, the journal. */
const POLICY = {
  resultMaxBytes: 4_194_304,
  rateLimit: { perUser: '900000000/day' },
  rules: [{ when: "risk == 'destructive'", effect: 'deny', reason: 'Nothing is destroyed here.' }],
};

export interface TuttiOptions {
  readonly upstream: Transport;
  readonly era: Era;
  readonly servers: Readonly<Record<string, object>>;
  /** For Node itself. */
  readonly nodeOptions?: readonly string[];
  readonly variables?: NodeJS.ProcessEnv;
}

export async function startTutti({
  upstream,
  era,
  servers,
  nodeOptions = [],
  variables = {},
}: TuttiOptions): Promise<Subject> {
  const dir = mkdtempSync(join(tmpdir(), 'tutti-bench-'));
  const config = join(dir, 'tutti.config.json');
  writeFileSync(config, JSON.stringify({ mcpServers: servers, policy: POLICY }));
  const env = {
    ...variables,
    PATH: process.env['PATH'],
    HOME: dir,
    LOG_LEVEL: 'error',
    TUTTI_STORE: `sqlite:${join(dir, 'tutti.db')}`,
  };
  const args = [...nodeOptions, BIN, 'serve', '--toolsets', 'gateway-all', '--config', config];
  const begun = performance.now();
  const cleanUp = () => rmSync(dir, { recursive: true, force: true });
  if (upstream === 'http') {
    const { child, url } = await startServer(NODE, [...args, '--http', '--port', '0'], {
      env,
      address: /^tutti: (http\S+)$/,
    });
    return await subject('Tutti', { begun, child, client: await httpClient(url, era), cleanUp });
  }
  const child = pipes(NODE, [...args, '--stdio'], env);
  return await subject('Tutti', { begun, child, client: await stdioClient(child, era), cleanUp });
}

export const tuttiServer = (setting: Setting): object => {
  const [command, ...args] = behind(setting);
  const launch = setting.downstream === 'http' ? { url: command } : { command, args };
  // Every call of the bench is another one; nothing could come from the cache anyhow.
  return { ...launch, trusted: true, concurrency: 64, cache: { mode: 'off' } };
};

export const tutti: Kind = {
  name: 'Tutti',
  start: async (setting) => await startTutti({ ...setting, servers: { bench: tuttiServer(setting) } }),
};

export function pipes(command: string, args: readonly string[], env?: NodeJS.ProcessEnv): ChildProcess {
  return tended(spawn(command, args, { stdio: ['pipe', 'pipe', 'ignore'], ...(env && { env }) }));
}

/** Ready once its first call was answered. */
export async function subject(
  name: string,
  {
    begun,
    child,
    client,
    isShared = false,
    cleanUp,
  }: {
    readonly begun: number;
    readonly child: ChildProcess;
    readonly client: Client;
    /** Others need the process, and whoever started it ends it. */
    readonly isShared?: boolean;
    readonly cleanUp?: () => void;
  },
): Promise<Subject> {
  await client.call(0, 16);
  const firstCallMs = performance.now() - begun;
  return {
    name,
    client,
    pids: family(child.pid ?? 0),
    firstAnswerMs: client.answeredAt - begun,
    firstCallMs,
    stop: async () => {
      client.close();
      if (!isShared) await end(child);
      cleanUp?.();
    },
  };
}
