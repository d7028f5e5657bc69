import type { Audit } from '../../core/ports/audit.ts';
import { type Link, START, toAuditRow, toDraft, toLinks, verifyChain } from './audit-chain.ts';
import { pageSize } from './rules.ts';

/** The audit in a list. */
export function memoryAudit(checkOpen: () => void): Audit {
  const links: Link[] = [];
  const head = () => links.at(-1) ?? START;
  return {
    async append(entries) {
      checkOpen();
      links.push(...toLinks(head(), entries.map(toDraft)));
    },
    async tail({ limit, before = Number.POSITIVE_INFINITY }) {
      checkOpen();
      const end = Math.max(0, Math.min(links.length, before - 1));
      const start = Math.max(0, end - pageSize(limit));
      return links.slice(start, end).toReversed().map(toAuditRow);
    },
    async verify() {
      checkOpen();
      return verifyChain({
        head: () => Promise.resolve(head()),
        after: (seq) => Promise.resolve(links.slice(Math.max(0, seq))),
      });
    },
  };
}
