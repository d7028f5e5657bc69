import type { Caller } from '../../kernel/caller.ts';
import type { ModelAccount } from '../../ports/model.ts';
import type { AskInput } from './ask.ts';

/** On whose account a model helps with a question. */
export function accountOf(
  { owner }: Caller,
  { session, instance }: Pick<AskInput, 'session' | 'instance'>,
): ModelAccount {
  return {
    owner,
    ...(session !== undefined && { session }),
    ...(instance !== undefined && { instance }),
  };
}
