import type { Document } from '../kernel/document.ts';

/**
 * Reads CommonMark with tables and front matter. Never throws: every text is Markdown. Deterministic, and linear
 * but for a bounded factor: a text on which `intricateLine` finds a line comes back unread, as one block of the kind `other` and a
 * `frontMatterFault` that names the line.
 */
export type ParseMarkdown = (source: string) => Document;
