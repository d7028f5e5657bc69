import { readFileSync } from 'node:fs';
import { configsIn, foldersUp } from '../../../config/source.ts';
import { distrust, isTrusted, listTrusted, trust as trustFile } from '../../../config/trust.ts';
import { TuttiError } from '../../../core/kernel/errors.ts';
import { EXIT } from '../failure.ts';
import { confirm } from '../prompt.ts';
import type { Session } from '../session.ts';
import { clean } from '../text.ts';

export interface TrustOptions {
  readonly list?: boolean;
  readonly remove?: boolean;
  readonly yes?: boolean;
}

/** Shows the configuration of this folder and lets it act, until it changes. */
export async function trust({ terminal, globals }: Session, options: TrustOptions): Promise<void> {
  if (options.list === true) {
    const trusted = listTrusted();
    terminal.answer(
      { trusted },
      () =>
        trusted.map(({ file, status }) => clean(`${file}  ${status}`)).join('\n') || 'Nothing is trusted.',
    );
    return;
  }
  const file = globals.config ?? foldersUp(process.cwd()).flatMap((folder) => configsIn(folder))[0];
  if (file === undefined) {
    throw new TuttiError(
      'config/invalid',
      'There is no tutti.config.jsonc (or .json, .yaml) in this folder or above it. Go to its folder, then try again.',
    );
  }
  if (options.remove === true) {
    distrust(file);
    terminal.answer({ file, trusted: false }, () => `${file} is not trusted any more.`);
    return;
  }
  const text = readFileSync(file, 'utf8');
  if (!isTrusted(file, text)) {
    terminal.note(`${file}\n\n${clean(text)}`);
    if (!(await agrees(terminal.interactive, options.yes === true))) {
      process.exitCode = EXIT.refused;
      terminal.answer(
        { file, trusted: false },
        () => 'Not trusted: nothing of it acts. `--yes` says so without a terminal.',
      );
      return;
    }
    trustFile(file, text);
  }
  terminal.answer({ file, trusted: true }, () =>
    [
      `${file} is trusted until it changes.`,
      'What its servers offer is held until you have looked at it: tutti lock diff, then tutti lock approve.',
    ].join('\n'),
  );
}

async function agrees(interactive: boolean, yes: boolean): Promise<boolean> {
  if (yes || !interactive) return yes;
  return await confirm('Let it start these commands and reach these addresses? Type yes: ');
}
