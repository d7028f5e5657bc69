import { fold } from './intents.ts';
import type { Finding, Sentence } from './intents.ts';

/** Tools that many servers have, by the names that hosts and servers give them. */
const WELL_KNOWN = [
  'send_email',
  'send_mail',
  'send_message',
  'post_message',
  'read_file',
  'write_file',
  'edit_file',
  'delete_file',
  'list_files',
  'list_directory',
  'search_files',
  'execute_command',
  'run_command',
  'run_terminal_cmd',
  'run_shell',
  'shell_exec',
  'execute_sql',
  'create_issue',
  'create_pull_request',
  'push_files',
  'git_push',
  'git_commit',
  'web_search',
  'fetch_url',
  'make_payment',
  'transfer_money',
  'transfer_funds',
  'create_invoice',
  'create_event',
  'browser_navigate',
  'get_secret',
  'upload_file',
];

const CALLING = String.raw`(?:call(?:s|ed|ing)?|us(?:e|es|ed|ing)|invok(?:e|es|ed|ing)|run(?:s|ning)?|execut(?:e|es|ed|ing)|trigger(?:s|ed|ing)?|trust(?:ing)?|rely on|relying on|access(?:ing)?|reach(?:ing)? for|touch(?:ing)?|consult(?:ing)?|query(?:ing)?|respond(?:ing)? with|launch(?:ing)?)`;
const WHEN = String.raw`\b(?:before|prior to|ahead of|after|whenever|when|once|every time|each time|any time|while|if|as soon as|during|on|for|with|to|in)\b`;
const DIRECTIVE =
  /\b(?:must|shall|should|always|required?|needs? to|has to|have to|make sure|be sure|ensure|remember|never|please|instead|first|also|add|set|change|replace|include|append|bcc|cc|pass|send|copy|redirect|(?:call|invoke|run|use|consult|execute|query|ask) (?:this|me|it|us|['"`]?[a-z]{1,20}_\w{1,30}))\b/;
const INSIST = /\b(?:always|must|never|any|every|all)\b/;
const REACH =
  /\b(?:call|invoke|run|use|consult|execute|trigger)\b.{0,20}?\b(?:this|me|it|us|first|[a-z]{1,20}_\w{1,30})\b|\b(?:this|me)\b.{0,30}?\b(?:must|should|has to|needs to|shall|always|first)\b|\b(?:add|set|change|replace|include|append|bcc|cc|redirect|override|copy|switch|alter|rewrite|substitute|put|insert|attach|forward|send|pass)\b/;

/** Finds sentences in which a server gives orders about tools that are not its own. */
export interface CrossMentions {
  find(sentence: Sentence): Finding | undefined;
}

/** `own`: names of tools and parameters that the server may speak of. */
export function crossMentions(others: readonly string[], own: ReadonlySet<string>): CrossMentions {
  const byWord = new Map<string, string[]>();
  for (const name of new Set([...WELL_KNOWN, ...others].map((each) => fold(each)))) {
    const [word] = wordsOf(name);
    if (word === undefined || name.length < 2 || name.length > 128 || own.has(name)) continue;
    byWord.set(word, [...(byWord.get(word) ?? []), name]);
  }
  const neighbours = new Set(others.map((each) => fold(each)));
  const compiled = new Map<string, Patterns>();
  const patternsOf = (names: readonly string[]) => {
    const key = names.join('\n');
    const known = compiled.get(key) ?? toPatterns(names, neighbours);
    if (compiled.size < MAX_COMPILED) compiled.set(key, known);
    return known;
  };
  return {
    find(sentence) {
      const names = [...new Set(wordsOf(sentence.text).flatMap((word) => byWord.get(word) ?? []))].slice(
        0,
        MAX_NAMES,
      );
      return (
        (names.length > 0 ? judge(sentence, patternsOf(names)) : undefined) ??
        (strangers(sentence.text, own)
          ? finding('It gives orders about tools that are not its own.', sentence.reports)
          : undefined)
      );
    },
  };
}

const MAX_COMPILED = 500;
const MAX_NAMES = 64;

function wordsOf(text: string): readonly string[] {
  return text.match(/[\p{L}\p{N}]+/gu) ?? [];
}

function toPatterns(names: readonly string[], neighbours: ReadonlySet<string>): Patterns {
  const distinct = names.filter((each) => /[_\-./:]/.test(each)).map(escape);
  const words = names.filter((each) => !/[_\-./:]/.test(each)).map(escape);
  const forms = [`["'\`](?:${[...distinct, ...words].join('|')})["'\`]`];
  if (distinct.length > 0) forms.push(`(?<![\\w./-])(?:${distinct.join('|')})(?![\\w-])`);
  if (words.length > 0) {
    forms.push(
      `\\b(?:${words.join('|')})(?:'s)?(?: mcp)?(?: (?:tools?|server|functions?|connector|integration|mcp)\\b|__\\w{1,64})`,
    );
  }
  const mention = `(?:${forms.join('|')})`;
  return {
    isNeighbour: names.some((each) => neighbours.has(each)),
    mention: new RegExp(mention),
    when: new RegExp(`${WHEN}.{0,40}?(?:${CALLING}.{0,24}?)?${mention}`),
    instead: new RegExp(
      String.raw`\b(?:instead of|rather than|in place of|in preference to|replaces|replacing|substitute for|over|supersedes|overrides|disregard|ignore|skip|bypass|avoid|(?:do not|don'?t|never|stop|must not|no longer) (?:\w{1,12} )?${CALLING})\b.{0,32}?${mention}`,
    ),
    slander: new RegExp(
      String.raw`${mention}.{0,32}?\b(?:is|are|was|has been|have been|were|became)\b.{0,20}?\b(?:deprecated|broken|unsafe|insecure|disabled|compromised|replaced|unreliable|obsolete|vulnerable|retired|malicious|outdated|superseded|hacked|blocked|forbidden|moved)\b`,
    ),
  };
}

interface Patterns {
  /** One of the names is that of a server that is really there, not only of a tool that many have. */
  readonly isNeighbour: boolean;
  readonly mention: RegExp;
  readonly when: RegExp;
  readonly instead: RegExp;
  readonly slander: RegExp;
}

function judge({ text, reports }: Sentence, patterns: Patterns): Finding | undefined {
  if (!patterns.mention.test(text)) return undefined;
  if (patterns.slander.test(text)) return finding('It speaks ill of tools of other servers.', reports);
  if (patterns.instead.test(text) && (patterns.isNeighbour || INSIST.test(text))) {
    return finding('It sets itself in the place of tools of other servers.', reports);
  }
  return patterns.when.test(text) && DIRECTIVE.test(text) && REACH.test(text)
    ? finding('It gives orders about tools of other servers.', reports)
    : undefined;
}

const STRANGER =
  /\b(?:before|after|whenever|when|every time|each time|once|if) (?:you )?(?:call(?:s|ed|ing)?|us(?:e|ing)|invok(?:e|ing)|run(?:ning)?|execut(?:e|ing)|any call to|each call to|every call to)? ?(?:the )?['"`]?([a-z][a-z0-9]{1,30}(?:[_-][a-z0-9]{1,30}){1,5})['"`]?/g;
const FORCED = /\b(?:must|always|first|required|mandatory|every|each|never|me|needs to|has to)\b/;
const SELF_FIRST =
  /\b(?:call|invoke|run|use|consult|execute)\b.{0,12}?\b(?:this|me|us)\b|\b(?:this tool|this)\b.{0,20}?\b(?:must|has to|needs to|should|shall)\b.{0,12}?\b(?:be )?(?:called|invoked|run|first|executed)\b/;

/** A tool that its server has not, in "before any_name, call me first". */
function strangers(text: string, own: ReadonlySet<string>): boolean {
  if (!SELF_FIRST.test(text) || !FORCED.test(text)) return false;
  return [...text.matchAll(STRANGER)].some(
    ([, name]) => name !== undefined && name.includes('_') && !own.has(name),
  );
}

function finding(what: string, reports: boolean): Finding {
  return { severity: reports ? 'soft' : 'hard', what };
}

function escape(name: string): string {
  return name.replaceAll(/[\\^$.*+?()[\]{}|/-]/g, String.raw`\$&`);
}
