import { cleanText } from '../../policy/clean.ts';
import type { CatalogEntry } from '../catalog.ts';
import type { Resolution } from './ask.ts';
import type { AskContext } from './context.ts';

const SERVERS_NAMED = 20;
const TOOLS_NAMED = 3;
const PURPOSE_LENGTH = 160;
const NAME_LENGTH = 64;
const ASKED =
  /^[\s"']{0,4}(?:(?:hi|hello|hey|please|ok|so)[\s,!.]{1,3}){0,3}(?:help(?: me| please)?|usage|commands?|\?{1,3}|(?:show|list|tell)(?: me)? (?:(?:the )?help|what you (?:can|could) do|your (?:abilities|capabilities|commands))|what (?:can|could|do) (?:you|i|we) (?:do|ask|ask you|ask for|ask you for)(?: for me| for us| here| with you| with this)?|what (?:are|is) (?:you|this|your (?:abilities|capabilities|commands))(?: (?:for|about|able to do|capable of|good for))?|how (?:do|can|does) (?:i|we|this|it|you) (?:use|work|help)(?: you| this| it| me| us)?|who are you)[\s?!."']{0,8}$/iu;

/** Whether somebody asks for nothing but what can be asked. */
export function asksForOverview(query: string): boolean {
  return ASKED.test(query);
}

/** The servers and what they are for, in a few lines. */
export async function overviewOf(query: string, context: AskContext): Promise<Resolution> {
  const { tools, desk } = context;
  const byServer = Map.groupBy(tools.entries, ({ server }) => server.name);
  const away = await desk.unreachable(context);
  const lines = Array.from(byServer.values(), (entries) => lineOf(entries));
  const more = lines.length - SERVERS_NAMED;
  const answer = [
    lines.length === 0
      ? 'No server offers a tool that you may call.'
      : 'Ask in words for what these servers can do:',
    ...lines.slice(0, SERVERS_NAMED),
    ...(more > 0 ? [`- and ${more} more: list_servers names them`] : []),
    ...(away.length > 0 ? [`Not reachable now: ${away.join(', ')}.`] : []),
    'find_tools looks for a single tool. What would change something is shown before it is done.',
  ].join('\n');
  return {
    kind: 'answer',
    answer,
    sources: [],
    partial: [],
    plan: { query, calls: [], structure: 'single' },
  };
}

function lineOf(entries: readonly CatalogEntry[]): string {
  const [{ server } = { server: undefined }] = entries;
  const count = entries.length === 1 ? '1 tool' : `${entries.length} tools`;
  const names = entries.slice(0, TOOLS_NAMED).map(({ tool }) => cleanText(tool.name, NAME_LENGTH));
  const rest = entries.length > TOOLS_NAMED ? ' …' : '';
  const purpose = cleanText(server?.description ?? '', PURPOSE_LENGTH)
    .replaceAll(/\s+/g, ' ')
    .trim();
  return `- ${server?.name ?? ''} (${count}): ${purpose === '' ? `${names.join(', ')}${rest}` : purpose}`;
}
