import { existsSync } from 'node:fs';
import { lockFileOf } from '../../../config/lock-file.ts';
import { ownStore, refuseForeignStore } from '../../../config/own-store.ts';
import { configsIn, foldersUp } from '../../../config/source.ts';
import {
  distrust,
  isTrusted,
  listTrusted,
  readText,
  realFile,
  trust as trustFile,
} from '../../../config/trust.ts';
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
  const written = globals.config ?? foldersUp(process.cwd()).flatMap((folder) => configsIn(folder))[0];
  if (written === undefined) {
    throw new TuttiError(
      'config/invalid',
      'There is no tutti.config.jsonc (or .json, .yaml) in this folder or above it. Go to its folder, then try again.',
    );
  }
  // Looked up once: a link that leads elsewhere meanwhile takes no trust along.
  const file = realFile(written);
  if (options.remove === true) {
    distrust(file);
    terminal.answer({ file, trusted: false }, () => `${file} is not trusted any more.`);
    return;
  }
  const text = readText(file);
  const lock = existsSync(lockFileOf(file)) ? lockFileOf(file) : undefined;
  if (!isTrusted(file, text)) {
    const store = ownStore(file, text, process.env);
    refuseForeignStore(file, store);
    terminal.note([file, clean(text), ...(lock === undefined ? [] : [lockText(lock)])].join('\n\n'));
    if (!(await agrees(terminal.interactive, options.yes === true))) {
      process.exitCode = EXIT.refused;
      terminal.answer(
        { file, trusted: false },
        () => 'Not trusted: nothing of it acts. `--yes` says so without a terminal.',
      );
      return;
    }
    trustFile(file, { text, ...(store !== undefined && { store }) });
  }
  terminal.answer({ file, trusted: true, ...(lock !== undefined && { lock }) }, () =>
    [
      `${file} is trusted until it changes.`,
      lock === undefined
        ? 'What its servers offer is held until you have looked at it: tutti lock diff, then tutti lock approve.'
        : lockText(lock),
    ].join('\n'),
  );
}

function lockText(lock: string): string {
  return clean(
    `${lock} stands beside it, and the lock decides: what it holds counts as approved, by whoever wrote it, and everything else is held. Read it, too; tutti lock diff shows what is held.`,
  );
}

async function agrees(interactive: boolean, yes: boolean): Promise<boolean> {
  if (yes || !interactive) return yes;
  return await confirm('Let it start these commands and reach these addresses? Type yes: ');
}
