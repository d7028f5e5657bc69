import { maskQuotes } from '../plan/mask.ts';
import type { CatalogEntry } from '../catalog.ts';
import type { AskContext } from './context.ts';
import { RIVAL } from './doubt.ts';
import { namesOf } from './filling.ts';
import { noToolFor, quoted } from './request.ts';
import type { JudgedCall } from './wishes.ts';

const MAX_READ = 2_000;
const LEAD = String.raw`\b(?:in|on|at|from|via|across|through|of|to)\s{1,3}(?:both\s{1,3})?(?:the\s{1,3}|our\s{1,3}|my\s{1,3})?`;
const JOINED = String.raw`(?:\s{0,3},\s{0,3}(?:and\s{1,3}|or\s{1,3})?|\s{1,3}(?:and|or|as well as|&)\s{1,3})(?:(?:also\s{1,3})?(?:in|on|at|from|via|through|of|to)\s{1,3})?(?:the\s{1,3}|our\s{1,3}|my\s{1,3})?`;

/** A call over several servers as one for each of them, and what of it nobody does. */
export interface Spread {
  readonly judged: readonly JudgedCall[];
  readonly undone: readonly string[];
}

/** "In slack and in teams": the same is asked of each server that the words of a call name. `isNeeded`: another call needs its answer. */
export function overServers(
  judged: JudgedCall,
  { context, isNeeded }: { readonly context: AskContext; readonly isNeeded: boolean },
): Spread {
  const { call } = judged;
  const row = judged.decision === 'refuse' ? undefined : rowIn(call.intent, context);
  if (row === undefined) return { judged: [judged], undone: [] };
  const all = row.named.map(({ server, said }) => {
    const intent = `${call.intent.slice(0, row.start)}${said}${call.intent.slice(row.end)}`;
    return { intent, entry: toolAt(server, judged, context) };
  });
  const made = all.flatMap(({ intent, entry }) => (entry === undefined ? [] : [{ intent, entry }]));
  if (isNeeded || made.length === 0 || !isPlain(judged, context))
    return {
      judged: [judged],
      undone: [`Only one of them is asked: ${quoted(call.intent.slice(row.start, row.end), 300)}.`],
    };
  return {
    judged: made.map((each, at) => atServer(judged, each, at)),
    undone: all.flatMap(({ intent, entry }) => (entry === undefined ? [noToolFor(intent)] : [])),
  };
}

/** Which tool it is is no question, but at which server. */
function isPlain({ decision, doubts }: JudgedCall, { tools }: AskContext): boolean {
  const names = doubts.flatMap(({ options }) => options.map(({ id }) => tools.find(id)?.tool.name));
  return decision === 'route' || new Set(names).size === 1;
}

interface Row {
  readonly start: number;
  readonly end: number;
  readonly named: readonly { readonly server: string; readonly said: string }[];
}

/** The only row of servers that a text names. */
function rowIn(intent: string, { tools }: AskContext): Row | undefined {
  const servers = new Map<string, string>();
  for (const entry of tools.entries)
    for (const name of namesOf(entry))
      servers.set(name.toLowerCase(), servers.get(name.toLowerCase()) ?? entry.server.name);
  const names = [...servers.keys()].filter((name) => /^[\p{L}\p{N}][\p{L}\p{N}_-]{0,63}$/u.test(name));
  if (names.length < 2) return undefined;
  const one = `(?:${names.join('|')})(?![\\p{L}\\p{N}_-])`;
  const text = maskQuotes(intent.slice(0, MAX_READ));
  const [found, ...others] = text.matchAll(new RegExp(`(?<=${LEAD})${one}(?:${JOINED}${one}){1,9}`, 'giu'));
  if (found === undefined || others.length > 0) return undefined;
  const named = Array.from(found[0].matchAll(new RegExp(`(?<![\\p{L}\\p{N}_-])${one}`, 'giu')), ([said]) => ({
    said,
    server: servers.get(said.toLowerCase()) ?? '',
  }));
  const distinct = named.filter(({ server }, at) => named.findIndex((each) => each.server === server) === at);
  return distinct.length < 2
    ? undefined
    : { start: found.index, end: found.index + found[0].length, named: distinct };
}

/** What does at a server what the call is for: the tool of the same name, else one that fits nearly as well. */
function toolAt(
  server: string,
  { call, doubts, routed }: JudgedCall,
  { tools }: AskContext,
): CatalogEntry | undefined {
  const meant = [call.tool ?? '', ...doubts.flatMap(({ options }) => options.map(({ id }) => id))].flatMap(
    (name) => tools.find(name) ?? [],
  );
  const own = meant.find((entry) => entry.server.name === server);
  if (own !== undefined) return own;
  const same = tools.entries.find(
    (entry) => entry.server.name === server && entry.tool.name === meant[0]?.tool.name,
  );
  if (same !== undefined) return same;
  const { candidates } = routed.route;
  const best = candidates[0]?.score ?? 0;
  const near = candidates.find(({ document, score }) => document.server === server && score >= RIVAL * best);
  return near && tools.find(near.document.name);
}

function atServer(
  judged: JudgedCall,
  { intent, entry }: { readonly intent: string; readonly entry: CatalogEntry },
  at: number,
): JudgedCall {
  const { id } = judged.call;
  const place = { id: at === 0 ? id : `${id}_${at + 1}`, tool: entry.name, server: entry.server.name };
  return {
    ...judged,
    call: { ...judged.call, ...place, intent },
    decision: 'route',
    because: 'Its words name the server.',
    doubts: [],
    undone: at === 0 ? judged.undone : [],
  };
}
