const CONTEXT = 2;
/** Beyond so many cells of comparison the old lines are shown whole, then the new ones. */
const MAX_CELLS = 400_000;

/** Both versions line by line: what is gone after `-`, what is new after `+`, what stays after a blank. */
export function compareLines(old: readonly string[], fresh: readonly string[]): string[] {
  let head = 0;
  while (head < old.length && head < fresh.length && old[head] === fresh[head]) head += 1;
  let tail = 0;
  while (
    tail < old.length - head &&
    tail < fresh.length - head &&
    old[old.length - 1 - tail] === fresh[fresh.length - 1 - tail]
  ) {
    tail += 1;
  }
  return [
    ...marked(' ', old.slice(0, head)),
    ...middle(old.slice(head, old.length - tail), fresh.slice(head, fresh.length - tail)),
    ...marked(' ', old.slice(old.length - tail)),
  ];
}

function marked(mark: string, lines: readonly string[]): readonly string[] {
  return lines.map((line) => mark + line);
}

function middle(old: readonly string[], fresh: readonly string[]): string[] {
  if (old.length * fresh.length > MAX_CELLS || old.length === 0 || fresh.length === 0)
    return [...marked('-', old), ...marked('+', fresh)];
  const width = fresh.length + 1;
  const common = new Uint32Array((old.length + 1) * width);
  const at = (i: number, j: number) => common[i * width + j] ?? 0;
  for (let i = old.length - 1; i >= 0; i -= 1) {
    for (let j = fresh.length - 1; j >= 0; j -= 1) {
      common[i * width + j] =
        old[i] === fresh[j] ? at(i + 1, j + 1) + 1 : Math.max(at(i + 1, j), at(i, j + 1));
    }
  }
  const lines: string[] = [];
  let [i, j] = [0, 0];
  while (i < old.length && j < fresh.length) {
    if (old[i] === fresh[j]) {
      lines.push(` ${old[i]}`);
      i += 1;
      j += 1;
    } else if (at(i + 1, j) >= at(i, j + 1)) lines.push(`-${old[i++]}`);
    else lines.push(`+${fresh[j++]}`);
  }
  return [...lines, ...marked('-', old.slice(i)), ...marked('+', fresh.slice(j))];
}

/** The changed lines with those around them. */
export function aroundChanges(lines: readonly string[]): string[] {
  const near = new Set<number>();
  lines.forEach((line, at) => {
    if (!line.startsWith(' ')) for (let i = at - CONTEXT; i <= at + CONTEXT; i += 1) near.add(i);
  });
  const shown: string[] = [];
  lines.forEach((line, at) => {
    if (near.has(at)) shown.push(line);
    else if (at === 0 || near.has(at - 1)) shown.push('  …');
  });
  return shown;
}
