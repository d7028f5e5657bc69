import { beforeEach, describe, expect, it, vi } from 'vitest';
import type { JsonObject } from '../../core/kernel/json.ts';
import { Inbox } from './inbox.ts';
import { Scan } from './scan.ts';
import { Turns } from './turns.ts';
import type { Outgoing } from './wire.ts';

/** A call under way, which remembers how often its caller was asked. */
function toCall(id: string, asker?: string) {
  const ask = vi.fn<() => Promise<JsonObject>>(() => Promise.resolve<JsonObject>({ answeredBy: id }));
  const call: Outgoing & { readonly ask: typeof ask } = {
    id,
    method: 'tools/call',
    params: {},
    text: '',
    maxBytes: 1_000,
    inlineBytes: 1_000,
    lenient: false,
    settled: false,
    release: undefined,
    settle: () => {},
    fail: () => {},
    progress: () => {},
    asker,
    asking: false,
    ask,
  };
  return call;
}

describe('a question on a connection that all calls share', () => {
  let replies: JsonObject[] = [];
  let inbox: Inbox;
  beforeEach(() => {
    replies = [];
    inbox = new Inbox({
      era: () => 'legacy',
      turns: new Turns(() => inbox.calls.values()),
      onNotification: () => {},
      reply: (text) => void replies.push(JSON.parse(text) as JsonObject),
    });
  });

  const hear = (message: JsonObject) => {
    const text = Buffer.from(JSON.stringify({ jsonrpc: '2.0', ...message }));
    inbox.receive(text, new Scan().feed(text));
  };
  const question = () => hear({ id: 'q', method: 'elicitation/create', params: { message: 'Who?' } });
  const open = (...calls: readonly Outgoing[]) => calls.forEach((call) => inbox.add(call));
  const replied = async () => await expect.poll(() => replies).toHaveLength(1);

  const mute = (id: string, asker?: string): Outgoing => ({ ...toCall(id, asker), ask: undefined });

  it('is put to the only one who can be asked, while nobody else has a call there', async () => {
    open(toCall('a', 'ada'), mute('b', 'ada'), mute('listing'));
    question();
    await replied();
    expect(replies).toMatchObject([{ id: 'q', result: { answeredBy: 'a' } }]);
  });

  it('waits for the call of somebody who cannot be asked, whose question it may be', async () => {
    const ada = toCall('a', 'ada');
    open(ada, mute('b', 'bob'));
    question();
    expect(ada.ask).not.toHaveBeenCalled();
    hear({ id: 'b', result: { content: [] } });
    await replied();
    expect(replies).toMatchObject([{ id: 'q', result: { answeredBy: 'a' } }]);
  });

  it('is put to nobody when only he is left who cannot be asked', async () => {
    const ada = toCall('a', 'ada');
    open(ada, mute('b', 'bob'));
    question();
    hear({ id: 'a', result: { content: [] } });
    await replied();
    expect(replies).toMatchObject([{ id: 'q', error: {} }]);
    expect(ada.ask).not.toHaveBeenCalled();
  });

  it('may be that of a call that was given up, until its server has answered it or was long silent', async () => {
    vi.useFakeTimers();
    const [gone, ada] = [toCall('g', 'bob'), toCall('a', 'ada')];
    open(gone);
    inbox.remove(gone);
    inbox.giveUp(gone);
    open(ada);
    question();
    await vi.advanceTimersByTimeAsync(5_000);
    expect(replies).toMatchObject([{ error: { message: expect.stringContaining('Several people') } }]);
    question();
    hear({ id: 'g', result: { content: [] } });
    await vi.advanceTimersByTimeAsync(0);
    expect(replies.at(-1)).toMatchObject({ result: { answeredBy: 'a' } });
    const again = toCall('h', 'bob');
    open(again);
    inbox.remove(again);
    inbox.giveUp(again);
    await vi.advanceTimersByTimeAsync(30_000);
    question();
    await vi.advanceTimersByTimeAsync(0);
    expect(replies).toHaveLength(3);
    expect(replies.at(-1)).toMatchObject({ result: { answeredBy: 'a' } });
    vi.useRealTimers();
  });

  it('is put to the latest of several calls of one person', async () => {
    open(toCall('first', 'ada'), toCall('second', 'ada'));
    question();
    await replied();
    expect(replies).toMatchObject([{ result: { answeredBy: 'second' } }]);
  });

  it('is not put to one that is answered in the same breath', async () => {
    open(toCall('first', 'ada'), toCall('second', 'ada'));
    question();
    hear({ id: 'second', result: { content: [] } });
    await replied();
    expect(replies).toMatchObject([{ result: { answeredBy: 'first' } }]);
  });

  it.each([
    { askers: ['ada', 'bob'], of: 'several people' },
    { askers: [undefined, undefined], of: 'nobody knows whom' },
  ])('is put to nobody when it may come from calls of $of', async ({ askers }) => {
    vi.useFakeTimers();
    const calls = askers.map((asker, n) => toCall(String(n), asker));
    open(...calls);
    question();
    await vi.advanceTimersByTimeAsync(5_000);
    vi.useRealTimers();
    expect(replies).toMatchObject([
      { id: 'q', error: { message: expect.stringContaining('Several people') } },
    ]);
    for (const { ask } of calls) expect(ask).not.toHaveBeenCalled();
  });

  it('is put to whoever is left when the server has answered the others', async () => {
    const [ada, bob, later] = [toCall('a', 'ada'), toCall('b', 'bob'), toCall('c', 'cleo')];
    open(ada, bob);
    question();
    open(later);
    hear({ id: 'b', result: { content: [] } });
    await replied();
    expect(replies).toMatchObject([{ result: { answeredBy: 'a' } }]);
    expect(later.ask).not.toHaveBeenCalled();
  });

  it('is put to nobody when one of those was given up that it may have come from', async () => {
    const [ada, bob] = [toCall('a', 'ada'), toCall('b', 'bob')];
    open(ada, bob);
    question();
    inbox.remove(bob);
    await replied();
    expect(replies).toMatchObject([{ error: { message: expect.stringContaining('Several people') } }]);
    expect(ada.ask).not.toHaveBeenCalled();
  });

  it('that nobody can be asked is refused at once', async () => {
    open({ ...toCall('mute', 'ada'), ask: undefined });
    question();
    await replied();
    expect(replies).toMatchObject([{ error: { code: -32_601 } }]);
  });
});
