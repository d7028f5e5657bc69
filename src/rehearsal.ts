import { join } from 'node:path';
import { workflowFolder } from './adapters/definitions/contained.ts';
import { folderDefinitions } from './adapters/definitions/folder.ts';
import { sha256 } from './adapters/digest/sha256.ts';
import { parseMarkdown } from './adapters/markdown/mdast.ts';
import { recordingModel, replayingModel } from './adapters/model/recorded.ts';
import { memoryStore } from './adapters/store/memory.ts';
import type { Config } from './config.ts';
import { PACKAGE_ROOT } from './config/package-root.ts';
import type { Model } from './core/ports/model.ts';
import { compileGuidance } from './core/workflow/guidance/compile.ts';
import { createLibrary } from './core/workflow/library.ts';
import type { Library } from './core/workflow/library.ts';
import { openStage } from './core/workflow/rehearsal/stage.ts';
import type { Stage, StageOptions } from './core/workflow/rehearsal/stage.ts';
import type { Tape } from './core/workflow/rehearsal/tape.ts';

/** Workflows tried out: the engine itself, with nothing kept and nobody called. */
export interface Rehearsal extends Pick<Library, 'names' | 'emptiness' | 'get' | 'startable'> {
  /** Where the files of a workflow stand; `undefined` when there is none of this name. */
  folderOf(workflow: string): Promise<string | undefined>;
  /** @throws TuttiError `definition/not-found`. */
  stage(workflow: string, options?: StageOptions): Promise<Stage>;
  /** A model that answers from a tape. */
  replaying(tape: Tape): Model;
  /** A model whose answers are kept on a tape. */
  recording(model: Model, tape: Tape): Model;
}

const SHIPPED = join(PACKAGE_ROOT, 'workflows');

/** The composition root for what needs neither a store on disk nor servers. `dir`: the workflows of this folder instead of the configured ones. */
export function createRehearsal({ workflows }: Config, dir?: string): Rehearsal {
  const served = workflows.shipped ? [workflows.dir, SHIPPED] : [workflows.dir];
  const dirs = dir === undefined ? served : [dir];
  const definitions = folderDefinitions({ dirs, writeDir: dirs[0] ?? workflows.dir });
  const library = createLibrary({
    definitions,
    parse: parseMarkdown,
    compile: compileGuidance,
    digest: sha256,
  });
  return {
    ...library,
    folderOf: async (workflow) => {
      const found = await Promise.all(dirs.map(async (each) => await workflowFolder(each, workflow)));
      return found.find((folder) => folder !== undefined)?.path;
    },
    stage: async (workflow, options) =>
      await openStage(
        workflow,
        { library, store: memoryStore(), minConfidence: workflows.minConfidence },
        options,
      ),
    replaying: replayingModel,
    recording: recordingModel,
  };
}
