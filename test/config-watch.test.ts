import {
  mkdirSync,
  mkdtempSync,
  realpathSync,
  renameSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { loadConfig, type Config, type LoadOptions } from '../src/config.ts';
import { trust } from '../src/config/trust.ts';
import { watchConfig, type ConfigChange } from '../src/config/watch.ts';

let root: string;
let file: string;
const stops: (() => void)[] = [];

beforeEach(() => {
  root = realpathSync(mkdtempSync(join(tmpdir(), 'tutti-watch-')));
  mkdirSync(join(root, 'project'));
  file = join(root, 'project', 'tutti.config.jsonc');
  write(1);
});

afterEach(() => {
  for (const stop of stops.splice(0)) stop();
  rmSync(root, { recursive: true, force: true });
});

function text(port: number): string {
  return JSON.stringify({ http: { port }, mcpServers: { it: { command: 'x' } } });
}

function write(port: number): void {
  writeFileSync(file, text(port));
}

interface Watching {
  readonly config: Config;
  /** The next change that was not taken yet. */
  readonly next: () => Promise<ConfigChange>;
  readonly seen: readonly ConfigChange[];
}

function watching(options: LoadOptions = { file }, meanwhile = () => {}): Watching {
  const load = (): Config =>
    loadConfig({
      cwd: join(root, 'project'),
      env: {},
      folders: { config: join(root, 'own'), data: join(root, 'data') },
      ...options,
    });
  const seen: ConfigChange[] = [];
  let taken = 0;
  let wake: (() => void) | undefined;
  const config = load();
  meanwhile();
  const stop = watchConfig(config, load, (change) => {
    seen.push(change);
    wake?.();
  });
  stops.push(stop);
  const next = async (): Promise<ConfigChange> => {
    while (seen.length <= taken) {
      const { promise, resolve } = Promise.withResolvers<void>();
      wake = resolve;
      await promise;
    }
    return seen[taken++]!;
  };
  return { config, next, seen };
}

const port = (change: ConfigChange): number | undefined =>
  change.kind === 'config' ? change.config.http.port : undefined;

it('tells of a file that was written over', async () => {
  const { config, next } = watching();
  write(2);
  expect(port(await next())).toBe(2);
  write(3);
  expect(port(await next())).toBe(3);
  expect(config.http.port).toBe(1);
});

it('tells of a file that took the place of another, again and again', async () => {
  const { next } = watching();
  for (const each of [2, 3, 4]) {
    writeFileSync(`${file}.new`, text(each));
    renameSync(`${file}.new`, file);
    expect(port(await next())).toBe(each);
  }
});

it('says nothing of a write that changes nothing, or of other files', async () => {
  const { next, seen } = watching();
  write(1);
  writeFileSync(join(root, 'project', 'other.jsonc'), '{}');
  writeFileSync(join(root, 'project', 'tutti.lock.json'), '{}');
  // The lock file is written last: whatever was to be said of the others was said before.
  expect(await next()).toEqual({ kind: 'lock', file: join(root, 'project', 'tutti.lock.json') });
  expect(seen).toHaveLength(1);
});

it('keeps to the old one when the new one has faults, and goes on', async () => {
  const { next } = watching();
  writeFileSync(file, '{ "http": { "port": "x" } }');
  expect(await next()).toMatchObject({
    kind: 'fault',
    error: { code: 'config/invalid', message: expect.stringContaining('http.port') },
  });
  write(5);
  expect(port(await next())).toBe(5);
});

it('keeps to the old one when the file is gone, and goes on when it is back', async () => {
  const { next } = watching({});
  rmSync(file);
  expect(await next()).toMatchObject({
    kind: 'fault',
    error: { message: expect.stringContaining('is kept') },
  });
  write(6);
  expect(port(await next())).toBe(6);
});

it('goes on when the whole folder was put in the place of another', async () => {
  const { next } = watching();
  renameSync(join(root, 'project'), join(root, 'old'));
  expect(await next()).toMatchObject({ kind: 'fault' });
  mkdirSync(join(root, 'project'));
  write(7);
  expect(port(await next())).toBe(7);
  write(8);
  expect(port(await next())).toBe(8);
});

it('follows a link to where the file really is', async () => {
  mkdirSync(join(root, 'elsewhere'));
  const real = join(root, 'elsewhere', 'real.jsonc');
  renameSync(file, real);
  symlinkSync(real, file);
  const { next } = watching();
  writeFileSync(real, text(9));
  expect(port(await next())).toBe(9);
});

it('keeps to a file that was found behind a link until the link leads elsewhere', async () => {
  mkdirSync(join(root, 'elsewhere'));
  const real = join(root, 'elsewhere', 'real.jsonc');
  renameSync(file, real);
  symlinkSync(real, file);
  const { config, next } = watching({});
  expect(config.file).toBe(real);
  writeFileSync(real, text(9));
  expect(port(await next())).toBe(9);
  rmSync(file);
  expect(await next()).toMatchObject({ kind: 'fault', error: { message: expect.stringContaining(file) } });
  const other = join(root, 'elsewhere', 'other.jsonc');
  writeFileSync(other, text(10));
  symlinkSync(other, file);
  expect(await next()).toMatchObject({ config: { file: other, http: { port: 10 } } });
});

it('tells of the lock file: when it comes, changes and goes', async () => {
  const { next } = watching();
  const lock = join(root, 'project', 'tutti.lock.json');
  for (const change of [
    () => writeFileSync(lock, '{}'),
    () => writeFileSync(lock, '{ }'),
    () => rmSync(lock),
  ]) {
    change();
    expect(await next()).toEqual({ kind: 'lock', file: lock });
  }
});

it('tells when a file that was found becomes trusted, and when it changes after that', async () => {
  mkdirSync(join(root, 'data'));
  const { config, next } = watching({});
  expect(config.gateway.servers).toEqual([]);
  trust(file, undefined, join(root, 'data'));
  expect(await next()).toMatchObject({
    kind: 'config',
    config: { trusted: true, gateway: { servers: [{}] } },
  });
  write(2);
  expect(await next()).toMatchObject({
    kind: 'config',
    config: { trusted: false, gateway: { servers: [] } },
  });
});

it('sees what changed between reading and watching', async () => {
  const { next } = watching({ file }, () => write(4));
  expect(port(await next())).toBe(4);
});

it('sees that it was spoilt between reading and watching', async () => {
  const { next } = watching({ file }, () => writeFileSync(file, '{'));
  expect(await next()).toMatchObject({ kind: 'fault' });
});

it('says nothing more once it is stopped, nor in the middle', async () => {
  const { next, seen } = watching();
  const other = watching();
  write(2);
  writeFileSync(join(root, 'project', 'tutti.lock.json'), '{}');
  await next();
  stops.splice(0, 1)[0]?.();
  const before = seen.length;
  write(3);
  while (port(await other.next()) !== 3);
  expect(seen).toHaveLength(before);
});

it('needs no file', () => {
  rmSync(file);
  const { config } = watching({});
  expect(config.sources).toEqual([]);
});
