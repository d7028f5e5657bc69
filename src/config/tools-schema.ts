import { object, text } from './field.ts';
import { serverSchema } from './server-schema.ts';

const { shape } = serverSchema.pick({
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
});

/** The folder of custom tools: served as a server named `tools`, so what can be said of servers can be said of it. */
export const toolsSchema = object({
  dir: text('the path of a folder')
    .optional()
    .describe('Folder of the modules. Default: `tools` in your own folder. It need not exist.'),
  ...shape,
}).describe('Tools of your own: TypeScript and JavaScript modules, served as the server `tools`.');
