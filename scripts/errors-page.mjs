// Writes docs/reference/errors.md from the error table; a test holds the two equal.
import { writeFileSync } from 'node:fs';
import { errorTable, wireCode } from '../src/core/kernel/errors.ts';

const rows = Object.entries(errorTable).map(
  ([code, { retry, http, meaning }]) =>
    `| \`${code}\` | ${wireCode(code)} | ${retry} | ${http} | ${meaning} |`,
);
writeFileSync(
  'docs/reference/errors.md',
  `# Errors

A tool call that fails answers with \`isError: true\` and \`{error_code, message}\` in \`structuredContent\`; faults of a definition come in
\`faults\`. A tool of a server that promises structured content of its own has both in \`_meta.tutti\` instead. The command line prints the
code and the message (\`--json\`: \`{"error": {"code", "message"}}\`). *Retry* says what trying the same call again is good for: never, or
later, once the cause has passed.

| code | on the wire | retry | HTTP | meaning |
|---|---|---|---|---|
${rows.join('\n')}
`,
);
