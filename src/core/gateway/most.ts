import type { After } from '../ports/timer.ts';

/** So long a list waits for one more server once there is something to show. */
const ONE_MORE_WAIT_MS = 250;

/**
 * Settles when all of these are over, or when a moment passed in which nobody came although there is something to show: one that is late
 * keeps the others from nobody.
 *
 * @param arrivals - Each says whether something is known of its server now.
 */
export async function most(
  arrivals: readonly Promise<boolean>[],
  { after, isSomeKnown }: { readonly after: After; readonly isSomeKnown: boolean },
): Promise<void> {
  const { promise, resolve } = Promise.withResolvers<void>();
  let cancel: (() => void) | undefined;
  let isOver = false;
  const waitForOneMore = () => {
    cancel?.();
    if (!isOver) cancel = after(ONE_MORE_WAIT_MS, resolve);
  };
  if (isSomeKnown) waitForOneMore();
  const settled = arrivals.map(async (arrival) => {
    if (await arrival) waitForOneMore();
  });
  await Promise.race([promise, Promise.all(settled)]);
  isOver = true;
  cancel?.();
}
