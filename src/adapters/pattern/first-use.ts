import { setFlagsFromString } from 'node:v8';

/**
 * Runs `work`, which uses many of the platform's patterns for the first time, with their translation kept short: a few milliseconds instead of
 * hundreds. Those that are used often are translated well later on.
 */
export function atFirstUse(work: () => void): void {
  setFlagsFromString('--no-regexp-optimization');
  try {
    work();
  } finally {
    setFlagsFromString('--regexp-optimization');
  }
}
