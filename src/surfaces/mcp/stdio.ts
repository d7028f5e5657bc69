import { Writable } from 'node:stream';
import type { Readable } from 'node:stream';
import type { Server } from '@modelcontextprotocol/server';
import { serveStdio as serveConnection } from '@modelcontextprotocol/server/stdio';
import type { Telemetry } from '../../core/ports/telemetry.ts';
import type { Caller } from '../../core/kernel/caller.ts';
import { LineTransport } from './line-transport.ts';
import type { WatchResources } from './resource-watch.ts';
import type { ShortPath } from './short-path.ts';
import { StdioShortcut } from './stdio-shortcut.ts';
import type { PinnedServer } from './stdio-shortcut.ts';
import { announceChanges } from './announcements.ts';
import type { Changes } from './announcements.ts';

export interface StdioOptions extends Changes {
  /** A fresh server; called once or twice for a connection. */
  readonly build: () => Server | Promise<Server>;
  readonly telemetry: Telemetry;
  /** Takes `tools/list` and `tools/call` off the SDK's hands; absent: it answers everything. */
  readonly short?: ShortServing;
  /** The process's own by default; then nothing else can write to stdout any more. */
  readonly input?: Readable;
  readonly output?: Writable;
  /** The longest line that is read, in bytes; 4 MiB by default. */
  readonly maxLineBytes?: number;
}

export interface ShortServing {
  readonly path: ShortPath;
  /** Who speaks on this connection. */
  readonly caller: Caller;
  /** Subscribes at the servers behind us for clients that listen. */
  readonly watch?: WatchResources;
}

export interface StdioConnection {
  /** Settles once the client has left, or `close` was called, and every request taken was answered. */
  readonly closed: Promise<void>;
  close(): Promise<void>;
}

/** Speaks MCP over standard input and output, in the protocol era the client opens with. */
export function serveStdio(options: StdioOptions): StdioConnection {
  const { build, telemetry, onDefinitionsChanged, gateway, short } = options;
  const log = (error: unknown) => telemetry.log('debug', 'stdio/error', { message: String(error) });
  let pinned: PinnedServer | undefined;
  const shortcut = short && new StdioShortcut({ ...short, pinned: () => pinned, onError: log });
  const transport = new LineTransport({
    input: options.input ?? process.stdin,
    output: options.output ?? claimStdout(),
    ...(options.maxLineBytes !== undefined && { maxLineBytes: options.maxLineBytes }),
    ...(shortcut && { shortcut }),
    onFault: ({ code, message }) => telemetry.log('warn', 'stdio/refused', { code, message }),
  });
  serveConnection(
    async ({ era }) => {
      const server = await build();
      const changes = { ...(onDefinitionsChanged && { onDefinitionsChanged }), ...(gateway && { gateway }) };
      pinned = { server, era };
      announceChanges(server, { era, onError: log, ...changes });
      return server;
    },
    { transport, onerror: log },
  );
  return {
    closed: transport.closed,
    close: async () => {
      transport.end();
      await transport.closed;
    },
  };
}

/** Keeps stdout for the protocol: whatever else in the process writes there reaches stderr instead. */
function claimStdout(): Writable {
  const { stdout, stderr } = process;
  const write = stdout.write.bind(stdout);
  stdout.write = stderr.write.bind(stderr);
  const protocol = new Writable({
    decodeStrings: false,
    write: (chunk: string | Uint8Array, encoding, done) => void write(chunk, encoding, done),
    writev: (chunks, done) => {
      write(Buffer.concat(chunks.map(({ chunk }) => toBytes(chunk as string | Uint8Array))), done);
    },
  });
  stdout.on('error', (error) => protocol.destroy(error));
  return protocol;
}

function toBytes(chunk: string | Uint8Array): Uint8Array {
  return typeof chunk === 'string' ? Buffer.from(chunk) : chunk;
}
