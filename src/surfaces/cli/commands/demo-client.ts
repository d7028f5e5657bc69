import { TuttiError } from '../../../core/kernel/errors.ts';
import { playClient } from '../demo/client.ts';
import { orderSchema, type Message } from '../demo/message.ts';

/** The other process of the demonstration; it ends when the one that started it does. */
export async function demoClient(order: string): Promise<void> {
  if (!process.send)
    throw new TuttiError('input/invalid-format', 'demo-client is started by `tutti demo`, not by hand.');
  process.once('disconnect', onOrphaned);
  const sent: Promise<void>[] = [];
  const tell = (message: Message) => {
    sent.push(new Promise((resolve) => void process.send?.(message, undefined, undefined, () => resolve())));
  };
  await playClient(orderSchema.parse(JSON.parse(order)), tell);
  await Promise.all(sent);
  process.off('disconnect', onOrphaned);
  process.disconnect?.();
}

function onOrphaned(): never {
  process.exit(1);
}
