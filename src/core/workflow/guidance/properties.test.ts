import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { parseMarkdown } from '../../../adapters/markdown/mdast.ts';
import type { Decision, Report } from '../../kernel/instance.ts';
import type { JsonObject } from '../../kernel/json.ts';
import { compileGuidance } from './compile.ts';
import { decideByGuidance } from './decide.ts';
import type { Guidance, Picture } from './guidance.ts';
import { canonicalName, slug } from './name.ts';
import { resolveOutcome } from './outcomes.ts';
import { isSameTarget } from './target-grammar.ts';

const steps = ['Open', 'Check Papers', 'Stamp It', 'Send Away', 'Finish Line'].map((name) => ({
  name,
  file: `steps/${slug(name)}.md`,
}));

function compile(guidance: string): Guidance {
  return compileGuidance({
    steps,
    step: 'Check Papers',
    file: 'steps/check_papers.md',
    guidance: parseMarkdown(guidance).blocks,
    instructions: '',
  });
}

const statuses = fc.constantFrom(
  'success',
  'failure',
  'in_progress',
  'needs_clarification',
  'data_provided',
  'partial',
  '',
);
const values = fc.oneof(
  fc.boolean(),
  fc.integer({ min: -2, max: 9 }),
  fc.constantFrom('a', 'b', 'true', '', null),
  fc.constant([]),
  fc.constant({ a: 1 }),
);
const contexts: fc.Arbitrary<JsonObject> = fc.dictionary(fc.constantFrom('x', 'y', 'paper_count'), values, {
  maxKeys: 3,
});
const pictures: fc.Arbitrary<Picture> = fc.record({
  context: contexts,
  report: fc.record(
    { status: statuses, result: fc.oneof(fc.constantFrom('all fine', 'two failed', ''), contexts) },
    { requiredKeys: ['status'] },
  ) as fc.Arbitrary<Report>,
  visits: fc.oneof(
    fc.constant({}),
    fc.integer({ min: 1, max: 5 }).map((count) => ({ 'Check Papers': count })),
  ),
});

/** Sentences of which each is understood by itself. */
const known = fc.constantFrom(
  'If `x` is true, go to Stamp It.',
  'If `x` is "a", proceed to Send Away.',
  'If `paper_count` is at least 3, go to Stamp It.',
  'On success, continue with Send Away.',
  'On failure, go to Open.',
  'If it fails, stay on this step.',
  'Otherwise, stop.',
  'Otherwise proceed to Send Away.',
  'Proceed to Stamp It.',
  'Always go to Stamp It.',
  'This is the final step.',
  'Do not go to Stamp It.',
  'After three attempts, escalate to a human.',
  'However, if `y` is set, finish the workflow.',
  'This step reads the papers.',
);
const unknown = fc.constantFrom(
  'If the stars align, go to Stamp It.',
  'If the officer grumbles, finish.',
  'Unless the moon is full, send it to Open.',
  'When in doubt, flip a coin and stop.',
  'No paper may leave before noon.',
);
/** Words that the grammar knows, in any order. */
const noise = fc.constantFrom(
  ...'if unless otherwise until then and or not is the a step to proceed go stay stop finish success failure fails `x` "Stamp It" Send Away 3 true , . ; : → — ( ) | - * # \n > `` " \' regardless of always do never only when in case'.split(
    ' ',
  ),
);
const texts = fc.oneof(
  fc.array(noise, { maxLength: 60 }).map((words) => words.join(' ')),
  fc.string({ unit: 'binary', maxLength: 200 }),
);

const told = (decision: Decision | undefined): string =>
  decision === undefined ? '-' : JSON.stringify(decision.to);

describe('any text', () => {
  test('compiles and decides without throwing, twice the same, and only on a way that is open', () => {
    fc.assert(
      fc.property(texts, pictures, (text, picture) => {
        const guidance = compile(text);
        const decision = decideByGuidance(guidance, picture);
        expect(decideByGuidance(structuredClone(guidance), picture)).toEqual(decision);
        expect(guidance.outcomes.length).toBeGreaterThan(0);
        expect(new Set(guidance.outcomes.map(({ id }) => id)).size).toBe(guidance.outcomes.length);
        if (decision !== undefined) expect(isOpen(guidance, decision, picture)).toBe(true);
      }),
      { numRuns: 1_000 },
    );
  });

  test('every outcome is found again by its id and by its target', () => {
    fc.assert(
      fc.property(texts, (text) => {
        const { outcomes, ...guidance } = compile(text);
        for (const outcome of outcomes) {
          expect(resolveOutcome({ ...guidance, outcomes }, outcome.id)).toEqual(outcome);
          const byName = outcome.to.kind === 'step' ? outcome.to.step : outcome.to.kind;
          expect(resolveOutcome({ ...guidance, outcomes }, ` ${byName.toUpperCase()} `)?.to.kind).toBe(
            outcome.to.kind,
          );
        }
      }),
    );
  });

  test('time grows with the length and no faster', () => {
    const unit =
      'If `x` is true and (the moon, or the sun, is "up", go to Stamp It; otherwise, unless it fails → stop. ';
    const steps100 = work(unit.repeat(100));
    const steps800 = work(unit.repeat(800));
    expect(steps800).toBeLessThanOrEqual(steps100 * 10);
  });
});

/** How many statements come of a text: the work that deciding will take. */
function work(text: string): number {
  const guidance = compile(text);
  decideByGuidance(guidance, { context: {}, report: { status: 'success' }, visits: {} });
  return guidance.rules.length + guidance.faults.length;
}

/** A target is among the outcomes, or is the stay of a client that is still at it. */
function isOpen(guidance: Guidance, { to }: Decision, picture: Picture): boolean {
  if (to.kind === 'stay' && picture.report.status === 'in_progress') return true;
  return guidance.outcomes.some(
    (outcome) => isSameTarget(outcome.to, to) || (outcome.to.kind === 'finish' && to.kind === 'finish'),
  );
}

describe('what is not understood', () => {
  test('never makes something else certain', () => {
    fc.assert(
      fc.property(
        fc.array(known, { minLength: 1, maxLength: 4 }),
        unknown,
        pictures,
        (sentences, extra, picture) => {
          const before = told(decideByGuidance(compile(sentences.join('\n\n')), picture));
          const after = told(decideByGuidance(compile([...sentences, extra].join('\n\n')), picture));
          expect([before, '-']).toContain(after);
        },
      ),
      { numRuns: 700 },
    );
  });

  test('withholds every way on that presupposes success', () => {
    fc.assert(
      fc.property(known, unknown, (sentence, extra) => {
        fc.pre(!sentence.includes('always'));
        const decision = decideByGuidance(compile(`${sentence} ${extra}`), {
          context: {},
          report: { status: 'success' },
          visits: {},
        });
        const plain = decideByGuidance(compile(extra), {
          context: {},
          report: { status: 'success' },
          visits: {},
        });
        expect(plain).toBeUndefined();
        expect(decision === undefined || sameTargetAs(extra, decision)).toBe(true);
      }),
    );
  });
});

/** An unknown condition that leads to the same place takes nothing away. */
function sameTargetAs(extra: string, decision: Decision): boolean {
  return compile(extra).outcomes.some(({ to }) => isSameTarget(to, decision.to));
}

describe('names', () => {
  test('case, spaces, underscores and hyphens do not matter', () => {
    fc.assert(
      fc.property(
        fc.array(fc.constantFrom('Run', 'unit', 'Tests', 'läuft', '日本', '42'), {
          minLength: 1,
          maxLength: 4,
        }),
        (words) => {
          const forms = [
            words.join(' '),
            words.join('_'),
            words.join('-').toUpperCase(),
            ` ${words.join('  ')} `,
          ];
          expect(new Set(forms.map((form) => canonicalName(form))).size).toBe(1);
        },
      ),
    );
  });
});
