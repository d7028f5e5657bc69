import {
  lstatSync,
  mkdtempSync,
  readFileSync,
  readdirSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { createSession } from '../session.ts';
import { addServer, removeServer } from './server-edits.ts';

let folder: string;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'tutti-edits-'));
  vi.spyOn(process.stdout, 'write').mockReturnValue(true);
  vi.spyOn(process.stderr, 'write').mockReturnValue(true);
});
afterEach(() => {
  vi.restoreAllMocks();
  rmSync(folder, { recursive: true, force: true });
});

function configured(text: string, name = 'tutti.config.jsonc'): string {
  const file = join(folder, name);
  writeFileSync(file, text);
  return file;
}

const remove = (file: string, name = 'a') => removeServer(createSession({ config: file, json: true }), name);
const add = (file: string, name = 'b') =>
  addServer(createSession({ config: file, json: true }), { name, launch: ['node'] });

describe('taking a server out', () => {
  it.each([
    [
      '{\n  "mcpServers": {\n    // one\n    "a": { "command": "x" },\n  },\n}\n',
      '{\n  "mcpServers": {\n    // one\n  },\n}\n',
    ],
    ['{"mcpServers":{"a":{"command":"x"}}}', '{"mcpServers":{}}'],
    ['{"mcpServers":{"a":{"command":"x"},"b":{"command":"y"}}}', '{"mcpServers":{"b":{"command":"y"}}}'],
    [
      '{"mcpServers":{"b":{"command":"y"} /* , */ ,"a":{"command":"x"}}}',
      '{"mcpServers":{"b":{"command":"y"} /* , */ }}',
    ],
    [
      '{\n  "mcpServers": {\n    "b": { "command": "y" },\n    "a": { "command": "x" } // a, too\n  }\n}\n',
      '{\n  "mcpServers": {\n    "b": { "command": "y" }\n     // a, too\n  }\n}\n',
    ],
    ['\uFEFF{"mcpServers":{"a":{"command":"x"}}}', '\uFEFF{"mcpServers":{}}'],
  ])('leaves the rest as it stands: %j', (before, after) => {
    const file = configured(before);
    remove(file);
    expect(readFileSync(file, 'utf8')).toBe(after);
    expect(readdirSync(folder)).toEqual(['tutti.config.jsonc']);
  });

  it.each([
    'mcpServers:\n  a: &x\n    command: node\n  b: *x\n',
    'x: &x\n  a: { command: node }\nmcpServers: *x\n',
  ])('is left to a person where aliases are about: %j', (text) => {
    const file = configured(text, 'tutti.config.yaml');
    expect(() => remove(file)).toThrow(expect.objectContaining({ code: 'config/invalid' }));
    expect(readFileSync(file, 'utf8')).toBe(text);
    expect(readdirSync(folder)).toEqual(['tutti.config.yaml']);
  });
});

it.each(['http://127.0.0.1:7999/mcp', 'HTTPS://example.com/mcp'])(
  'an address is no command, and nothing is written: %s',
  (address) => {
    const file = configured('{}');
    const named = () =>
      addServer(createSession({ config: file, json: true }), { name: 'web', launch: [address] });
    expect(named).toThrow(
      expect.objectContaining({
        code: 'input/invalid-format',
        message: expect.stringContaining('tutti servers add web --url') as string,
      }),
    );
    expect(readFileSync(file, 'utf8')).toBe('{}');
  },
);

it.skipIf(process.platform === 'win32')('a symbolic link stays, and what it leads to is written', () => {
  const real = configured('{}', 'real.jsonc');
  const file = join(folder, 'tutti.config.jsonc');
  symlinkSync('real.jsonc', file);
  add(file);
  expect(lstatSync(file).isSymbolicLink()).toBe(true);
  expect(JSON.parse(readFileSync(real, 'utf8'))).toEqual({
    mcpServers: { b: { command: 'node', args: [] } },
  });
  remove(file, 'b');
  expect(lstatSync(file).isSymbolicLink()).toBe(true);
});

it.each([
  ['n'.repeat(70), 'at most 40 characters'],
  ['сервер', 'U+0441'],
  ['a__b', '"__"'],
  ['a.b', 'found "."'],
  ['', 'empty'],
  ['A', 'looks like "a"'],
])('a name that would be left out is refused: %j', (name, said) => {
  const text = '{"mcpServers":{"a":{"command":"x"}}}';
  const file = configured(text);
  expect(() => add(file, name)).toThrow(
    expect.objectContaining({ code: 'config/invalid', message: expect.stringContaining(said) }),
  );
  expect(readFileSync(file, 'utf8')).toBe(text);
  expect(readdirSync(folder)).toEqual(['tutti.config.jsonc']);
});
