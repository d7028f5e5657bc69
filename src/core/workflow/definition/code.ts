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

const ITEM = /^ *(?:[-*+]|\d{1,9}[.)]) +/;

/** The text with indented code blanked out: what stands four columns in, behind a blank line; in a list, four more than its items. */
export function blankIndented(text: string): string {
  let margin = 0;
  let opens = true;
  const lines = text.split('\n').map((line) => {
    const plain = line.replaceAll('\t', '    ');
    if (plain.trim() === '') {
      opens = true;
      return line;
    }
    const indent = plain.length - plain.trimStart().length;
    if (opens && indent < margin) margin = Math.floor(indent / 2) * 2;
    const isCode = opens && indent >= margin + 4;
    const item = isCode ? undefined : ITEM.exec(plain)?.[0];
    if (item !== undefined) margin = item.length;
    opens = isCode;
    return isCode ? ' '.repeat(line.length) : line;
  });
  return lines.join('\n');
}
