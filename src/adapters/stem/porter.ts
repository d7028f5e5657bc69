import { stemmer } from 'stemmer';
import type { Stem } from '../../core/ports/stem.ts';

/** Porter's algorithm, for English. */
export const porterStem: Stem = (word) => stemmer(word);
