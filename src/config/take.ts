import type { Gateway } from '../core/gateway/gateway.ts';
import type { Telemetry } from '../core/ports/telemetry.ts';
import type { Config } from './config.ts';
import type { HttpSettings } from './http.ts';
import { readLock } from './lock-file.ts';
import { isSame, needsRestart } from './restart.ts';
import { watchConfig } from './watch.ts';
import type { ConfigChange } from './watch.ts';

/**
 * Has the pins of a lock file count, save beside a configuration that nobody trusted: it would decide about what is the user's own.
 * `false`: there is none that counts.
 *
 * @throws TuttiError `lock/invalid`.
 */
export async function applyLock(
  gateway: Gateway,
  { trusted, lockFile }: Pick<Config, 'trusted' | 'lockFile'>,
): Promise<boolean> {
  const lock = trusted && lockFile !== undefined ? readLock(lockFile) : undefined;
  if (lock) await gateway.operator.applyLock(lock);
  return lock !== undefined;
}

interface Taking {
  readonly gateway: Gateway;
  readonly telemetry: Telemetry;
  /** Makes ready to let in over HTTP whom these settings name. Returns how to do so. */
  readonly serving: { prepare(http: HttpSettings): Promise<() => void> };
}

/**
 * Takes every change of what the configuration was made from, one after the other: the last one is the one that stays.
 *
 * @returns How to stop.
 */
export function followConfig(config: Config, load: () => Config, parts: Taking): () => void {
  let taking = Promise.resolve(config);
  return watchConfig(config, load, (change) => {
    taking = taking.then(async (current) => await take(change, current, { load, ...parts }));
  });
}

/** What cannot be taken leaves everything as it was. Returns what is in force then, save what waits for the next start. */
async function take(
  change: ConfigChange,
  current: Config,
  { load, ...parts }: Taking & { readonly load: () => Config },
): Promise<Config> {
  try {
    if (change.kind === 'fault') throw change.error;
    if (change.kind === 'config') return await takeConfig(change.config, current, parts);
    if (current.trusted && change.file === current.lockFile)
      return await takeLock(change.file, current, parts);
    // Of a configuration that is not in force: if it was trusted meanwhile, it may be its lock that it could not be taken for.
    const config = load();
    return config.trusted ? await takeConfig(config, current, parts) : current;
  } catch (error) {
    const message = error instanceof Error ? error.message : String(error);
    parts.telemetry.log('error', 'config/kept', {
      message: `${message} The configuration from before stays in force.`,
    });
    return current;
  }
}

async function takeLock(file: string, current: Config, { gateway, telemetry }: Taking): Promise<Config> {
  if (!(await applyLock(gateway, current))) {
    const message = `${file} is gone. What it said last stays in force until the next start.`;
    telemetry.log('warn', 'config/warning', { message });
  }
  return current;
}

async function takeConfig(
  config: Config,
  current: Config,
  { gateway, telemetry, serving }: Taking,
): Promise<Config> {
  const admit = await serving.prepare(config.http);
  // Before the servers that it is about are seen.
  if (!current.trusted || config.lockFile !== current.lockFile) await applyLock(gateway, config);
  await gateway.reconfigure(config.gateway);
  admit();
  gateway.operator.purgeCache();
  report(telemetry, current, config);
  return config;
}

function report(telemetry: Telemetry, before: Config, config: Config): void {
  const { file, warnings } = config;
  for (const message of warnings) telemetry.log('warn', 'config/warning', { message });
  const waiting = needsRestart(before, config);
  if (waiting.length > 0) {
    const message = `What changed in ${waiting.join(', ')} takes effect at the next start.`;
    telemetry.log('warn', 'config/restart', { file, message });
  }
  const { host, port } = config.http;
  const isTaken =
    !isSame(before.gateway, config.gateway) || !isSame({ ...before.http, host, port }, config.http);
  if (isTaken) telemetry.log('info', 'config/taken', { file });
}
