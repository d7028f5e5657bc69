import type { Instance } from '../kernel/instance.ts';
import type { Message, Transcript } from '../ports/transcript.ts';
import { nextPage } from './page-size.ts';

export interface MessageWindow {
  readonly limit: number;
  /** Characters of all together; the newest is given whatever it holds. */
  readonly maxLength: number;
  readonly before?: number;
}

/** The newest messages, oldest of them first, read page by page: a conversation may hold more text than can be taken at once. */
export async function newestMessages(
  transcript: Pick<Transcript, 'read'>,
  { owner, id }: Pick<Instance, 'owner' | 'id'>,
  { limit, maxLength, before }: MessageWindow,
): Promise<readonly Message[]> {
  const found: Message[] = [];
  let [length, size, next] = [0, nextPage(), before];
  while (found.length < limit) {
    const page = await transcript.read(owner, id, {
      limit: Math.min(size, limit - found.length),
      ...(next !== undefined && { before: next }),
    });
    const from = length;
    for (const message of page.toReversed()) {
      length += message.content.length;
      if (length > maxLength && found.length > 0) return found.toReversed();
      found.push(message);
    }
    next = page[0]?.seq;
    if (next === undefined || next === 1) break;
    size = nextPage({ size, length: length - from });
  }
  return found.toReversed();
}
