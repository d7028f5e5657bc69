import { text } from './field.ts';
import { serverSchema } from './server-schema.ts';

/** The folder of custom tools: served as a server named `tools`, so what can be said of servers can be said of it. */
export const toolsSchema = serverSchema
  .pick({
    description: true,
    env: true,
    disabled: true,
    cost: true,
    connectMs: true,
    idleMs: true,
    timeoutMs: true,
    idleShutdownMs: true,
    concurrency: true,
    maxMemoryMb: true,
    cache: true,
    budget: true,
    tools: true,
  })
  .extend({
    dir: text('the path of a folder')
      .optional()
      .describe('Folder of the modules. Default: `tools` in the folder of your own; it need not exist.'),
  })
  .describe('Tools of your own: TypeScript and JavaScript modules, served as the server `tools`.');
