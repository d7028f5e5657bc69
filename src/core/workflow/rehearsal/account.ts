import type { Model, ModelAccount } from '../../ports/model.ts';

/** A model asked on this account, whoever asks: what is rehearsed is nobody's run, and whoever rehearses pays. */
export function onAccountOf(account: ModelAccount, model: Model): Model {
  return {
    choose: async (question) => await model.choose({ ...question, account }),
    shape: async (question) => await model.shape({ ...question, account }),
  };
}
