import { RE2JS } from 're2js';
import { TuttiError } from '../../core/kernel/errors.ts';
import type { CompilePattern } from '../../core/ports/pattern.ts';

const MAX_LENGTH = 10_000;

/** RE2 in JavaScript. A pattern is looked for anywhere in the text, as `^` and `$` allow. */
export const compileRe2: CompilePattern = (source) => {
  if (source.length > MAX_LENGTH) throw unusable(`one of ${source.length} characters`);
  try {
    const pattern = RE2JS.compile(source);
    return (text) => pattern.test(text);
  } catch (error) {
    throw unusable(error instanceof Error ? error.message : String(error), error);
  }
};

function unusable(found: string, cause?: unknown): TuttiError {
  return new TuttiError(
    'input/invalid-format',
    `Expected a regular expression in RE2 syntax of at most ${MAX_LENGTH} characters, found ${found}. Correct it; RE2 knows no backreferences.`,
    { cause },
  );
}
