import { describe, expect, it } from 'vitest';
import type { Caller } from '../src/core/kernel/caller.ts';
import { createMcpServer } from '../src/surfaces/mcp/server.ts';
import { Sessions } from '../src/surfaces/http/sessions.ts';
import { fakeOrchestrator } from './support/fake-orchestrator.ts';

const ada = { owner: 'ada' };
const bob = { owner: 'bob' };

function open(maxSessions: number) {
  const fake = fakeOrchestrator();
  const telemetry = { log: () => {} };
  const sessions = new Sessions({
    build: (caller) => createMcpServer({ orchestrator: fake.orchestrator, caller, telemetry, version: '1' }),
    maxSessions,
    onError: () => {},
  });
  const post = async (caller: Caller, message: object, id?: string) => {
    const headers = {
      accept: 'application/json, text/event-stream',
      'content-type': 'application/json',
      ...(id !== undefined && { 'mcp-session-id': id, 'mcp-protocol-version': '2025-11-25' }),
    };
    const body = { jsonrpc: '2.0', ...message };
    const request = new Request('http://localhost/mcp', {
      method: 'POST',
      headers,
      body: JSON.stringify(body),
    });
    return await sessions.handle(request, caller, body);
  };
  const initialize = async (caller: typeof ada) => {
    const params = {
      protocolVersion: '2025-11-25',
      capabilities: {},
      clientInfo: { name: 'x', version: '1' },
    };
    const answer = await post(caller, { id: 1, method: 'initialize', params });
    await answer.text();
    return answer.headers.get('mcp-session-id') ?? '';
  };
  return { sessions, post, initialize, release: () => fake.release() };
}

describe('sessions', () => {
  it("make room among their owner's own, never among another's", async () => {
    const { post, initialize } = open(2);
    const hers = await initialize(ada);
    for (let n = 0; n < 5; n += 1) await initialize(bob);
    expect((await post(ada, { id: 2, method: 'ping' }, hers)).status).toBe(200);
  });

  it('make room once a client is gone, though it ended nothing but its connection', async () => {
    const { sessions, post, initialize } = open(1);
    const id = await initialize(ada);
    const headers = { accept: 'text/event-stream', 'mcp-session-id': id };
    const stream = await sessions.handle(new Request('http://localhost/mcp', { headers }), ada);
    expect(await initialize(ada)).toBe('');
    // As a connection that breaks does.
    await stream.body?.cancel();
    expect(await initialize(ada)).not.toBe('');
    expect((await post(ada, { id: 2, method: 'ping' }, id)).status).toBe(404);
  });

  it('serve on no path but for the grants they were opened with', async () => {
    const { sessions, post, initialize } = open(2);
    const id = await initialize(ada);
    const claim = (caller: Caller) => sessions.claim(id, { caller, request: 7, version: undefined });
    for (const other of [bob, { ...ada, grants: { tools: [] } }, { ...ada, grants: { toolsets: [] } }]) {
      expect(claim(other)).toBeUndefined();
      expect((await post(other, { id: 2, method: 'ping' }, id)).status).toBe(404);
    }
    const claimed = claim(ada);
    expect(claimed?.client).toMatchObject({ name: 'x' });
    claimed?.release();
  });

  it('refuse an id that is still being answered', async () => {
    const { post, initialize, release } = open(2);
    const id = await initialize(ada);
    const started = await post(
      ada,
      {
        id: 2,
        method: 'tools/call',
        params: { name: 'start_workflow', arguments: { workflow_name: 'DEMO' } },
      },
      id,
    );
    const { instance_id } = JSON.parse(/data: (.*)/.exec(await started.text())?.[1] ?? '{}').result
      .structuredContent;
    const wait = {
      id: 3,
      method: 'tools/call',
      params: { name: 'advance_workflow', arguments: { instance_id, report: { status: 'wait' } } },
    };
    const first = await post(ada, wait, id);
    expect((await post(ada, wait, id)).status).toBe(400);
    release();
    expect(await first.text()).toContain('"id":3');
    expect((await post(ada, { id: 3, method: 'ping' }, id)).status).toBe(200);
  });
});
