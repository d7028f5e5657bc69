import type { Json } from '../../../core/kernel/json.ts';
import { inSession, IN_SESSION } from '../session-input.ts';
import { valueText } from '../session-texts.ts';
import { TEXT, answers, takes } from '../schemas.ts';
import { READS, writes } from '../tool.ts';
import type { McpTool } from '../tool.ts';

const KEY = { key: TEXT, ...IN_SESSION };

export const storeTaskData: McpTool = {
  definition: {
    name: 'store_task_data',
    title: 'Store task data',
    description: 'Keep a value of the task under a key; prompts of states are filled from it.',
    inputSchema: takes({ key: TEXT, value: { description: 'Any JSON' }, ...IN_SESSION }, ['key', 'value']),
    outputSchema: answers({ key: TEXT }),
    annotations: writes({ repeatable: true }),
  },
  async run(input, { orchestrator: { sessions }, caller }) {
    const key = input.name('key');
    const value: Json = input.requiredJson('value');
    await sessions.storeData(caller, { key, value, ...inSession(input) });
    return { structured: { key }, text: `Stored task data under key: ${key}` };
  },
};

export const getTaskData: McpTool = {
  definition: {
    name: 'get_task_data',
    title: 'Task data',
    description: 'What is stored under a key.',
    inputSchema: takes(KEY, ['key']),
    outputSchema: answers({ key: TEXT, value: {} }),
    annotations: READS,
  },
  async run(input, { orchestrator: { sessions }, caller }) {
    const key = input.name('key');
    const value = await sessions.readData(caller, { key, ...inSession(input) });
    return { structured: { key, value }, text: valueText(value) };
  },
};

export const listTaskDataKeys: McpTool = {
  definition: {
    name: 'list_task_data_keys',
    title: 'Keys of the task data',
    description: 'Keys of the task data.',
    inputSchema: takes({ ...IN_SESSION }),
    outputSchema: answers({ keys: { type: 'array' } }),
    annotations: READS,
  },
  async run(input, { orchestrator: { sessions }, caller }) {
    const keys = Object.keys(await sessions.data(caller, inSession(input)));
    return { structured: { keys }, text: JSON.stringify(keys) };
  },
};

export const deleteTaskData: McpTool = {
  definition: {
    name: 'delete_task_data',
    title: 'Delete task data',
    description: 'Remove what is stored under a key.',
    inputSchema: takes(KEY, ['key']),
    outputSchema: answers({ key: TEXT, deleted: { type: 'boolean' } }),
    annotations: writes({ repeatable: true }),
  },
  async run(input, { orchestrator: { sessions }, caller }) {
    const key = input.name('key');
    const deleted = await sessions.removeData(caller, { key, ...inSession(input) });
    return {
      structured: { key, deleted },
      text: deleted ? `Deleted the task data under key: ${key}` : `Nothing was stored under key: ${key}`,
    };
  },
};
