import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { LogLevel } from '../../core/ports/telemetry.ts';
import { pinoTelemetry, silentTelemetry } from './pino.ts';

const secret = ['ghp_', 'aZ3kV9qLx7TnB2mWc8YdR4sHf6JgP1uE0oKi'].join('');
let lines: string[];

beforeEach(() => {
  lines = [];
  vi.spyOn(process.stderr, 'write').mockImplementation((line) => {
    lines.push(String(line));
    return true;
  });
});

afterEach(() => {
  vi.restoreAllMocks();
});

function logged(event: string, fields?: Readonly<Record<string, unknown>>, level: LogLevel = 'info') {
  pinoTelemetry({ level: 'info' }).log(level, event, fields);
  return lines.map((line) => JSON.parse(line) as Record<string, unknown>);
}

describe('pinoTelemetry', () => {
  it('writes one JSON line for each event, on stderr', () => {
    expect(logged('server started', { port: 3000, tools: ['a', 'b'], none: undefined })).toMatchObject([
      { level: 30, msg: 'server started', port: 3000, tools: ['a', 'b'] },
    ]);
    expect(logged('quiet', {}, 'debug')).toHaveLength(1);
  });

  it('takes secrets out of messages and fields, at any depth', () => {
    const [line] = logged(`call with ${secret}`, {
      url: 'https://ada:hunter2-canary@x.example/y',
      headers: { authorization: 'Bearer canary-123', 'x-api-key': 'canary-456' },
      nested: { list: [{ text: `key ${secret}` }] },
      password: 'canary-789',
      error: new Error(`refused: token=${secret}`, { cause: new Error(`password="canary 000"`) }),
    });
    const text = JSON.stringify(line);
    expect(text).not.toContain('ghp_');
    expect(text).not.toContain('canary');
    expect(line).toMatchObject({ headers: { authorization: '[redacted]' }, error: { type: 'Error' } });
  });

  it('lets nobody forge a line or paint a terminal', () => {
    logged('tool \u001b]8;;http://x\u0007named\n{"level":50,"msg":"forged"}', {
      name: 'a\r\n{"level":60}\u001b[2J\u202e',
      'k\u001b[31mey': 'v',
    });
    expect(lines).toHaveLength(1);
    expect(lines[0]?.indexOf('\n')).toBe((lines[0]?.length ?? 0) - 1);
    for (const each of ['\u001b', String.raw`\u001b`, '\u202e', '\r']) expect(lines[0]).not.toContain(each);
    expect(JSON.parse(lines[0] ?? '')).toMatchObject({ level: 30, key: 'v' });
  });

  it('logs what JSON cannot hold', () => {
    const loop: Record<string, unknown> = { big: 10n, not: Number.NaN, when: new Date(0) };
    loop['self'] = loop;
    let deep: unknown = 'end';
    for (let depth = 0; depth < 10_000; depth++) deep = { deep };
    const [line] = logged('odd', { loop, deep, long: 'x'.repeat(1_000_000) });
    expect(line).toMatchObject({
      loop: { big: '10', not: 'NaN', when: '1970-01-01T00:00:00.000Z', self: '[…]' },
    });
    expect(lines[0]?.length).toBeLessThan(50_000);
  });

  it('keeps a copy in a file, the same without secrets', async () => {
    const dir = mkdtempSync(join(tmpdir(), 'tutti-log-'));
    try {
      pinoTelemetry({ level: 'info', file: { dir, name: 'tutti.log' } }).log('warn', 'copied', {
        token: secret,
      });
      await expect
        .poll(() => JSON.parse(readFileSync(join(dir, 'tutti.log'), 'utf8')) as object)
        .toMatchObject({ level: 40, msg: 'copied', token: '[redacted]' });
    } finally {
      rmSync(dir, { recursive: true, force: true });
    }
  });

  it('says which folder cannot be made', () => {
    expect(() => pinoTelemetry({ level: 'info', file: { dir: '/dev/null/x', name: 'a' } })).toThrow(
      /ORCHESTRATOR_LOG_DIR/,
    );
  });
});

describe('silentTelemetry', () => {
  it('says nothing', () => {
    silentTelemetry().log('error', 'x');
    expect(lines).toEqual([]);
  });
});
