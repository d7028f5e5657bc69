import type { ActionDraft } from './action-draft.ts';
import type { Token } from './token.ts';
import { isIdentifier } from './identifier.ts';
import { parseValues } from './value-grammar.ts';
import { AS_STATUS, IN_CONTEXT, SET, SET_STATUS, SET_TO } from './vocabulary/actions.ts';

const WHOLE_STATUS: ReadonlyMap<string, 'COMPLETED' | 'FAILED'> = new Map([
  ['completed', 'COMPLETED'],
  ['complete', 'COMPLETED'],
  ['success', 'COMPLETED'],
  ['successful', 'COMPLETED'],
  ['failed', 'FAILED'],
  ['failure', 'FAILED'],
  ['fail', 'FAILED'],
]);

/** "Set status to "FAILED"", "as failed". */
export function readStatus(draft: ActionDraft): boolean {
  const { cursor } = draft;
  return cursor.accepts(() => {
    const isSet =
      cursor.take(SET_STATUS) !== undefined ||
      (draft.to?.kind === 'finish' && cursor.take(AS_STATUS) !== undefined);
    if (!isSet) return false;
    cursor.eat('a', 'an', 'the');
    const status = WHOLE_STATUS.get(cursor.peek()?.text.toLowerCase() ?? '');
    if (status === undefined) return false;
    cursor.at++;
    cursor.eat('status', 'run', 'workflow');
    return draft.lead({ kind: 'finish', status });
  });
}

/** "Set `x` to true", "with `x` set to false". */
export function readSetting(draft: ActionDraft): boolean {
  const { cursor } = draft;
  return cursor.accepts(() => {
    if (cursor.take(SET) === undefined) return false;
    cursor.eat('the');
    cursor.eat('variable', 'flag', 'context');
    const token = cursor.peek();
    if (token === undefined || !isVariable(token)) return false;
    cursor.at++;
    cursor.eat('flag', 'variable');
    if (cursor.take(SET_TO) === undefined) return false;
    const [value, ...others] = parseValues(cursor, { words: false }) ?? [];
    if (value === undefined || others.length > 0) return false;
    draft.updates[token.text.replace(/^context\./, '')] = value;
    cursor.take(IN_CONTEXT);
    return true;
  });
}

function isVariable({ kind, text }: Token): boolean {
  return isIdentifier(text) && (kind === 'code' || text.includes('_'));
}
