import type { Document } from '../kernel/document.ts';

/** Reads CommonMark with tables and front matter. Never throws: every text is Markdown. Deterministic. */
export type ParseMarkdown = (source: string) => Document;
