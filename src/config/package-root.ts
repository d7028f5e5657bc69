import { readFileSync, statSync } from 'node:fs';
import { dirname, join } from 'node:path';

/** The folder of this package, wherever in it the running file was put. */
export const PACKAGE_ROOT = rootFrom(import.meta.dirname);

export const VERSION = (
  JSON.parse(readFileSync(join(PACKAGE_ROOT, 'package.json'), 'utf8')) as { readonly version: string }
).version;

function rootFrom(folder: string): string {
  if (statSync(join(folder, 'package.json'), { throwIfNoEntry: false })?.isFile()) return folder;
  const parent = dirname(folder);
  if (parent === folder)
    throw new Error(`No package.json above ${import.meta.dirname}: install the package anew.`);
  return rootFrom(parent);
}
