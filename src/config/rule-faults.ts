import { RE2JS } from 're2js';
import { compileRules } from '../core/policy/rules.ts';
import { TuttiError } from '../core/kernel/errors.ts';
import { faultAt } from './fault.ts';
import { nearest } from './nearest.ts';
import type { ConfigFile } from './schema.ts';
import { shownName } from './server-name.ts';
import type { ConfigFault, Source } from './source.ts';

/** Rules whose condition cannot be read: a rule that is not understood would be one that is not kept. */
export function ruleFaults({ rules }: ConfigFile['policy'], source: Source): ConfigFault[] {
  return rules.flatMap((rule, at) => {
    try {
      compileRules([rule], checkPattern);
      return [];
    } catch (error) {
      if (!(error instanceof TuttiError) || error.code !== 'config/invalid') throw error;
      const message = error.message.replace(/^policy\.rules\[0\]\.when, /, '');
      return [faultAt(['policy', 'rules', at, 'when'], source, message)];
    }
  });
}

/** Rules over a server that is not there: they hold of nothing, and what was to be guarded is not. */
export function ruleWarnings({ rules }: ConfigFile['policy'], servers: readonly string[]): readonly string[] {
  const unknown = compileRules(rules, checkPattern).servers.filter(({ name }) => !servers.includes(name));
  return unknown.map(({ name, index }) => {
    const meant = nearest(name, servers);
    const hint = meant === undefined ? '' : ` Did you mean ${shownName(meant)}?`;
    return `policy.rules[${index}].when compares server with "${shownName(name)}", and there is no such server.${hint}`;
  });
}

/** Only asks whether it is a pattern. */
function checkPattern(pattern: string): () => boolean {
  RE2JS.compile(pattern);
  return () => false;
}
