import picocolors from 'picocolors';
import { describe, expect, it } from 'vitest';
import { table } from './table.ts';
import type { Terminal } from './terminal.ts';

const ID = 'AbCdEfGhIjKlMnOpQrStUv';
const LONG = JSON.stringify({ text: 'x'.repeat(100) });
const ROWS = [[ID, 'pending', 'github delete_repository', LONG, 'destructive', '2026-01-01 10:00:00']];

function shown(width: number, first: Parameters<typeof table>[0][number]): readonly string[] {
  const terminal = { width, colors: picocolors.createColors(false) } as Terminal;
  return table([first, 'status', 'call', 'arguments', 'why', 'until'], ROWS, terminal).split('\n');
}

describe('a table', () => {
  it.each([40, 60, 80, 120])('breaks no id, other columns give way: %i columns', (width) => {
    const lines = shown(width, { whole: 'approval' });
    expect(lines[1]?.startsWith(`${ID}  `)).toBe(true);
    if (width >= 80) expect(Math.max(...lines.map((line) => line.length))).toBeLessThanOrEqual(width);
  });

  it('breaks what is only long', () => {
    const lines = shown(80, 'approval');
    expect(Math.max(...lines.map((line) => line.length))).toBeLessThanOrEqual(80);
    expect(lines.join('\n')).not.toContain(ID);
  });
});
