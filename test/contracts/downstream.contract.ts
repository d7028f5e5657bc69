import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { JsonObject } from '../../src/core/kernel/json.ts';
import type {
  Ask,
  Downstream,
  DownstreamAnswer,
  DownstreamOptions,
  DownstreamRequest,
  Era,
  Progress,
} from '../../src/core/ports/downstream.ts';

/** A way to one fixture server of `test/support/sdk-server.ts`. */
export interface Peer {
  open(more?: Partial<DownstreamOptions>): Downstream;
  close(): Promise<void>;
}

export interface PeerTraits {
  readonly era: Era;
}

const BOUNDS = { idleMs: 20_000, timeoutMs: 20_000, maxBytes: 1_048_576, inlineBytes: 65_536 };

export function toCall(
  name: string,
  args: JsonObject = {},
  more: Partial<DownstreamRequest & { inlineBytes: number }> = {},
): DownstreamRequest & { readonly inlineBytes: number } {
  return { ...BOUNDS, params: { name, arguments: args }, ...more };
}

/** The text that a tool answered with. */
export function textOf(answer: DownstreamAnswer): string {
  if (answer.kind !== 'result') throw new Error(`expected a result, found ${JSON.stringify(answer)}`);
  const [first] = answer.payload.value['content'] as readonly { readonly text: string }[];
  return first?.text ?? '';
}

/** Every connection must pass this suite, whatever its transport and revision. */
export function describeDownstream(name: string, start: () => Promise<Peer>, { era }: PeerTraits): void {
  describe(`${name} as a Downstream`, () => {
    let peer: Peer;
    let downstream: Downstream;
    beforeEach(async () => {
      peer = await start();
      downstream = peer.open();
    });
    afterEach(async () => {
      await downstream.close();
      await peer.close();
    });

    it('starts nothing before it is used, and says how it is', async () => {
      expect(downstream.health().status).toBe('idle');
      await downstream.call(toCall('echo', { text: 'x' }));
      expect(downstream.health()).toMatchObject({ status: 'ready', era });
      await downstream.close();
      expect(downstream.health().status).toBe('idle');
      await expect(downstream.call(toCall('echo'))).rejects.toMatchObject({ code: 'downstream/unavailable' });
    });

    it('lists what the server offers, untouched', async () => {
      const [offer, same] = await Promise.all([downstream.offer(), downstream.offer()]);
      expect(same).toBe(offer);
      expect(offer).toMatchObject({
        era,
        serverInfo: { name: 'fixture', version: '1.2.3' },
        instructions: 'Be kind.',
        prompts: [{ name: 'greet' }],
        dropped: [],
      });
      expect(offer.tools.find((tool) => tool.name === 'echo')).toEqual({
        name: 'echo',
        description: 'Does echo.',
        inputSchema: { type: 'object', properties: { text: { type: 'string' } } },
      });
    });

    it('gives the bytes of a result beside its value', async () => {
      const said = 'Grüße, 世界 "quoted" \\ and \u2028';
      const answer = await downstream.call(toCall('echo', { text: said }));
      expect(textOf(answer)).toBe(said);
      if (answer.kind !== 'result') throw new Error(answer.kind);
      expect(JSON.parse(Buffer.from(answer.payload.bytes).toString('utf8'))).toEqual(answer.payload.value);
    });

    it('tells failures of tools from errors of the protocol', async () => {
      const failed = await downstream.call(toCall('fail'));
      expect(failed).toMatchObject({ kind: 'result', payload: { value: { isError: true } } });
      const refused = await downstream.call(toCall('refuse'));
      expect(refused).toMatchObject({
        kind: 'error',
        error: { code: -32_050, message: expect.stringContaining('Refused.'), data: { why: 'because' } },
      });
      const unknown = await downstream.request('no/such-method', { ...BOUNDS, params: {} });
      expect(unknown).toMatchObject({ kind: 'error', error: { code: -32_601 } });
    });

    it('answers other methods', async () => {
      const answer = await downstream.request('prompts/get', { ...BOUNDS, params: { name: 'greet' } });
      expect(answer).toMatchObject({ kind: 'result', payload: { value: { messages: [{ role: 'user' }] } } });
    });

    it('hands large results over unread, and cuts off larger ones', async () => {
      const large = await downstream.call(toCall('big', { bytes: 100_000 }));
      expect(large.kind).toBe('large');
      if (large.kind !== 'large') throw new Error(large.kind);
      const value = JSON.parse(Buffer.from(large.bytes).toString('utf8')) as { content: [{ text: string }] };
      expect(value.content[0].text).toHaveLength(100_000);
      const cut = downstream.call(toCall('big', { bytes: 3_000_000 }));
      await expect(cut).rejects.toMatchObject({
        code: 'downstream/result-too-large',
        data: { head: expect.stringContaining('xxxx') },
      });
      expect(textOf(await downstream.call(toCall('echo', { text: 'still here' })))).toBe('still here');
    });

    it('passes progress on, in order', async () => {
      const heard: Progress[] = [];
      const onProgress = (progress: Progress) => void heard.push(progress);
      expect(textOf(await downstream.call(toCall('steps', {}, { onProgress })))).toBe('done');
      expect(heard.at(-1)).toEqual({ progress: 3, total: 3 });
      expect(heard).toEqual(heard.toSorted((a, b) => a.progress - b.progress));
    });

    it('passes on what goes into _meta, and nothing of ours twice', async () => {
      const meta = { traceparent: '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01' };
      const answer = await downstream.call(toCall('meta', {}, { meta }));
      expect(JSON.parse(textOf(answer))).toMatchObject(meta);
    });

    it('gives up at the deadline, and at the end of patience', async () => {
      const deadline = downstream.call(toCall('hang', {}, { timeoutMs: 200 }));
      await expect(deadline).rejects.toMatchObject({ code: 'downstream/timeout' });
      const idle = downstream.call(toCall('hang', {}, { idleMs: 200 }));
      await expect(idle).rejects.toMatchObject({ code: 'downstream/timeout' });
      expect(textOf(await downstream.call(toCall('echo', { text: 'on' })))).toBe('on');
    });

    it('gives up with the reason of its signal', async () => {
      await downstream.call(toCall('echo'));
      const reason = new Error('no longer needed');
      const gone = new AbortController();
      const call = downstream.call(toCall('hang', {}, { signal: gone.signal }));
      gone.abort(reason);
      await expect(call).rejects.toBe(reason);
      await expect(downstream.call(toCall('echo', {}, { signal: gone.signal }))).rejects.toBe(reason);
    });

    it('gives every caller the own answer', async () => {
      const nonces = Array.from({ length: 64 }, (_, n) => `nonce ${n}`);
      const answers = await Promise.all(nonces.map((text) => downstream.call(toCall('echo', { text }))));
      expect(answers.map(textOf)).toEqual(nonces);
    });

    it('lets the server ask whoever can be asked', async () => {
      const asked: Ask[] = [];
      const onAsk = (ask: Ask): Promise<JsonObject> => {
        asked.push(ask);
        return Promise.resolve({ action: 'accept', content: { name: 'Ada' } });
      };
      const capabilities = { elicitation: { form: {} } };
      const answer = await downstream.call(toCall('ask', {}, { capabilities, onAsk }));
      if (era === 'modern') {
        expect(answer).toMatchObject({
          kind: 'input-required',
          payload: { value: { inputRequests: { name: { method: 'elicitation/create' } } } },
        });
        return;
      }
      expect(textOf(answer)).toContain('Ada');
      expect(asked).toMatchObject([{ method: 'elicitation/create', params: { message: 'Who?' } }]);
    });

    it('tells the server when nobody can be asked', async () => {
      const answer = await downstream.call(toCall('ask'));
      // A refusal of the protocol or of the tool: each generation says it in its own way.
      expect(
        answer.kind === 'error' || (answer.kind === 'result' && answer.payload.value['isError'] === true),
      ).toBe(true);
    });

    it('hears that the list of tools changed', async () => {
      await downstream.offer();
      const changed = new Promise<void>((done) => {
        downstream.on((event) => {
          if (event === 'tools') done();
        });
      });
      // A stream to listen on may still be opening.
      await vi.waitFor(
        async () => {
          await downstream.call(toCall('change'));
          await Promise.race([changed, Promise.reject(new Error('nothing heard yet'))]);
        },
        { timeout: 60_000 },
      );
      const offer = await downstream.offer();
      expect(offer.tools.map((tool) => tool.name)).toContain('added');
    });

    it('remembers what was agreed, and uses it', async () => {
      const verdicts: DownstreamOptions['verdict'][] = [];
      const first = peer.open({ onVerdict: (verdict) => void verdicts.push(verdict) });
      await first.call(toCall('echo'));
      await first.close();
      expect(verdicts).toMatchObject([{ era }]);
      const [verdict] = verdicts;
      if (verdict === undefined) throw new Error('no verdict');
      const again = peer.open({ verdict, onVerdict: (other) => void verdicts.push(other) });
      expect(textOf(await again.call(toCall('echo', { text: 'again' })))).toBe('again');
      expect(verdicts).toHaveLength(1);
      expect(again.health().era).toBe(era);
      await again.close();
    });

    it('lets calls under way finish when it closes', async () => {
      await downstream.call(toCall('echo'));
      const call = downstream.call(toCall('steps'));
      await downstream.close(10_000);
      expect(textOf(await call)).toBe('done');
    });
  });
}
