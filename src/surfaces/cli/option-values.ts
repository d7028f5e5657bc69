import { InvalidArgumentError } from 'commander';

export function parsePort(text: string): number {
  const port = Number(text);
  if (/^\d+$/.test(text) && port <= 65_535) return port;
  throw new InvalidArgumentError('Expected a whole number from 0 to 65535.');
}

export function parseCount(text: string): number {
  const count = Number(text);
  if (/^\d+$/.test(text) && count >= 1 && count <= 500) return count;
  throw new InvalidArgumentError('Expected a whole number from 1 to 500.');
}

export function parseList(text: string): readonly string[] {
  const list = text
    .split(',')
    .map((each) => each.trim())
    .filter(Boolean);
  if (list.length === 0) throw new InvalidArgumentError('Expected at least one name.');
  return list;
}
