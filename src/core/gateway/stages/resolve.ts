import { TuttiError } from '../../kernel/errors.ts';
import type { Call, Stage, Verdict } from '../call.ts';
import { isVisible } from '../candidates.ts';
import type { CatalogEntry } from '../catalog.ts';
import { heldError } from '../held.ts';
import { toolGrants } from '../grants.ts';
import { nearestNames } from '../nearest.ts';
import { SEPARATOR } from '../names.ts';

/** Which tool is meant: one, or all that are called under a group's name. What is not granted is as absent as what is not there. */
export const resolve: Stage = {
  name: 'resolve',
  admit: (call) => {
    const { catalog } = call.gate;
    const known = catalog.known(call.input.name);
    if (known !== undefined) return settle(call, [known]);
    const members = catalog.members(call.input.name);
    if (members.length > 0 && members.every((each) => isFresh(call, each))) return settle(call, members);
    return look(call, members);
  },
};

function isFresh(call: Call, { name, held }: CatalogEntry): boolean {
  return held !== undefined || call.gate.catalog.known(name) !== undefined;
}

/** Servers that were never listed, or said that their lists changed, are asked first. */
async function look(call: Call, members: readonly CatalogEntry[]): Promise<Verdict> {
  const { catalog } = call.gate;
  const { name } = call.input;
  const stale = members.filter((each) => !isFresh(call, each));
  await Promise.allSettled(stale.map((each) => catalog.resolve(each.name, call.signal)));
  if (members.length > 0) return settle(call, catalog.members(name));
  // A server that a caller may not use is not started for it, nor do its errors reach it.
  if (name.includes(SEPARATOR) && !toolGrants(call.caller).any(name.split(SEPARATOR, 1)[0] ?? '')) {
    return settle(call, []);
  }
  const entry = await catalog.resolve(name, call.signal);
  return settle(call, entry === undefined ? catalog.members(name) : [entry]);
}

function settle(call: Call, found: readonly CatalogEntry[]): Verdict {
  const granted = found.filter((entry) => isVisible(call, entry));
  const free = granted.filter((entry) => call.heldOf(entry) === undefined);
  const [first] = free;
  if (first !== undefined) {
    call.candidates = free;
    call.choose(first);
    return call.pass(
      () => `It is ${free.map((each) => `${each.tool.name} of ${each.server.name}`).join(', ')}.`,
    );
  }
  const [known] = granted;
  const held = known && call.heldOf(known);
  return {
    kind: 'stop',
    error: held === undefined ? absent(call) : heldError(known?.server.name ?? '', held),
  };
}

function absent(call: Call): TuttiError {
  const names = call.gate.catalog
    .entries()
    .filter((entry) => entry.held === undefined && isVisible(call, entry))
    .map((entry) => entry.name);
  const name = call.input.name.slice(0, 128);
  const nearest = nearestNames(name, names);
  const hint = nearest.length === 0 ? 'find_tools looks for tools.' : `Nearest: ${nearest.join(', ')}.`;
  return new TuttiError('tool/not-found', `There is no tool ${JSON.stringify(name)}. ${hint}`, {
    data: { nearest },
  });
}
