import {
  lstatSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  readdirSync,
  rmSync,
  symlinkSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { lockFileOf, readLock, writeLock } from '../src/config/lock-file.ts';
import { agreedWorkflows, changedWorkflows } from '../src/config/locked-workflows.ts';
import type { JsonObject } from '../src/core/kernel/json.ts';

let folder: string;
let file: string;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'tutti-lock-'));
  file = lockFileOf(join(folder, 'tutti.config.jsonc'));
});

afterEach(() => rmSync(folder, { recursive: true, force: true }));

const LOCK: JsonObject = { servers: { b: { hash: '2', tools: { y: '1', x: '2' } }, a: { hash: '1' } } };

it('is beside the configuration, and need not be there', () => {
  expect(file).toBe(join(folder, 'tutti.lock.json'));
  expect(readLock(file)).toBeUndefined();
});

it('gives back what was written, and leaves nothing else behind', () => {
  writeLock(file, LOCK);
  expect(readLock(file)).toEqual(LOCK);
  expect(readdirSync(folder)).toEqual(['tutti.lock.json']);
});

it.skipIf(process.platform === 'win32')('is written behind the symbolic link that stands for it', () => {
  mkdirSync(join(folder, 'elsewhere'));
  symlinkSync(join('elsewhere', 'lock.json'), file);
  writeLock(file, LOCK);
  writeLock(file, LOCK);
  expect(lstatSync(file).isSymbolicLink()).toBe(true);
  expect(readLock(join(folder, 'elsewhere', 'lock.json'))).toEqual(LOCK);
  expect(readdirSync(join(folder, 'elsewhere'))).toEqual(['lock.json']);
});

it('is a line for each thing, with a newline at its end', () => {
  writeLock(file, LOCK);
  const text = readFileSync(file, 'utf8');
  expect(text).toBe(`{
  "servers": {
    "b": {
      "hash": "2",
      "tools": {
        "y": "1",
        "x": "2"
      }
    },
    "a": {
      "hash": "1"
    }
  }
}
`);
});

it('may hold one key in several objects', () => {
  const lock = {
    servers: { a: { hash: '1', tools: { a: '1' } }, b: { hash: '2', list: [{ a: 1 }, { a: 2 }] } },
  };
  writeFileSync(file, JSON.stringify(lock));
  expect(readLock(file)).toEqual(lock);
});

it('may begin with a byte order mark and end lines as Windows does', () => {
  writeFileSync(file, '\uFEFF{\r\n"version": 1\r\n}\r\n');
  expect(readLock(file)).toEqual({ version: 1 });
});

it.each([
  [
    'merge marks',
    '{\n<<<<<<< HEAD\n"version": 1\n=======\n"version": 1\n>>>>>>> b\n}',
    'line 2: a merge was left',
  ],
  ['a lone mark', '{ "version": 1 }\n>>>>>>> theirs\n', 'line 2: a merge was left'],
  ['marks of Windows', '{\r\n=======\r\n"version": 1}', 'line 2: a merge was left'],
  ['bad JSON', '{ "version": 1, }', 'is no JSON that can be used'],
  [
    'a key that stands twice, as after a merge without marks',
    '{\n"version": 1,\n"servers": { "a": { "hash": "1" },\n"a": { "hash": "2" } }\n}',
    'line 4: the key "a" stands twice',
  ],
  ['a key written in two ways', '{"version": 1, "ver\\u0073ion": 1}', 'the key "version" stands twice'],
  ['nothing', '', 'is no JSON that can be used'],
  ['no object', '[1]', 'expected a JSON object'],
  ['nesting without end', '['.repeat(100_000), 'is no JSON that can be used'],
  ['deep nesting', `{"version": 1, "a": ${'['.repeat(70)}${']'.repeat(70)}}`, 'nested more than 64 levels'],
])('is refused with %s', (_title, text, message) => {
  writeFileSync(file, text);
  expect(() => readLock(file)).toThrow(
    expect.objectContaining({ code: 'lock/invalid', message: expect.stringContaining(message) }),
  );
  expect(readFileSync(file, 'utf8')).toBe(text);
});

it('is refused when it is too large, or no file', () => {
  writeFileSync(file, '');
  truncateSync(file, 8_388_609);
  expect(() => readLock(file)).toThrow('is larger than 8388608 bytes');
  expect(() => readLock(folder)).toThrow(expect.objectContaining({ code: 'lock/invalid' }));
});

it('says when it cannot be written, and leaves nothing behind', () => {
  const gone = join(folder, 'absent', 'tutti.lock.json');
  expect(() => writeLock(gone, LOCK)).toThrow(
    expect.objectContaining({
      code: 'lock/invalid',
      message: expect.stringContaining('cannot be written (ENOENT)'),
    }),
  );
  expect(readdirSync(folder)).toEqual([]);
});

it('keeps of workflows what nobody agreed to, nor to what they are by now', () => {
  const lock = { workflows: { a: '1', b: '1', c: '1', gone: '1', same: '1' } };
  const shown = { a: '2', b: '2', c: '2', same: '1', fresh: '1' };
  const changed = changedWorkflows(lock, shown);
  expect(changed.map(({ name }) => name)).toEqual(['a', 'b', 'c']);
  const agreed = changed.filter(({ name }) => name !== 'a');
  const now = { ...shown, c: '3' };
  expect(agreedWorkflows(lock, now, agreed)).toEqual({ a: '1', b: '2', c: '1', same: '1', fresh: '1' });
  expect(agreedWorkflows(lock, now, [])).toEqual({ a: '1', b: '1', c: '1', same: '1', fresh: '1' });
  expect(changedWorkflows({}, now)).toEqual([]);
});
