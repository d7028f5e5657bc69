import { TuttiError } from '../../kernel/errors.ts';
import type { CatalogEntry } from '../catalog.ts';
import type { Resolution } from './ask.ts';
import type { AskContext } from './context.ts';
import type { Drafted } from './draft.ts';
import { seenBut } from './tools.ts';

type Came = Drafted | Extract<Resolution, { kind: 'out_of_scope' }>;

/** Further ones are left to fail when they are called. */
const MAX_BROKEN = 20;

/** Draws up again without tools that nobody can call, as no arguments can be checked by their schema; they are named. */
export function withoutUnusable(context: AskContext, drawUp: (context: AskContext) => Came): Came {
  const broken = new Map<CatalogEntry, string>();
  let came = drawUp(context);
  while (broken.size < MAX_BROKEN) {
    const found = unusableIn(came, context).filter(([entry]) => !broken.has(entry));
    if (found.length === 0) break;
    for (const [entry, why] of found) broken.set(entry, why);
    came = drawUp({ ...context, tools: seenBut(context.tools, (entry) => broken.has(entry)) });
  }
  return broken.size === 0 ? came : told(came, broken);
}

function unusableIn(came: Came, { tools }: AskContext): readonly (readonly [CatalogEntry, string])[] {
  if (!('draft' in came)) return [];
  const { plan, doubts } = came.draft;
  const names = [
    ...plan.calls.flatMap(({ tool }) => tool ?? []),
    ...doubts.flatMap(({ options }) => options.map(({ id }) => id)),
  ];
  return [...new Set(names)].flatMap((name) => {
    const entry = tools.find(name);
    const why = entry && faultOf(entry);
    return entry === undefined || why === undefined ? [] : [[entry, why] as const];
  });
}

function faultOf({ checkArguments }: CatalogEntry): string | undefined {
  try {
    checkArguments({});
    return undefined;
  } catch (fault) {
    if (fault instanceof TuttiError && fault.code === 'schema/unusable') return fault.message;
    throw fault;
  }
}

function told(came: Came, broken: ReadonlyMap<CatalogEntry, string>): Came {
  const sentences = [...broken].map(([{ name }, why]) => `${name} cannot be called: ${why}`);
  if (!('draft' in came)) return { ...came, message: [came.message, ...sentences].join(' ') };
  const { draft } = came;
  return { ...came, draft: { ...draft, unanswered: [...draft.unanswered, ...sentences] } };
}
