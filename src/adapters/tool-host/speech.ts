import { createInterface } from 'node:readline';
import type { Readable, Writable } from 'node:stream';
import { LEFT_OUT } from '../../core/kernel/custom-tool.ts';
import { isJsonObject } from '../../core/kernel/json.ts';
import type { JsonObject } from '../../core/kernel/json.ts';
import { INTERNAL_ERROR, INVALID_PARAMS } from '../../core/kernel/protocol-names.ts';

import { reasonOf } from './thread-messages.ts';
import type { Toolbox } from './toolbox.ts';

const REVISION = '2025-11-25';
const UNKNOWN_METHOD = -32_601;

/** What is said when the tools are others. */
export const LIST_CHANGED = '{"jsonrpc":"2.0","method":"notifications/tools/list_changed"}\n';

interface Speech {
  readonly input: Readable;
  readonly output: Writable;
  readonly version: string;
  /** The tools of now. */
  readonly toolbox: () => Promise<Toolbox>;
}

/** Answers the gateway that started us, a message a line, until its input ends. */
export async function speak({ input, output, version, toolbox }: Speech): Promise<void> {
  const running = new Map<unknown, AbortController>();
  const send = (id: unknown, body: string) =>
    output.write(`{"jsonrpc":"2.0","id":${JSON.stringify(id)},${body}}\n`);
  const fail = (id: unknown, code: number, message: string) =>
    send(id, `"error":${JSON.stringify({ code, message })}`);

  const answer = async (id: unknown, method: string, params: JsonObject): Promise<void> => {
    if (method === 'initialize') send(id, `"result":${JSON.stringify(greeting(version))}`);
    else if (method === 'ping') send(id, '"result":{}');
    else if (method === 'tools/list') send(id, `"result":${JSON.stringify(listing(await toolbox()))}`);
    else if (method === 'tools/call') await call(id, params);
    else fail(id, UNKNOWN_METHOD, `There is no method ${method.slice(0, 100)} here.`);
  };
  const call = async (id: unknown, { name, arguments: args = {} }: JsonObject): Promise<void> => {
    if (typeof name !== 'string' || !isJsonObject(args)) {
      fail(id, INVALID_PARAMS, 'Expected a name and an object of arguments.');
      return;
    }
    const cancelled = new AbortController();
    running.set(id, cancelled);
    try {
      const result = await (await toolbox()).call(name, args, cancelled.signal);
      if (result !== undefined) send(id, `"result":${result}`);
    } finally {
      running.delete(id);
    }
  };

  for await (const line of createInterface({ input, crlfDelay: Infinity })) {
    const message = toMessage(line);
    if (message === undefined) continue;
    const { id, method, params } = message;
    if (id !== undefined)
      void answer(id, method, params).catch((error) => fail(id, INTERNAL_ERROR, reasonOf(error)));
    else if (method === 'notifications/cancelled') running.get(params['requestId'])?.abort();
  }
}

function greeting(version: string): JsonObject {
  return {
    protocolVersion: REVISION,
    capabilities: { tools: { listChanged: true } },
    serverInfo: { name: 'tutti-tools', version },
  };
}

function listing({ tools, leftOut }: Toolbox): JsonObject {
  return { tools, _meta: { [LEFT_OUT]: leftOut.map(({ name, reason }) => ({ name, reason })) } };
}

interface Message {
  readonly id: unknown;
  readonly method: string;
  readonly params: JsonObject;
}

function toMessage(line: string): Message | undefined {
  try {
    const value: unknown = JSON.parse(line);
    if (!isJsonObject(value)) return undefined;
    const { id, method, params } = value;
    if (typeof method !== 'string') return undefined;
    return { id, method, params: params !== undefined && isJsonObject(params) ? params : {} };
  } catch {
    return undefined;
  }
}
