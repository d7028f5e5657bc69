import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, describe, expect, it, vi } from 'vitest';
import type { Approval } from '../../../core/kernel/approval.ts';
import { approvalText as toldByMcp } from '../../mcp/gateway-texts.ts';
import { createSession } from '../session.ts';
import { createTerminal } from '../terminal.ts';
import { approvalText, approveCall, listApprovals } from './approvals.ts';

const held = vi.fn<() => Promise<readonly object[]>>();
const approvals = vi.fn<() => Promise<readonly Approval[]>>();
vi.mock('../../../app.ts', () => ({
  createApp: async () => ({
    orchestrator: { gateway: { operator: { held, approvals, decide: async () => approvalOf('x') } } },
    close: async () => undefined,
  }),
}));

afterEach(() => vi.restoreAllMocks());

const HIDDEN = 'https://a.example/\u200b\u202e\u2066\u00ad\u200d\u3164\u{e0041}x';
const SHOWN = String.raw`https://a.example/\u200b\u202e\u2066\u00ad\u200d\u3164\udb40\udc41x`;

function approvalOf(text: string): Approval {
  return {
    owner: 'local',
    id: 'a1',
    instance: null,
    server: 'web',
    tool: 'post',
    arguments: { text },
    digest: 'd',
    risk: 'write',
    reason: 'rule 1',
    requestedBy: 'ada',
    status: 'pending',
    decidedBy: null,
    createdAt: 0,
    decidedAt: null,
    expiresAt: 1,
  };
}

describe('what a person approves', () => {
  it('is shown as it is sent: escaped, never dropped', () => {
    const terminal = createTerminal(false);
    expect(approvalText(approvalOf(HIDDEN), terminal)).toContain(SHOWN);
    expect(toldByMcp(approvalOf(HIDDEN))).toContain(SHOWN);
  });

  it('keeps every blank of a long line', () => {
    const text = `${'word  '.repeat(200)}end`;
    expect(approvalText(approvalOf(text), createTerminal(false))).toContain(text);
    expect(toldByMcp(approvalOf(text))).toContain(text);
  });

  it('says how much is left out of a long text', () => {
    expect(toldByMcp(approvalOf('x'.repeat(5000)))).toMatch(/… \(cut: 1011 more characters/);
  });
});

describe('a list of what waits', () => {
  it.each([undefined, 'which of them did ada leave open?'])(
    'has ids that can be copied: %s',
    async (query) => {
      const id = 'AbCdEfGhIjKlMnOpQrStUv';
      const call = { ...approvalOf('x'.repeat(200)), id, tool: 'delete_repository', ...(query && { query }) };
      approvals.mockResolvedValue([call]);
      const write = vi.spyOn(process.stdout, 'write').mockReturnValue(true);
      vi.stubEnv('HOME', join(tmpdir(), 'nobody'));
      vi.stubEnv('XDG_CONFIG_HOME', join(tmpdir(), 'nobody'));
      vi.stubEnv('COLUMNS', '80');
      await listApprovals(createSession({}), { limit: 10 });
      vi.unstubAllEnvs();
      const text = write.mock.calls.map(([each]) => String(each)).join('');
      expect(text).toContain(`\n${id}  pending  `);
      expect(text.includes('question')).toBe(query !== undefined);
    },
  );
});

describe('an approved call', () => {
  it.each([
    [[], 'goes through once', 'is held'],
    [[{ server: 'web', kind: 'tool', name: 'get' }], 'goes through once', 'is held'],
    [[{ server: 'web', kind: 'tool', name: 'post' }], 'web post is held', 'Approved: '],
    [[{ server: 'web', kind: 'server', name: 'web' }], 'web post is held', 'Approved: '],
  ])('is told to go through only where its tool is not held: %j', async (waiting, said, unsaid) => {
    held.mockResolvedValue(waiting);
    const write = vi.spyOn(process.stdout, 'write').mockReturnValue(true);
    vi.stubEnv('HOME', join(tmpdir(), 'nobody'));
    vi.stubEnv('XDG_CONFIG_HOME', join(tmpdir(), 'nobody'));
    await approveCall(createSession({}), 'a1', { yes: true });
    vi.unstubAllEnvs();
    const text = write.mock.calls.map(([each]) => String(each)).join('');
    expect(text).toContain(said);
    expect(text).not.toContain(unsaid);
  });
});
