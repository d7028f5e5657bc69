import { mkdir, mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { folderDefinitions } from '../../src/adapters/definitions/folder.ts';
import { memoryDefinitions } from '../../src/adapters/definitions/memory.ts';
import { describeDefinitions } from './definitions.contract.ts';

describeDefinitions('memory', async () => {
  const workflows: Record<string, Record<string, string>> = {};
  return await Promise.resolve({
    definitions: memoryDefinitions(workflows),
    put: async (workflow, path, text) => {
      (workflows[workflow] ??= {})[path] = text;
      return await Promise.resolve();
    },
    remove: async (workflow, path) => {
      if (path === undefined) delete workflows[workflow];
      else delete workflows[workflow]?.[path];
      return await Promise.resolve();
    },
    close: async () => await Promise.resolve(),
  });
});

describeDefinitions('folder', async () => {
  const root = await mkdtemp(join(tmpdir(), 'tutti-definitions-'));
  const dir = join(root, 'workflows');
  return {
    definitions: folderDefinitions({ dirs: [dir, join(root, 'absent')], writeDir: dir }),
    put: async (workflow, path, text) => {
      const file = join(dir, workflow, path);
      await mkdir(dirname(file), { recursive: true });
      await writeFile(file, text);
    },
    remove: async (workflow, path) => await rm(join(dir, workflow, path ?? ''), { recursive: true }),
    close: async () => {
      const left = await readdir(dir).catch(() => []);
      await rm(root, { recursive: true });
      const debris = left.filter((name) => name.startsWith('.tutti'));
      if (debris.length > 0) throw new Error(`left behind: ${debris.join(', ')}`);
    },
  };
});
