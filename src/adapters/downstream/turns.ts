import { TuttiError } from '../../core/kernel/errors.ts';
import { abortable } from './waiting.ts';

/** Lets one after the other have something. */
export class Turns {
  #last: Promise<unknown> = Promise.resolve();

  /** Waits for its turn, unless the waiting takes too long or nobody is interested any more. */
  async take<T>(
    work: () => Promise<T>,
    { signal, timeoutMs }: { readonly signal?: AbortSignal; readonly timeoutMs: number },
  ): Promise<T> {
    const before = this.#last;
    const { promise: mine, resolve: leave } = Promise.withResolvers<void>();
    this.#last = before.then(() => mine);
    try {
      await abortable(before, signal, {
        ms: timeoutMs,
        late: () =>
          new TuttiError(
            'downstream/timeout',
            'Other calls that may ask their caller something took too long.',
          ),
      });
      return await work();
    } finally {
      leave();
    }
  }
}
