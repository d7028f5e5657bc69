import type { JsonObject } from '../kernel/json.ts';
import type { Digest } from '../ports/digest.ts';
import type { CatalogEntry } from './catalog.ts';
import type { HeldItem } from './gateway.ts';
import type { Judgement } from './judge.ts';
import { textAt } from './judge.ts';
import { isReserved, nameFault, nameRegister, plainName, toolName } from './names.ts';
import { fitsStars } from './star.ts';
import type { ServerSettings } from './settings.ts';

/** One server's part of the whole. */
export interface Member {
  readonly settings: ServerSettings;
  readonly entries: readonly CatalogEntry[];
  readonly judgement: Judgement | undefined;
  readonly held: HeldItem | undefined;
}

interface AssembledPrompt {
  /** As clients see it. */
  readonly name: string;
  /** As its server knows it. */
  readonly own: string;
  readonly server: ServerSettings;
  readonly listed: JsonObject;
  readonly held: HeldItem | undefined;
}

interface AssembledResource {
  /** Its address, or the template of its addresses. */
  readonly uri: string;
  readonly server: ServerSettings;
  readonly listed: JsonObject;
}

/** Everything that all servers offer, under the names that clients use. What cannot have its name is left out, and said. */
export interface Assembly {
  readonly entries: readonly CatalogEntry[];
  readonly byName: ReadonlyMap<string, CatalogEntry>;
  readonly groups: ReadonlyMap<string, readonly CatalogEntry[]>;
  readonly prompts: ReadonlyMap<string, AssembledPrompt>;
  readonly resources: ReadonlyMap<string, AssembledResource>;
  readonly resourceTemplates: ReadonlyMap<string, AssembledResource>;
  readonly dropped: ReadonlyMap<string, readonly { readonly name: string; readonly reason: string }[]>;
}

type Drop = (server: string, name: string, reason: string) => void;

/** Puts together what servers offer, in the order of the configuration: of two that claim one name, the first keeps it. */
export function assemble(members: readonly Member[], digest: Digest): Assembly {
  const dropped = new Map<string, { readonly name: string; readonly reason: string }[]>();
  const drop: Drop = (server, name, reason) => {
    const list = dropped.get(server) ?? [];
    list.push({ name, reason });
    dropped.set(server, list);
  };
  for (const { settings, judgement } of members)
    for (const each of judgement?.dropped ?? []) drop(settings.name, each.name, each.reason);
  const groups = groupsOf(members, drop);
  const entries = namedEntries(members, { groups, drop });
  const byName = new Map(entries.map((entry) => [entry.name, entry]));
  const open = members.filter(({ held }) => held === undefined);
  return {
    entries: entries.toSorted((a, b) => (a.name < b.name ? -1 : 1)),
    byName,
    groups: new Map(
      [...groups]
        .map(([name, all]) => [name, all.filter((each) => byName.get(each.name) === each)] as const)
        .filter(([, kept]) => kept.length > 0),
    ),
    prompts: promptsOf(open, digest, drop),
    resources: resourcesOf(open, { kind: 'resources', key: 'uri', drop }),
    resourceTemplates: resourcesOf(open, { kind: 'resourceTemplates', key: 'uriTemplate', drop }),
    dropped,
  };
}

function groupsOf(members: readonly Member[], drop: Drop): ReadonlyMap<string, readonly CatalogEntry[]> {
  const groups = new Map<string, CatalogEntry[]>();
  for (const entry of members.flatMap(({ entries }) => entries)) {
    const { group } = entry.settings;
    if (group === undefined) continue;
    const reason = nameFault(group) ?? (isReserved(group) ? "The name is one of Tutti's own." : undefined);
    if (reason === undefined) groups.set(group, [...(groups.get(group) ?? []), entry]);
    else drop(entry.server.name, group, `The group cannot be called: ${reason}`);
  }
  return groups;
}

function namedEntries(
  members: readonly Member[],
  { groups, drop }: { readonly groups: ReadonlyMap<string, unknown>; readonly drop: Drop },
): readonly CatalogEntry[] {
  const register = nameRegister();
  for (const group of groups.keys()) register.take(group, `group ${group}`);
  const prefixes = members.map(({ settings }) => ({ server: settings.name, prefix: `${settings.name}__` }));
  return members.flatMap(({ settings, entries }) =>
    entries.filter((entry) => {
      const reason = settings.prefix ? undefined : plainFault(entry.name, settings.name, prefixes);
      const holder = reason === undefined ? register.take(entry.name, settings.name) : undefined;
      const why =
        reason ?? (holder === undefined ? undefined : `Its name could be taken for one of ${holder}.`);
      if (why !== undefined) drop(settings.name, entry.tool.name, why);
      return why === undefined;
    }),
  );
}

/** What keeps a name from being used without a prefix. */
function plainFault(
  name: string,
  server: string,
  prefixes: readonly { readonly server: string; readonly prefix: string }[],
): string | undefined {
  if (isReserved(name)) return "Its name is one of Tutti's own; give its server a prefix.";
  const shadowed = prefixes.find((each) => each.server !== server && name.startsWith(each.prefix));
  return shadowed === undefined ? undefined : `Its name could be taken for one of ${shadowed.server}.`;
}

function promptsOf(
  members: readonly Member[],
  digest: Digest,
  drop: Drop,
): ReadonlyMap<string, AssembledPrompt> {
  const register = nameRegister();
  const prompts = members.flatMap(({ settings, judgement }) =>
    (judgement?.prompts ?? []).flatMap(({ name: own, listed, held }): AssembledPrompt[] => {
      const name = settings.prefix ? toolName(settings.name, own, digest) : plainName(own, digest);
      const holder = register.take(name, settings.name);
      if (holder === undefined) return [{ name, own, server: settings, listed, held }];
      drop(settings.name, own, `The prompt's name could be taken for one of ${holder}.`);
      return [];
    }),
  );
  return new Map(inOrder(prompts, ({ name }) => name).map((prompt) => [prompt.name, prompt]));
}

function resourcesOf(
  members: readonly Member[],
  what: {
    readonly kind: 'resources' | 'resourceTemplates';
    readonly key: 'uri' | 'uriTemplate';
    readonly drop: Drop;
  },
): ReadonlyMap<string, AssembledResource> {
  const taken = new Map<string, AssembledResource>();
  for (const { settings, judgement } of members) {
    for (const listed of judgement?.[what.kind] ?? []) {
      const uri = textAt(listed, what.key);
      const holder = taken.get(uri);
      if (holder === undefined) taken.set(uri, { uri, server: settings, listed });
      else what.drop(settings.name, uri, `The address is taken by ${holder.server.name}.`);
    }
  }
  return new Map(inOrder([...taken.values()], ({ uri }) => uri).map((each) => [each.uri, each]));
}

function inOrder<T>(items: readonly T[], name: (item: T) => string): readonly T[] {
  return items.toSorted((a, b) => (name(a) < name(b) ? -1 : 1));
}

const URI_MAX_LENGTH = 8_192;

/** Whose resource an address is: one that is listed, or one that a template can make. */
export function ownerOfResource(assembly: Assembly, uri: string): ServerSettings | undefined {
  const listed = assembly.resources.get(uri) ?? assembly.resourceTemplates.get(uri);
  if (listed !== undefined) return listed.server;
  if (uri.length > URI_MAX_LENGTH) return undefined;
  return [...assembly.resourceTemplates.values()].find((template) =>
    fitsStars(template.uri.replaceAll('*', '').replaceAll(/\{[^{}]*\}/g, '*'), uri),
  )?.server;
}
