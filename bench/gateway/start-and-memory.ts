import { median, round } from '../measure.ts';
import { eventually, succeeded } from './clients.ts';
import { end, rssMb } from './processes.ts';
import { startDownstream, startTutti, tuttiServer } from './subjects.ts';
import type { Kind, Place, Setting } from './subjects.ts';

/** From the start of the process to the first answered call, medians, in turn. */
export async function coldStarts(
  setting: Place,
  { kinds, rounds }: { readonly kinds: readonly Kind[]; readonly rounds: number },
): Promise<Record<string, number>> {
  const shared = setting.downstream === 'http' ? await startDownstream(setting) : undefined;
  const whole: Setting = { ...setting, ...(shared && { url: shared.url }) };
  const taken = new Map<string, number[]>();
  for (let turn = 0; turn < rounds; turn += 1) {
    for (const kind of kinds) {
      if (kind.unable?.(whole) !== undefined) continue;
      const subject = await kind.start(whole).catch(() => undefined);
      if (!subject) continue;
      taken.set(kind.name, [...(taken.get(kind.name) ?? []), subject.firstCallMs]);
      await subject.stop();
    }
  }
  if (shared) await end(shared.child);
  return Object.fromEntries([...taken].map(([name, all]) => [name, Math.round(median(all))]));
}

/** What each further server behind us costs in memory of our own process, connected and called once. */
export async function memoryPerDownstream(
  downstream: Setting['downstream'],
  servers: number,
): Promise<number> {
  const shared = downstream === 'http' ? await startDownstream({ tools: 3 }) : undefined;
  const setting: Setting = {
    upstream: 'http',
    downstream,
    era: 'modern',
    tools: 3,
    ...(shared && { url: shared.url }),
  };
  const resident = async (count: number): Promise<number> => {
    const named = Array.from({ length: count }, (_, n) => [`bench${n}`, tuttiServer(setting)] as const);
    const tutti = await startTutti({ ...setting, servers: Object.fromEntries(named) });
    for (const [name] of named)
      await eventually(async () => succeeded(await tutti.client.raw({ n: 1, bytes: 16 }, `${name}__echo`)));
    const mb = rssMb(tutti.pids);
    await tutti.stop();
    return mb;
  };
  const one: number[] = [];
  const many: number[] = [];
  for (let turn = 0; turn < 3; turn += 1) {
    one.push(await resident(1));
    many.push(await resident(servers + 1));
  }
  if (shared) await end(shared.child);
  return round((median(many) - median(one)) / servers);
}
