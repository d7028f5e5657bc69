import type { CreateAbort } from '../../core/ports/abort.ts';

/** The platform's own. */
export const createAbort: CreateAbort = () => {
  const controller = new AbortController();
  return {
    signal: controller.signal,
    abort: (reason) => {
      controller.abort(reason);
    },
  };
};
