import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it, onTestFinished, vi } from 'vitest';
import { differenceOf } from '../../../core/gateway/diff.ts';
import type { HeldByServer } from '../../../core/gateway/gateway.ts';
import { createSession } from '../session.ts';
import { approveLock, diffLock } from './lock.ts';

const held = vi.fn<() => Promise<readonly HeldByServer[]>>();
vi.mock('../../../app.ts', () => ({
  createApp: async () => ({
    orchestrator: { gateway: { listServers: async () => [], operator: { held } } },
    changedWorkflows: async () => [],
    close: async () => undefined,
  }),
}));

/** Of tools that changed: how many lines of each differ. */
function changed(...lines: readonly number[]): readonly HeldByServer[] {
  return lines.map((count, at) => ({
    server: 'web',
    kind: 'tool',
    name: `tool-${at}`,
    reason: 'changed',
    findings: [],
    diff: Array.from({ length: count }, (_, line) => `+line ${at}.${line}`),
    hash: String(at),
  }));
}

let written: string[];
let noted: string[];

beforeEach(() => {
  [written, noted] = [[], []];
  const into = (lines: string[]) => (text: string | Uint8Array) => lines.push(String(text)) > 0;
  vi.spyOn(process.stdout, 'write').mockImplementation(into(written));
  vi.spyOn(process.stderr, 'write').mockImplementation(into(noted));
  vi.stubEnv('HOME', join(tmpdir(), 'nobody'));
  vi.stubEnv('XDG_CONFIG_HOME', join(tmpdir(), 'nobody'));
});
afterEach(() => {
  vi.unstubAllEnvs();
  vi.restoreAllMocks();
  process.exitCode = undefined;
});

async function diff(options: Parameters<typeof diffLock>[1] = {}) {
  await diffLock(createSession({}), options);
  return written.join('');
}

describe('what is held', () => {
  it('is shown whole where it is little', async () => {
    held.mockResolvedValue(changed(60, 1));
    const text = await diff();
    expect(text).toContain('+line 0.59\n');
    expect(text).not.toContain('more line(s)');
  });

  it('is cut where it is much, and says how much more there is, and how all is seen', async () => {
    held.mockResolvedValue(changed(61, ...Array.from({ length: 100 }, () => 50)));
    const text = await diff();
    expect(text).toContain('+line 0.59\n  … 1 more line(s): tutti lock diff --all\n');
    expect(text).toContain('… 10 more line(s): tutti lock diff --all');
    expect(text).toContain('web tool tool-100: changed\n  … 50 more line(s): tutti lock diff --all');
    expect(text.match(/\+line/g)).toHaveLength(300);
    expect(await diff({ all: true })).toContain('+line 100.49');
  });

  it('counts what no command shows, and names the configuration that was named', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'tutti-lock-'));
    onTestFinished(() => rmSync(folder, { recursive: true }));
    const file = join(folder, 'own.jsonc');
    writeFileSync(file, '{}');
    const wide = Object.fromEntries(Array.from({ length: 700 }, (_, at) => [`p${at}`, at]));
    const [item] = changed(1);
    if (item) held.mockResolvedValue([{ ...item, ...differenceOf(undefined, wide) }]);
    await diffLock(createSession({ config: file }), {});
    expect(written.join('')).toContain(
      `… 642 more line(s), the next 340 of them: tutti lock diff --all --config ${file}\n`,
    );
    expect(written.join('')).toContain(`tutti lock approve [server | server__tool] --config ${file}`);
    expect(await diff({ all: true })).toContain('  … 302 more lines\n');
  });

  it('is counted, not read: a line of it may read like a count', async () => {
    const [item] = changed(61);
    if (item) held.mockResolvedValue([{ ...item, diff: [...item.diff.slice(0, -1), '  … 9 more lines'] }]);
    expect(await diff()).toContain('+line 0.59\n  … 1 more line(s): tutti lock diff --all\n');
  });

  it('is not cut for programs, nor for whoever is asked to approve it', async () => {
    held.mockResolvedValue(changed(...Array.from({ length: 10 }, () => 100)));
    await diffLock(createSession({ json: true }), {});
    expect(written.join('').match(/\+line/g)).toHaveLength(1_000);
    await approveLock(createSession({}), undefined, {});
    expect(noted.join('').match(/\+line/g)).toHaveLength(1_000);
  });
});
