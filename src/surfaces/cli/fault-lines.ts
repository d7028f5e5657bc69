import type { Fault } from '../../core/kernel/fault.ts';
import type { Terminal } from './terminal.ts';
import { cleanLine } from './text.ts';

interface Found {
  readonly name: string;
  readonly faults: readonly Fault[];
}

/** Faults of definitions, one a line with its fix below it, and a last line that counts them. */
export function faultLines(
  found: readonly Found[],
  noun: 'workflow' | 'agent',
  { colors }: Terminal,
): string {
  const lines = found.flatMap(({ name, faults }) =>
    faults.map(({ file, line, severity, code, message, fix }) => {
      const level = severity === 'error' ? colors.red(severity) : colors.yellow(severity);
      const remedy = fix ? `\n    fix: ${pasteable(fix)}` : '';
      return `${cleanLine(`${name}/${file}`)}:${line} ${level} ${code} ${cleanLine(message)}${remedy}`;
    }),
  );
  const faults = found.flatMap((each) => each.faults);
  const errors = faults.filter(({ severity }) => severity === 'error').length;
  return [
    ...lines,
    `${found.length} ${noun}(s), ${errors} error(s), ${faults.length - errors} warning(s)`,
  ].join('\n');
}

/** Texts to paste stand on lines of their own, from the first column on: indented, Markdown would read them otherwise. */
export function pasteable(text: string): string {
  return text.split('\n').map(cleanLine).join('\n');
}
