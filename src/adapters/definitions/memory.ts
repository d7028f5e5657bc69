import { TuttiError } from '../../core/kernel/errors.ts';
import type { Definitions } from '../../core/ports/definitions.ts';
import { checkDefinitionName, isWorkflowName } from '../../core/workflow/definition/paths.ts';
import {
  checkFiles,
  checkPath,
  checkTexts,
  foldName,
  isPage,
  MAX_FILE_BYTES,
  MAX_PAGES,
  notThere,
  replacedNames,
} from './bounds.ts';

/** Files by path, by workflow. */
export type WorkflowFiles = Record<string, Record<string, string>>;

/** Definitions in memory. The record is used as it is, so that a test may edit it; edits are seen at once, but not watched. */
export function memoryDefinitions(workflows: WorkflowFiles = {}): Definitions {
  const watchers = new Set<() => void>();
  const filesOf = (workflow: string): Record<string, string> | undefined =>
    Object.hasOwn(workflows, workflow) ? workflows[workflow] : undefined;
  return {
    list: async () => {
      const names = Object.keys(workflows).filter(
        (name) => isWorkflowName(name) && Object.hasOwn(workflows[name] ?? {}, 'index.md'),
      );
      return await Promise.resolve(names.toSorted());
    },
    whereabouts: async () =>
      await Promise.resolve(Object.keys(workflows).length === 0 ? 'memory, which is empty' : 'memory'),
    stamp: async (workflow) => {
      const files = isWorkflowName(workflow) ? filesOf(workflow) : undefined;
      return await Promise.resolve(files && JSON.stringify(Object.entries(files)));
    },
    read: async (workflow, path) => {
      checkDefinitionName(workflow);
      checkPath(path);
      const files = filesOf(workflow);
      const text = files && Object.hasOwn(files, path) ? files[path] : undefined;
      if (text === undefined)
        throw new TuttiError('definition/not-found', `There is no file ${path} in ${workflow}.`);
      if (Buffer.byteLength(text) > MAX_FILE_BYTES) {
        throw new TuttiError('input/too-large', `${path} is larger than ${MAX_FILE_BYTES} bytes.`);
      }
      return await Promise.resolve(text);
    },
    pages: async (workflow) => {
      checkDefinitionName(workflow);
      const paths = Object.keys(filesOf(workflow) ?? {}).filter((path) => isPage(path));
      return await Promise.resolve(paths.toSorted().slice(0, MAX_PAGES));
    },
    amend: async (workflow, files) => {
      checkDefinitionName(workflow);
      checkTexts(files);
      const known = filesOf(workflow);
      for (const path of Object.keys(files))
        if (!known || !Object.hasOwn(known, path)) throw notThere(workflow, path);
      workflows[workflow] = { ...known, ...files };
      for (const onChange of watchers) queueMicrotask(onChange);
      return await Promise.resolve(`memory:${workflow}`);
    },
    write: async (workflow, files) => {
      checkDefinitionName(workflow);
      checkFiles(files);
      const replaced = replacedNames(files);
      const kept = Object.entries(filesOf(workflow) ?? {}).filter(
        ([path]) => !replaced.has(foldName(path.split('/', 1)[0] ?? path)),
      );
      workflows[workflow] = { ...Object.fromEntries(kept), ...files };
      for (const onChange of watchers) queueMicrotask(onChange);
      return await Promise.resolve(`memory:${workflow}`);
    },
    watch: (onChange) => {
      watchers.add(onChange);
      return () => void watchers.delete(onChange);
    },
  };
}
