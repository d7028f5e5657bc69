import type { Instance } from '../kernel/instance.ts';
import type { Message, Transcript } from '../ports/transcript.ts';

const PAGE = 50;

export interface MessageWindow {
  readonly limit: number;
  /** Characters; after so many no further page is read. */
  readonly maxLength: number;
  readonly before?: number;
}

/** The newest messages, oldest of them first, read page by page: a conversation may hold more text than can be taken at once. */
export async function newestMessages(
  transcript: Pick<Transcript, 'read'>,
  { owner, id }: Pick<Instance, 'owner' | 'id'>,
  { limit, maxLength, before }: MessageWindow,
): Promise<readonly Message[]> {
  const pages: (readonly Message[])[] = [];
  let next = before;
  for (let [left, length] = [limit, 0]; left > 0 && length < maxLength;) {
    const size = Math.min(PAGE, left);
    const page = await transcript.read(owner, id, {
      limit: size,
      ...(next !== undefined && { before: next }),
    });
    pages.unshift(page);
    length += page.reduce((sum, { content }) => sum + content.length, 0);
    left -= page.length;
    next = page[0]?.seq;
    if (page.length < size) break;
  }
  return pages.flat();
}
