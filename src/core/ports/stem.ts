/** The stem of an English word in lower case: `listing` and `listed` give what `list` gives. Pure. */
export type Stem = (word: string) => string;
