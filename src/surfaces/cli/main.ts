import { readFileSync } from 'node:fs';

// Nothing is imported before it is needed: `tutti --version` costs no more than Node itself.
const argv = process.argv.slice(2);
const json = argv.includes('--json');

function version(): string {
  const { version: current }: { version: string } = JSON.parse(
    readFileSync(new URL('../../../package.json', import.meta.url), 'utf8'),
  );
  return current;
}

process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  // Whoever read us has gone, as in `tutti workflows list | head -1`.
  if (error.code === 'EPIPE') process.exit(0);
  process.stderr.write(`tutti: the answer could not be written to stdout (${error.message}).\n`, () =>
    process.exit(1),
  );
});

if (argv[0] === '--version' || argv[0] === '-V') {
  process.stdout.write(json ? `${JSON.stringify({ version: version() })}\n` : `${version()}\n`);
} else {
  try {
    const { noticeSignals } = await import('./stop-request.ts');
    const stop = noticeSignals();
    const { runProgram } = await import('./program.ts');
    await runProgram(argv, version(), stop);
  } catch (error) {
    const { reportFailure } = await import('./failure.ts');
    reportFailure(error, json);
  }
}
