import type { Model } from '../../ports/model.ts';

export interface Listened {
  readonly model: Model;
  /** What it chose last. */
  choice(): string | undefined;
  /** Why it gave no answer last. */
  failure(): string | undefined;
  forget(): void;
}

/** A model that can be asked what it answered last: whoever decides swallows a failure where another decider follows. */
export function listened(inner: Model): Listened {
  let choice: string | undefined;
  let failure: string | undefined;
  const noted = async <T>(work: () => Promise<T>): Promise<T> => {
    try {
      return await work();
    } catch (fault) {
      failure = fault instanceof Error ? fault.message : String(fault);
      throw fault;
    }
  };
  return {
    model: {
      choose: async (question) =>
        await noted(async () => {
          const answer = await inner.choose(question);
          ({ choice } = answer);
          return answer;
        }),
      shape: async (question) => await noted(async () => await inner.shape(question)),
    },
    choice: () => choice,
    failure: () => failure,
    forget: () => {
      choice = undefined;
      failure = undefined;
    },
  };
}
