import { Document } from 'yaml';
import type { Golden, GoldenStep } from '../../../core/workflow/rehearsal/golden.ts';

/** A golden file's text, with a head of comment lines. */
export function goldenText(
  { steps, status, finalContext, ...begin }: Golden,
  head: readonly string[],
): string {
  const document = new Document({
    ...begin,
    steps: steps.map(toYaml),
    ...(status && { status }),
    ...(finalContext && { final_context: finalContext }),
  });
  document.commentBefore = head.map((line) => ` ${line}`).join('\n');
  return document.toString({ lineWidth: 0 });
}

function toYaml({ report, contextUpdates, ...expected }: GoldenStep): object {
  const { stepId, ...said } = report;
  return {
    report: { ...said, ...(stepId !== undefined && { step_id: stepId }) },
    ...(contextUpdates && { context_updates: contextUpdates }),
    ...expected,
  };
}
