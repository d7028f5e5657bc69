import { once } from 'node:events';
import { connect, createServer } from 'node:net';
import type { AddressInfo, Socket } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';

/** What goes wrong between a client and a server. All of it at once, for connections there are and those to come. */
export interface Toxics {
  /** Every chunk waits so long before it is passed on. */
  readonly latencyMs?: number;
  /** At most so many bytes a second go each way. */
  readonly bytesPerSecond?: number;
  /** Chunks are cut into pieces of so many bytes, each in a packet of its own. */
  readonly sliceBytes?: number;
  /** Nothing gets through, and nobody is told. */
  readonly blackHole?: boolean;
  /** A black hole that closes the connection after so long. */
  readonly timeoutMs?: number;
  /** A reset instead of an end, once so many bytes came from the server. */
  readonly resetAfterBytes?: number;
  /** An end once so many bytes came from the server. */
  readonly limitBytes?: number;
  /** Ends are passed on so much later. */
  readonly slowCloseMs?: number;
  /** The server's side is gone; the client's stays open and is never answered again. */
  readonly halfOpen?: boolean;
  /** New connections are reset at once. */
  readonly refuse?: boolean;
}

export interface FaultProxy {
  readonly port: number;
  /** `http://127.0.0.1:port` */
  readonly url: string;
  set(toxics: Toxics): void;
  /** Connections that are open now, and bytes that reached the server since the start. */
  connections(): number;
  bytesToServer(): number;
  close(): Promise<void>;
}

/** A TCP proxy on a free loopback port in front of `port` of this machine. */
export async function createFaultProxy({ port }: { readonly port: number }): Promise<FaultProxy> {
  let toxics: Toxics = {};
  let toServer = 0;
  const pairs = new Set<readonly [Socket, Socket]>();
  const read = () => toxics;
  const server = createServer({ allowHalfOpen: true }, (client) => {
    if (toxics.refuse) return void client.resetAndDestroy();
    const upstream = connect({ port, host: '127.0.0.1', allowHalfOpen: true });
    const pair = [client, upstream] as const;
    pairs.add(pair);
    for (const [socket, other] of [pair, [upstream, client] as const]) {
      socket.setNoDelay(true).on('error', () => {
        if (!read().halfOpen) other.destroy();
      });
      socket.on('close', () => {
        if (client.destroyed && upstream.destroyed) pairs.delete(pair);
      });
    }
    upstream.on('connect', () => {
      if (read().halfOpen) upstream.destroy();
    });
    void pump(client, upstream, { read, passed: (bytes) => void (toServer += bytes) });
    void pump(upstream, client, { read, passed: () => {}, limited: true });
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const own = (server.address() as AddressInfo).port;
  return {
    port: own,
    url: `http://127.0.0.1:${own}`,
    set: (next) => {
      toxics = next;
      if (next.halfOpen) for (const [, upstream] of pairs) upstream.destroy();
      if (next.timeoutMs !== undefined) for (const [client] of pairs) void endAfter(client, next.timeoutMs);
    },
    connections: () => pairs.size,
    bytesToServer: () => toServer,
    close: async () => {
      for (const pair of pairs) for (const socket of pair) socket.destroy();
      server.close();
      await once(server, 'close');
    },
  };
}

interface Pumped {
  readonly read: () => Toxics;
  readonly passed: (bytes: number) => void;
  /** Counts towards the limits. */
  readonly limited?: boolean;
}

async function pump(from: Socket, to: Socket, { read, passed, limited = false }: Pumped): Promise<void> {
  let total = 0;
  try {
    for await (const chunk of from.iterator({ destroyOnReturn: false }) as AsyncIterable<Buffer>) {
      const { latencyMs, timeoutMs, blackHole, halfOpen, resetAfterBytes, limitBytes } = read();
      if (timeoutMs !== undefined) void endAfter(from, timeoutMs);
      if (blackHole || halfOpen || timeoutMs !== undefined) continue;
      if (latencyMs !== undefined) await sleep(latencyMs);
      const most = limited ? Math.min(resetAfterBytes ?? Infinity, limitBytes ?? Infinity) : Infinity;
      const kept = chunk.subarray(0, Math.max(0, most - total));
      await write(to, kept, read());
      passed(kept.length);
      total += kept.length;
      if (total < most) continue;
      if (resetAfterBytes === most) to.resetAndDestroy();
      else to.destroy();
      from.destroy();
      return;
    }
    const { slowCloseMs, halfOpen, blackHole } = read();
    if (halfOpen || blackHole) return;
    if (slowCloseMs !== undefined) await sleep(slowCloseMs);
    to.end();
  } catch {
    if (!read().halfOpen) to.destroy();
  }
}

async function write(to: Socket, chunk: Buffer, { sliceBytes, bytesPerSecond }: Toxics): Promise<void> {
  const size =
    sliceBytes ?? (bytesPerSecond === undefined ? chunk.length : Math.max(1, Math.ceil(bytesPerSecond / 50)));
  for (let at = 0; at < chunk.length; at += size) {
    const slice = chunk.subarray(at, at + size);
    await new Promise<void>((done) => to.write(slice, () => done()));
    if (bytesPerSecond !== undefined) await sleep((slice.length / bytesPerSecond) * 1_000);
    else if (sliceBytes !== undefined) await new Promise((next) => setImmediate(next));
  }
}

async function endAfter(socket: Socket, ms: number): Promise<void> {
  await sleep(ms, undefined, { ref: false });
  socket.destroy();
}
