import type { Model, ModelQuestion } from '../../ports/model.ts';

export interface Listened {
  readonly model: Model;
  /** What it was asked last. */
  question(): ModelQuestion | undefined;
  /** What it chose last. */
  choice(): string | undefined;
  /** Why it gave no answer last. */
  failure(): string | undefined;
  forget(): void;
}

/** A model that can be asked what it answered last: whoever decides swallows a failure where another decider follows. */
export function listened(inner: Model): Listened {
  let question: ModelQuestion | undefined;
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
      choose: async (asked) =>
        await noted(async () => {
          question = asked;
          const answer = await inner.choose(asked);
          ({ choice } = answer);
          return answer;
        }),
      shape: async (asked) => await noted(async () => await inner.shape(asked)),
    },
    question: () => question,
    choice: () => choice,
    failure: () => failure,
    forget: () => {
      question = undefined;
      choice = undefined;
      failure = undefined;
    },
  };
}
