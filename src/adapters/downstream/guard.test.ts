import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { connectDownstream } from './connect.ts';
import { checkUrl, guardedLine, isPublicAddress } from './guard.ts';
import type { Grounds, Resolve } from './guard.ts';
import { guardedFetch } from './guarded-fetch.ts';

/** One and the same machine, network or metadata service, in every way in which an address can be written. */
const PRIVATE = [
  '127.0.0.1',
  '127.1',
  '2130706433',
  '0x7f000001',
  '0177.0.0.1',
  '0.0.0.0',
  '10.0.0.1',
  '172.16.0.1',
  '192.168.1.1',
  '100.64.0.1',
  '169.254.169.254',
  '168.63.129.16',
  '224.0.0.1',
  '255.255.255.255',
  '[::1]',
  '[::]',
  '[fe80::1]',
  '[fd00:ec2::254]',
  '[::ffff:127.0.0.1]',
  '[::ffff:7f00:1]',
  '[64:ff9b::7f00:1]',
  '[64:ff9b:1::7f00:1]',
  '[2002:7f00:1::]',
  '[::127.0.0.1]',
  '[ff02::1]',
];

describe('the guard', () => {
  let hits = 0;
  let redirectTo: string | undefined;
  const canary = createServer((_request, response) => {
    hits += 1;
    if (redirectTo === undefined) response.end('canary');
    else response.writeHead(307, { location: redirectTo }).end();
  });
  let port = 0;
  beforeEach(async () => {
    hits = 0;
    redirectTo = undefined;
    canary.listen(0, '127.0.0.1');
    await once(canary, 'listening');
    port = (canary.address() as AddressInfo).port;
  });
  afterEach(async () => {
    canary.closeAllConnections();
    canary.close();
    await once(canary, 'close');
  });

  const fetchBy = (allowPrivate: boolean, more: Partial<Grounds> & { resolve?: Resolve } = {}) => {
    const { resolve, ...also } = more;
    const line = guardedLine(allowPrivate, resolve);
    const fetch = guardedFetch({
      line,
      grounds: { url: `http://127.0.0.1:${port}/mcp`, allowPrivate, ...also },
      maxBytes: 1_000,
      signal: new AbortController().signal,
    });
    return { line, fetch };
  };

  it.each(PRIVATE)('knows https://%s for what it is', (host) => {
    const url = new URL(`https://${host}/`);
    expect(isPublicAddress(url.hostname)).toBe(false);
    expect(() => checkUrl(url, false)).toThrow('private');
    expect(() => checkUrl(url, true)).not.toThrow();
  });

  it.each(['8.8.8.8', '[2606:4700::1111]', '[64:ff9b::808:808]', '[2002:808:808::]'])(
    'lets %s through',
    (host) => {
      expect(isPublicAddress(host)).toBe(true);
    },
  );

  it('wants an encrypted connection to strangers, and no login in the address', () => {
    expect(() => checkUrl(new URL('http://example.com/'), false)).toThrow('https');
    expect(() => checkUrl(new URL('https://me:secret@example.com/'), false)).toThrow('without a login');
    expect(() => checkUrl(new URL('file:///etc/passwd'), true)).toThrow('http or https');
  });

  it('believes no name that leads back to us, whatever it said before', async () => {
    const answers = ['93.184.216.34', '127.0.0.1'];
    let asked = 0;
    const flipping: Resolve = (_hostname, done) => {
      asked += 1;
      done(null, [
        { address: answers[0] as string, family: 4 },
        { address: answers[1] as string, family: 4 },
      ]);
    };
    const { line, fetch } = fetchBy(false, { resolve: flipping });
    await expect(fetch(`https://innocent.example:${port}/`)).rejects.toMatchObject({
      code: 'downstream/unavailable',
    });
    expect({ hits, asked }).toEqual({ hits: 0, asked: 1 });
    await line.end();
  });

  it('checks every redirect like the first address, and follows three at most', async () => {
    const { line, fetch } = fetchBy(true);
    redirectTo = '/again';
    await expect(fetch(`http://127.0.0.1:${port}/`)).rejects.toMatchObject({ code: 'downstream/protocol' });
    expect(hits).toBe(4);
    redirectTo = 'file:///etc/passwd';
    await expect(fetch(`http://127.0.0.1:${port}/`)).rejects.toMatchObject({
      code: 'downstream/unavailable',
    });
    await line.end();
  });

  it('takes no credentials to another origin', async () => {
    const seen: unknown[] = [];
    const other = createServer((request, response) => {
      seen.push(request.headers);
      response.end();
    }).listen(0, '127.0.0.1');
    await once(other, 'listening');
    redirectTo = `http://127.0.0.1:${(other.address() as AddressInfo).port}/`;
    const { line, fetch } = fetchBy(true, { allowPrivatePorts: true });
    await fetch(`http://127.0.0.1:${port}/`, {
      method: 'POST',
      body: '{}',
      headers: { authorization: 'Bearer secret', 'x-api-key': 'secret', 'content-type': 'application/json' },
    });
    expect(seen).toHaveLength(1);
    expect(JSON.stringify(seen)).not.toContain('secret');
    other.close();
    await line.end();
  });

  it('opens what was written down, and nothing beside it', async () => {
    const other = `http://127.0.0.1:${port}/`;
    const elsewhere = { url: 'http://127.0.0.1:9/mcp' };
    for (const [more, opened] of [
      [{}, true],
      [elsewhere, false],
      [{ ...elsewhere, allowPrivatePorts: true }, true],
      [{ url: 'http://localhost:9/mcp', allowPrivatePorts: true }, false],
      [{ url: 'http://localhost:9/mcp', trustLoopback: true }, true],
    ] as const) {
      hits = 0;
      const { line, fetch } = fetchBy(true, more);
      const answered = await fetch(other).then(
        (response) => response.ok,
        () => false,
      );
      expect({ more, answered, hits }).toEqual({ more, answered: opened, hits: opened ? 1 : 0 });
      await line.end();
    }
  });

  it('keeps connections of servers from private addresses, by whatever name', async () => {
    const resolve: Resolve = (_hostname, done) => done(null, [{ address: '127.0.0.1', family: 4 }]);
    const open = connectDownstream({
      introduction: { name: 'tutti', version: '0.0.0' },
      variables: {},
      clock: { now: Date.now, random: Math.random },
      resolve,
    });
    for (const host of ['rebound.example', '127.0.0.1']) {
      const downstream = open({
        server: 'remote',
        launch: { kind: 'http', url: `https://${host}:${port}/mcp`, headers: {}, allowPrivate: false },
        connectMs: 5_000,
        maxMemoryBytes: 1,
      });
      await expect(downstream.offer()).rejects.toMatchObject({
        code: 'downstream/unavailable',
        message: expect.stringContaining('private'),
      });
      expect(downstream.health()).toMatchObject({
        status: 'down',
        error: expect.stringContaining('private'),
      });
      await downstream.close();
    }
    expect(hits).toBe(0);
  });
});
