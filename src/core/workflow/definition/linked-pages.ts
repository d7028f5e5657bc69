import type { Fault } from '../../kernel/fault.ts';
import { normalName } from '../../kernel/names.ts';
import { toFault } from './faults.ts';
import type { Place, Said } from './faults.ts';
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
  /** The pages that are there, linked or not, where that is known. */
  readonly pages?: readonly string[];
  /** Makes a fault of a link that leads `outside` the folder, or to a page that is `missing`. */
  fault(problem: 'outside' | 'missing', place: Place, said: Said): Fault;
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
      faults.push(
        linking.fault('missing', place, { message, ...relinking({ link, path }, { ...linking, links }) }),
      );
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

/** Where the only page that nothing links to yet and that is called so stands, if there is one. */
function relinking(
  { link: { name, href }, path }: { readonly link: StepLink; readonly path: string },
  { links, pages = [] }: Linking & { readonly links: readonly StepLink[] },
): Pick<Said, 'fix' | 'edit'> {
  const linked = new Set(links.map((link) => stepPath(link)));
  const [page, ...others] = pages.filter((each) => !linked.has(each) && isCalled(each, [name, path]));
  if (page === undefined || others.length > 0) return { fix: `Create ${path}, or correct the link.` };
  return { fix: `Link to ${page}, which is there.`, edit: { from: `(${href})`, to: `(${encodeURI(page)})` } };
}

/** Whether a page's file is called as one of these: a name, or another path. */
export function isCalled(page: string, names: readonly string[]): boolean {
  return names.some((name) => normalName(stem(name)) === normalName(stem(page)));
}

function stem(path: string): string {
  return path.replace(/^.*\//, '').replace(/\.md$/i, '');
}
