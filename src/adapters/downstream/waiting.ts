/** The same promise for one who may lose interest; whatever it stands for goes on for the others. */
export function abortable<T>(
  promise: Promise<T>,
  signal: AbortSignal | undefined,
  limit?: { readonly ms: number; readonly late: () => Error },
): Promise<T> {
  return new Promise((resolve, reject) => {
    let timer: NodeJS.Timeout | undefined;
    const onAbort = () => settle(() => reject(signal?.reason));
    const settle = (how: () => void) => {
      clearTimeout(timer);
      signal?.removeEventListener('abort', onAbort);
      how();
    };
    if (signal?.aborted === true) onAbort();
    signal?.addEventListener('abort', onAbort);
    if (limit !== undefined && Number.isFinite(limit.ms)) {
      timer = setTimeout(
        () => settle(() => reject(limit.late())),
        Math.min(Math.max(0, limit.ms), 2 ** 31 - 1),
      );
    }
    promise.then(
      (value) => settle(() => resolve(value)),
      (error: unknown) => settle(() => reject(error)),
    );
  });
}
