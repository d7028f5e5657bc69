import { TuttiError } from '../kernel/errors.ts';
import { checkJson } from '../kernel/json.ts';
import type { JsonObject } from '../kernel/json.ts';
import { checkKey } from './limits.ts';
import { noted } from './desk.ts';
import type { Desk } from './desk.ts';
import type { Sessions } from './session.ts';

/** `report.status` of entries by which task data was stored, and removed. */
export const STORED = 'stored';
export const REMOVED = 'removed';

/** What sessions keep of their task: the context of their instances. */
export function createTaskData(desk: Desk): Pick<Sessions, 'storeData' | 'readData' | 'data' | 'removeData'> {
  const { clock } = desk.parts;
  return {
    storeData: async (caller, { session, key, value }) => {
      checkKey(key);
      checkJson(value, 'value');
      await desk.write(caller, session, (opened) => {
        const contextUpdates: JsonObject = { [key]: value };
        const context = { ...opened.instance.context, ...contextUpdates };
        checkJson(context, 'The task data of the session with this value');
        const report = { status: STORED };
        return noted(opened, { kind: 'NOTED', at: clock.now(), report, context, contextUpdates });
      });
    },
    readData: async (caller, { session, key }) => {
      checkKey(key);
      const { context } = (await desk.open(caller, session)).instance;
      const value = Object.hasOwn(context, key) ? context[key] : undefined;
      if (value !== undefined) return value;
      throw new TuttiError('data/not-found', `No data found for key: ${key}`);
    },
    data: async (caller, input = {}) => (await desk.open(caller, input.session)).instance.context,
    removeData: async (caller, { session, key }) => {
      checkKey(key);
      let isRemoved = false;
      await desk.write(caller, session, (opened) => {
        const { [key]: removed, ...context } = opened.instance.context;
        isRemoved = removed !== undefined && Object.hasOwn(opened.instance.context, key);
        if (!isRemoved) return undefined;
        const report = { status: REMOVED, result: key };
        const contextUpdates = { [key]: null };
        const removal = noted(opened, { kind: 'NOTED', at: clock.now(), report, context, contextUpdates });
        return { ...removal, beyondBytes: Infinity };
      });
      return isRemoved;
    },
  };
}
