#!/usr/bin/env node
// Writes the reference pages of the command line and of the configuration from what defines them. With --check: only compares.
import { readFileSync, writeFileSync } from 'node:fs';
import { configJsonSchema } from '../src/config/schema.ts';
import { createProgram } from '../src/surfaces/cli/program.ts';

const NOTES = {
  'tutti serve':
    'Over HTTP it prints `tutti: http://127.0.0.1:7420/mcp` on stderr once it listens. SIGINT and SIGTERM end it with exit code 0.',
  'tutti run':
    'Each step shows its instructions and asks for the outcome (where several ways lead on), the status, a message, and each variable ' +
    'that the step looks at. Answers may be piped in, one a line, in that order. With `--json` each line in is one report, such as ' +
    '`{"status": "success", "outcome": "…", "context_updates": {}}`, and each line out is a directive. When the answers end before the ' +
    'workflow does, the instance stays as it is, and the exit code is 1.',
  'tutti workflows graph': 'Without `--format`: box-drawing characters on a terminal, else Mermaid.',
  'tutti completion':
    'For example `source <(tutti completion zsh)`, or `tutti completion fish | source`. Workflow names are completed too.',
};

const ENVIRONMENT = [
  ['TUTTI_STORE', '`sqlite:PATH`: where instances live; outranks `WORKFLOW_DB_PATH`'],
  ['WORKFLOW_DB_PATH', 'the same as a bare path'],
  ['WORKFLOW_DEFINITIONS_DIR', 'serve the workflows of this folder, and only these'],
  [
    'LOG_LEVEL',
    '`debug`, `info`, `warn` or `error` (in any case; `trace`, `warning`, `critical` and `fatal` are understood)',
  ],
  ['ORCHESTRATOR_LOG_DIR', 'folder for a second copy of the log'],
  ['ORCHESTRATOR_LOG_FILE', 'its name there; `orchestrator.log` by default'],
  [
    'USE_STUB_AI_CLIENT',
    '`true`: no model is ever asked, and a `model` decider answers with the first candidate',
  ],
  [
    'AI_SERVICE_ENDPOINT',
    'base address of an OpenAI-compatible API; checked, but this version asks no model and warns',
  ],
  ['AI_SERVICE_API_KEY', 'its key'],
  ['AI_REQUEST_TIMEOUT_MS', 'how long it may take; 30000 by default'],
  ['GEMINI_API_KEY', 'a key for Gemini, where no endpoint is named; the same holds'],
  ['GEMINI_MODEL_NAME', 'the name of the model'],
  ['GEMINI_REQUEST_TIMEOUT_SECONDS', 'as `AI_REQUEST_TIMEOUT_MS`, which outranks it'],
  ['AI_INTERACTIONS_LOG_FILE', 'file for exchanges with a model'],
];

const pages = { 'docs/reference/cli.md': cliPage(), 'docs/reference/configuration.md': configurationPage() };
for (const [name, text] of Object.entries(pages)) {
  const file = new URL(`../${name}`, import.meta.url);
  if (!process.argv.includes('--check')) {
    writeFileSync(file, text);
  } else if (readFileSync(file, 'utf8') !== text) {
    console.error(`${name} is not what defines it any more: run node scripts/reference-pages.mjs`);
    process.exitCode = 1;
  }
}

function cliPage() {
  const program = createProgram('');
  const visible = program.createHelp().visibleCommands(program);
  const commands = visible.flatMap((command) => leaves(command, 'tutti'));
  return `# Command line

${program.description()}

\`\`\`sh
npx -y tutti                     # on a terminal: serve over HTTP; with a pipe on stdin: an MCP server over stdio
npx -y tutti demo                # see it work
npx -y tutti run JOKE_GENERATOR  # be the client yourself
\`\`\`

Every command also takes

${optionTable(program.options)}

Answers go to stdout, everything else to stderr. With \`--json\` stdout holds one JSON document (\`run\` and \`demo\`: one per line), and a
failure is \`{"error": {"code", "message"}}\` with one of the [error codes](errors.md); instants are milliseconds since 1970. Colours appear on a
terminal only, and never with \`NO_COLOR\`. Elsewhere lines are as wide as \`COLUMNS\` says, or 100 characters. Control
characters and escape sequences in what workflows and clients wrote are left out. \`LOG_LEVEL=debug\` adds the stack to an error.

## Exit codes

| code | meaning |
|---|---|
| 0 | done |
| 1 | failed: the workflow did not complete, \`lint\` found errors, or a fault of ours |
| 2 | the command line or its input is not as expected |
| 3 | no such workflow or instance |
| 4 | refused: the instance or the definition does not allow it |
| 5 | the surroundings do not allow it: configuration, store, port, or a missing program |
| 130 | interrupted |

${commands.join('\n\n')}
`;
}

/** A section for each command that does something. */
function leaves(command, parent) {
  const name = `${parent} ${command.name()}`;
  const inner = command.commands.filter((each) => each.name() !== 'help');
  if (inner.length > 0) return inner.flatMap((each) => leaves(each, name));
  const usage = [
    name,
    ...command.registeredArguments.map(argumentText),
    ...(command.options.length > 0 ? ['[options]'] : []),
  ];
  const args = command.registeredArguments.filter(({ description }) => description);
  return [
    [
      `## \`${usage.join(' ')}\``,
      command.description(),
      ...(args.length > 0 ? [args.map((each) => `\`${each.name()}\`: ${each.description}.`).join('\n')] : []),
      ...(command.options.length > 0 ? [optionTable(command.options)] : []),
      ...(NOTES[name] ? [NOTES[name]] : []),
    ].join('\n\n'),
  ];
}

function argumentText(argument) {
  const name = `${argument.name()}${argument.variadic ? '…' : ''}`;
  return argument.required ? `<${name}>` : `[${name}]`;
}

function optionTable(options) {
  const rows = options.map(({ flags, description, argChoices }) => {
    const choices = argChoices ? `: ${argChoices.map((each) => `\`${each}\``).join(', ')}` : '';
    return `| \`${flags}\` | ${description}${choices} |`;
  });
  return ['| option | |', '|---|---|', ...rows].join('\n');
}

function configurationPage() {
  const { properties } = configJsonSchema();
  const rows = Object.entries(properties).flatMap(([key, schema]) => keyRows(key, schema));
  return `# Configuration

Nothing needs to be configured. What is, stands in \`tutti.config.jsonc\` (or \`.json\`, \`.yaml\`, \`.yml\`): the one named by
\`--config\`, else the nearest on the way up from the working directory, else the one in the user's configuration folder
(\`~/.config/tutti\` on Linux, \`~/Library/Preferences/tutti\` on macOS, \`%APPDATA%\\tutti\\Config\` on Windows). The environment
outranks the file, and options of the command line outrank both.

\`\`\`jsonc
{
  "$schema": "./node_modules/tutti/config.schema.json",
  "workflows": { "dir": "./workflows" },
  "store": "sqlite:./data/tutti.db",
  "http": { "port": 7420, "auth": { "tokens": ["\${env:TUTTI_TOKEN}"] } }
}
\`\`\`

A start with faults is refused, and all of them are reported at once, each with its path, line, what was expected and what was found;
\`tutti config validate\` does only that. Relative paths are relative to the file. In strings, \`\${env:NAME}\` stands for an environment
variable, which must be set.

## Keys

| key | default | meaning |
|---|---|---|
${rows.join('\n')}

\`agents\`, \`policy\` and \`model\` are refused: this version does not support them yet, and a policy that is not enforced would be worse
than none. \`mcpServers\` is harmless to leave in, so it is only warned about, and \`\${env:NAME}\` in it is not expanded.

## A file found by walking up

It may be part of a repository that somebody else wrote. It may therefore not reach further than its own folder and this machine: a
\`store\` or \`workflows.dir\` that leads out of the folder (symbolic links followed), an \`http.host\` other than loopback, and
\`http.allowedHosts\` and \`http.allowedOrigins\` are faults. Name the file with \`--config\` to say that you trust it. The one in your own
configuration folder is trusted.

## Environment

| variable | meaning |
|---|---|
${ENVIRONMENT.map(([name, meaning]) => `| \`${name}\` | ${meaning} |`).join('\n')}

An empty variable counts as not set; relative paths are relative to the working directory. \`DATABASE_URL\` is not read.
`;
}

function keyRows(path, { description = '', properties, default: fallback }) {
  const shown = fallback === undefined || properties ? '' : `\`${JSON.stringify(fallback)}\``;
  const row = `| \`${path}\` | ${shown} | ${description} |`;
  return [
    row,
    ...Object.entries(properties ?? {}).flatMap(([key, inner]) => keyRows(`${path}.${key}`, inner)),
  ];
}
