import { nearestNames } from './nearest.ts';
import type { ServerSettings } from './settings.ts';
import type { Judgement } from './judge.ts';

/** A name that the configuration has of a tool, and the server has not: what is said there guards nothing. */
export interface Misnamed {
  readonly name: string;
  /** What is wrong, in a sentence that goes on from the name of the server. */
  readonly message: string;
}

/** Names in a server's `tools` that it does not offer; none while nobody knows what it offers. Of the others only what `isSeen` is told. */
export function misnamedTools(
  { tools }: ServerSettings,
  judgement: Judgement | undefined,
  isSeen: (name: string) => boolean = () => true,
): readonly Misnamed[] {
  if (judgement === undefined) return [];
  const offered = judgement.tools.map(({ name }) => name);
  // What is left out is offered all the same, and is told of as that.
  const known = new Set([...offered, ...judgement.dropped.map(({ name }) => name)]);
  const unknown = Object.keys(tools).filter((name) => !known.has(name) && isSeen(name));
  if (unknown.length === 0) return [];
  const seen = offered.filter((name) => isSeen(name));
  return unknown.map((name) => {
    const [nearest] = nearestNames(name, seen);
    const hint = nearest === undefined ? '' : ` Did you mean ${nearest}?`;
    return { name, message: `the configuration names ${name}, which it does not offer.${hint}` };
  });
}
