import { isJsonObject } from '../../core/kernel/json.ts';
import type { Json } from '../../core/kernel/json.ts';

export interface Listed {
  readonly [member: string]: Json | undefined;
}

/** Clients fetch them by themselves: from the open network, without a login, or they are at hand already. */
const SOURCE =
  /^(?:https:\/\/[\w.[\]:-]+(?:[/?#][\u0021-\u007E]*)?|data:image\/[\w.+-]+[;,][\u0021-\u007E]*)$/i;

/** The item with those of its icons that are pictures and lead nowhere else; the same one when all of them are. */
export function withSafeIcons<T extends Listed>(item: T): T {
  const { icons } = item;
  if (icons === undefined) return item;
  const given = Array.isArray(icons) ? (icons as readonly Json[]) : [];
  const safe = given.filter((icon) => isSafe(icon));
  return Array.isArray(icons) && safe.length === given.length ? item : { ...item, icons: safe };
}

function isSafe(icon: Json): boolean {
  const src = isJsonObject(icon) ? icon['src'] : undefined;
  return typeof src === 'string' && SOURCE.test(src);
}
