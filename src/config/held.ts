import type { EnvironmentSettings } from './environment.ts';
import { DEFAULTS, type ConfigFile } from './schema.ts';
import { isRecord, type Source } from './source.ts';

/** Keys of a file that wait until somebody trusts it. */
export const HELD = ['mcpServers', 'tools', 'policy', 'store'] as const;

/** What of a file that nobody trusted acts all the same: neither what it says of policy, nor of where approvals and pins are kept. */
export function withoutHeld(written: ConfigFile): ConfigFile {
  return { ...written, policy: DEFAULTS.policy, store: undefined };
}

/** Those under which the file says anything. What the environment outranks would not act even then. */
export function heldKeys(
  { value }: Source,
  { tools, policy, store }: ConfigFile,
  env: EnvironmentSettings,
): readonly string[] {
  const named = isRecord(value) ? value['mcpServers'] : undefined;
  const says: Readonly<Record<(typeof HELD)[number], boolean>> = {
    mcpServers: isRecord(named) && Object.keys(named).length > 0,
    tools: tools !== undefined,
    policy: JSON.stringify(policy) !== JSON.stringify(DEFAULTS.policy),
    store: store !== undefined && env.storePath === undefined,
  };
  return HELD.filter((key) => says[key]);
}

/** Says what is held, what lets it act, and which store stands in for that of the file. */
export function heldWarnings(
  file: string | undefined,
  keys: readonly string[],
  storePath: string,
): readonly string[] {
  if (keys.length === 0) return [];
  const [last = '', ...others] = keys.toReversed();
  const list = others.length === 0 ? last : `${others.toReversed().join(', ')} and ${last}`;
  const meanwhile = keys.includes('store') ? ` Until then the store is ${storePath}.` : '';
  return [
    `${file} was found by walking up, so it may be somebody else's: what it says of ${list} is held until you have read it and run \`tutti trust\` there.${meanwhile}`,
  ];
}
