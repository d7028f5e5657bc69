import type { Fault } from '../../kernel/fault.ts';
import { toFault } from './faults.ts';
import type { Place } from './faults.ts';
import type { Expanded } from './includes.ts';
import { stepPath } from './links.ts';
import { readPage } from './page.ts';
import type { Page, Reading } from './page.ts';
import type { StepLink } from './step-list.ts';

/** A link of an index with the page it leads to. */
export interface LinkedPage {
  readonly link: StepLink;
  /** Of the link. */
  readonly place: Place;
  readonly path: string;
  readonly page: Page;
}

interface Linking {
  readonly index: Expanded;
  readonly reading: Reading;
  /** What a page is called to its author. */
  readonly noun: 'step' | 'state';
  /** Characters of all pages together: reading them takes time in proportion. */
  readonly maxLength: number;
  /** Makes a fault of a link that leads `outside` the folder, or to a page that is `missing`. */
  fault(problem: 'outside' | 'missing', place: Place, said: { message: string; fix: string }): Fault;
}

/** Reads the pages that an index links to, in order; what cannot be read becomes a fault, and is left out. */
export async function readLinkedPages(links: readonly StepLink[], linking: Linking): Promise<LinkedPage[]> {
  const { reading, index, noun, maxLength } = linking;
  const { source, faults } = reading;
  const pages: LinkedPage[] = [];
  let length = 0;
  for (const link of links) {
    const place = index.origin(link.line);
    const path = stepPath(link);
    if (path === undefined) {
      const message = `The ${noun} "${link.name}" links to ${link.href}, which is no file inside the folder of the definition.`;
      const fix = `Write a relative path with forward slashes, such as ${noun}s/build.md.`;
      faults.push(linking.fault('outside', place, { message, fix }));
      continue;
    }
    const found = await source.text(path);
    if ('unreadable' in found) {
      const message = `The ${noun} "${link.name}" links to ${path}, which cannot be read: ${found.unreadable}`;
      faults.push(linking.fault('missing', place, { message, fix: `Create ${path}, or correct the link.` }));
      continue;
    }
    const page = await readPage(path, found.text, reading);
    if (!page) continue;
    length += page.expanded.text.length;
    if (length > maxLength) {
      const message = `All ${noun}s with their includes are larger than ${maxLength} characters.`;
      faults.push(toFault('include/too-large', place, { message, fix: 'Include less.' }));
      break;
    }
    pages.push({ link, place, path, page });
  }
  return pages;
}
