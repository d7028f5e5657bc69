import { Writable } from 'node:stream';
import type { Readable } from 'node:stream';
import type { Server } from '@modelcontextprotocol/server';
import { serveStdio as serveConnection } from '@modelcontextprotocol/server/stdio';
import type { Telemetry } from '../../core/ports/telemetry.ts';
import { LineTransport } from './line-transport.ts';
import { announceWorkflows } from './server.ts';
import type { Subscribe } from './server.ts';

export interface StdioOptions {
  /** A fresh server; called once or twice for a connection. */
  readonly build: () => Server;
  readonly telemetry: Telemetry;
  readonly onWorkflowsChanged?: Subscribe;
  /** The process's own by default; then nothing else can write to stdout any more. */
  readonly input?: Readable;
  readonly output?: Writable;
  /** The longest line that is read, in bytes; 4 MiB by default. */
  readonly maxLineBytes?: number;
}

export interface StdioConnection {
  /** Settles once the client has left, or `close` was called, and every request taken was answered. */
  readonly closed: Promise<void>;
  close(): Promise<void>;
}

/** Speaks MCP over standard input and output, in the protocol era the client opens with. */
export function serveStdio(options: StdioOptions): StdioConnection {
  const { build, telemetry, onWorkflowsChanged } = options;
  const transport = new LineTransport({
    input: options.input ?? process.stdin,
    output: options.output ?? claimStdout(),
    ...(options.maxLineBytes !== undefined && { maxLineBytes: options.maxLineBytes }),
    onFault: ({ code, message }) => telemetry.log('warn', 'stdio/refused', { code, message }),
  });
  const log = (error: unknown) => telemetry.log('debug', 'stdio/error', { message: String(error) });
  serveConnection(
    ({ era }) => {
      const server = build();
      if (onWorkflowsChanged) announceWorkflows(server, { era, onWorkflowsChanged, onError: log });
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
    write: (chunk: string, encoding, done) => void write(chunk, encoding, done),
  });
  stdout.on('error', (error) => protocol.destroy(error));
  return protocol;
}
