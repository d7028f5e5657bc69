/** The text with fenced code and code spans blanked out, so that offsets and lines stay what they were. Linear. */
export function blankCode(text: string): string {
  return blankSpans(blankFences(text));
}

function blankFences(text: string): string {
  let fence = '';
  const lines = text.split('\n').map((line) => {
    const [, run = '', rest = ''] = /^ {0,3}(`{3,}|~{3,})(.*)$/.exec(line) ?? [];
    if (fence === '') {
      fence = run.startsWith('`') && rest.includes('`') ? '' : run;
      return fence === '' ? line : ' '.repeat(line.length);
    }
    if (run.startsWith(fence) && rest.trim() === '') fence = '';
    return ' '.repeat(line.length);
  });
  return lines.join('\n');
}

/** A span runs from some backticks to the next run of exactly as many. */
function blankSpans(text: string): string {
  const runs = [...text.matchAll(/`+/g)].map((match) => ({ at: match.index, length: match[0].length }));
  const next = new Map<number, number>();
  const closers: (number | undefined)[] = [];
  for (const [index, run] of [...runs.entries()].toReversed()) {
    closers[index] = next.get(run.length);
    next.set(run.length, index);
  }
  let blanked = '';
  let done = 0;
  for (let index = 0; index < runs.length; index += 1) {
    const closer = closers[index];
    const from = runs[index];
    const to = closer === undefined ? undefined : runs[closer];
    if (closer === undefined || !from || !to) continue;
    const end = to.at + to.length;
    blanked += text.slice(done, from.at) + text.slice(from.at, end).replaceAll(/[^\n]/g, ' ');
    done = end;
    index = closer;
  }
  return blanked + text.slice(done);
}
