import type { Directive } from '../../core/workflow/directive.ts';
import { targetName } from './target-name.ts';
import type { Terminal } from './terminal.ts';
import { clean, cleanLine, wrap } from './text.ts';

/** What stands to be done, as people read it. */
export function directiveText(directive: Directive, terminal: Terminal): string {
  const { bold, dim } = terminal.colors;
  const { next, decided, status } = directive;
  return [
    ...(decided
      ? [dim(wrap(`decided by ${decided.by}: ${cleanLine(decided.because)}`, terminal.width))]
      : []),
    ...(directive.since ?? []).map(({ from, to, because }) =>
      dim(wrap(`meanwhile: ${cleanLine(from)} → ${cleanLine(to)}: ${cleanLine(because)}`, terminal.width)),
    ),
    `${bold(cleanLine(next.step))} ${dim(status)}`,
    wrap(clean(next.instructions), terminal.width, '  '),
    ...(next.expects.length > 0 ? [dim(`  looks at: ${next.expects.map(cleanLine).join(', ')}`)] : []),
  ].join('\n');
}

/** The open outcomes, numbered from 1. */
export function outcomeLines(directive: Directive, terminal: Terminal): readonly string[] {
  const { cyan } = terminal.colors;
  const open = directive.decisionRequired?.candidates ?? directive.next.outcomes;
  return open.map(({ id, when, to }, at) => {
    const condition = when ? ` when ${cleanLine(when)}` : '';
    const line = `${at + 1}. ${cyan(id)} → ${targetName(to, directive.next.step)}${condition}`;
    return wrap(line, terminal.width, '  ');
  });
}
