/**
 * From one case of the corpus to a decision, over the public functions of the package.
 *
 * @param {{ parseMarkdown: Function, compileGuidance: Function, decideByGuidance: Function, resolveOutcome: Function }} tutti
 */
export function createDecide({ parseMarkdown, compileGuidance, decideByGuidance, resolveOutcome }) {
  return async function decide({ steps, step, guidance, instructions, context, report, visits }) {
    const own = steps.find((each) => fold(each.name) === fold(step)) ?? { name: step };
    const compiled = compileGuidance({
      steps: steps.map(({ name, file }) => ({ name, file: file ?? '' })),
      step: own.name,
      file: own.file ?? '',
      guidance: parseMarkdown(guidance).blocks,
      instructions: instructions ?? '',
    });
    const picture = {
      context: context ?? {},
      report: { ...report, status: String(report?.status ?? '') },
      visits: visits ?? {},
    };
    const certain = decideByGuidance(compiled, picture);
    if (report?.outcome === undefined) return certain === undefined ? null : answer(certain, own.name);
    const outcome = resolveOutcome(compiled, String(report.outcome));
    if (outcome === undefined) return null;
    if (certain !== undefined && nameOf(certain.to, own.name) !== nameOf(outcome.to, own.name)) return null;
    return certain === undefined
      ? { next: nameOf(outcome.to, own.name), because: outcome.when }
      : answer(certain, own.name);
  };
}

function answer(decision, step) {
  return { next: nameOf(decision.to, step), because: decision.because };
}

function nameOf(target, step) {
  switch (target.kind) {
    case 'step':
      return target.step;
    case 'stay':
      return step;
    case 'finish':
      return 'FINISH';
    default:
      return 'HALT';
  }
}

/** Names match ignoring case, spaces, `_` and `-`. */
export function fold(name) {
  return name.toLowerCase().replaceAll(/[\s_-]+/g, '');
}
