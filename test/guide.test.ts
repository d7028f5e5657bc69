import { readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import type { Command } from 'commander';
import { parse } from 'jsonc-parser';
import { describe, expect, it } from 'vitest';
import { configSchema } from '../src/config/schema.ts';
import { createProgram } from '../src/surfaces/cli/program.ts';

const pages = readdirSync('docs/guide')
  .filter((file) => file.endsWith('.md'))
  .map((file) => [file, readFileSync(join('docs/guide', file), 'utf8')] as const);

describe.each(pages)('docs/guide/%s', (file, text) => {
  it('names only commands that exist', () => {
    const inCode = [...text.matchAll(/`(?:npx (?:-y )?)?tutti ([^`\n]+)`/g)].map(([, line = '']) => line);
    const inShell = [...text.matchAll(/^tutti ([^#\n]+)/gm)].map(([, line = '']) => line.trim());
    expect([...inCode, ...inShell].filter((line) => !isCommand(createProgram('1.0.0'), line))).toEqual([]);
  });

  it('shows only configuration that is valid', () => {
    const fences = [...text.matchAll(/^```jsonc?\n(\{.*?)^```$/gms)].map(([, body = '']) => body);
    const configurations = fences.filter((body) =>
      /"(store|workflows|toolsets|mcpServers|tools|model)":/.test(body),
    );
    expect(
      configurations.map(
        (body) => configSchema.safeParse(parse(body, [], { allowTrailingComma: true })).error,
      ),
    ).toEqual(configurations.map(() => undefined));
  });

  it('links only to files that exist', () => {
    const prose = text.replaceAll(/^```.*?^```$/gms, '');
    const links = [...prose.matchAll(/\]\((?!https?:)([^)#]+)[^)]*\)/g)].map(([, path = '']) => path);
    expect(links.filter((path) => readFileSync(join('docs/guide', path), 'utf8') === '')).toEqual([]);
    expect(file).toMatch(/^[a-z-]+\.md$/);
  });
});

/** Commands that do something by themselves although others follow them. */
const COMPLETE = new Set(['lock']);

/** Whether each word is a command, up to one that has no commands of its own; options after it must be known. */
function isCommand(program: Command, line: string): boolean {
  const words = line.split(/\s+/);
  let command = program;
  while (command.commands.length > 0) {
    const word = words.shift();
    const found = command.commands.find((each) => each.name() === word);
    if (!found) return word === undefined && COMPLETE.has(command.name());
    command = found;
  }
  const known = new Set([...command.options, ...program.options].map((option) => option.long));
  return words.filter((word) => word.startsWith('--')).every((word) => known.has(word));
}
