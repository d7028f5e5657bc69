import type { IncomingMessage } from 'node:http';
import { Readable } from 'node:stream';
import { describe, expect, it } from 'vitest';
import { readBody } from './body.ts';

const toRequest = (pieces: readonly string[]) =>
  Object.assign(Readable.from(pieces.map((piece) => Buffer.from(piece))), {
    headers: { 'content-length': String(pieces.join('').length) },
  }) as unknown as IncomingMessage;

describe('a body that is said to be too large', () => {
  it('is read until its beginning is known, in however many pieces it comes', async () => {
    const pieces = [
      '{"jsonrpc":',
      '"2.0","id":7,',
      `"method":"ping","params":{"a":"${'x'.repeat(10_000)}"}}`,
    ];
    const body = await readBody(toRequest(pieces), 9_000);
    expect(body.refusal).toMatchObject({
      status: 413,
      head: expect.stringMatching(/^\{"jsonrpc":"2.0","id":7,/),
    });
  });

  it('is refused where less than a beginning is allowed', async () => {
    expect((await readBody(toRequest(['x'.repeat(20)]), 10)).refusal).toMatchObject({ status: 413 });
  });
});
