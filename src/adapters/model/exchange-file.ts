import { closeSync, fchmodSync, mkdirSync, openSync, writeSync } from 'node:fs';
import { dirname } from 'node:path';
import { TuttiError } from '../../core/kernel/errors.ts';
import type { ExchangeLog } from '../../core/ports/exchange-log.ts';

const OWNER_ONLY = 0o600;

/**
 * JSON lines in a file that its owner alone can read. Exchanges are seconds apart, so each is written at once: a sudden end loses none.
 *
 * @throws TuttiError `config/invalid` when the file cannot be opened.
 */
export function exchangeFile(path: string): ExchangeLog & { close(): void } {
  const file = openOwn(path);
  let isOpen = true;
  return {
    write(exchange) {
      try {
        if (isOpen) writeSync(file, `${JSON.stringify(exchange)}\n`);
      } catch {
        // A full disk fails no answer.
      }
    },
    close() {
      if (isOpen) closeSync(file);
      isOpen = false;
    },
  };
}

function openOwn(path: string): number {
  try {
    mkdirSync(dirname(path), { recursive: true });
    const file = openSync(path, 'a', OWNER_ONLY);
    // It may have been there before, open to others.
    fchmodSync(file, OWNER_ONLY);
    return file;
  } catch (cause) {
    const found = cause instanceof Error ? cause.message : String(cause);
    throw new TuttiError(
      'config/invalid',
      `AI_INTERACTIONS_LOG_FILE: expected a file that can be written, found: ${found}.`,
      { cause },
    );
  }
}
