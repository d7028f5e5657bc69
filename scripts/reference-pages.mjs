#!/usr/bin/env node
// Writes the reference pages of the command line and of the configuration from what defines them. With --check: only compares.
import { readFileSync, writeFileSync } from 'node:fs';
import { configJsonSchema } from '../src/config/schema.ts';
import { PASSED_OVER } from '../src/config/server-schema.ts';
import { createProgram } from '../src/surfaces/cli/program.ts';

const NOTES = {
  'tutti serve':
    'Over HTTP it prints `tutti: http://127.0.0.1:7420/mcp` on stderr once it listens. SIGINT, SIGTERM and SIGHUP end it with exit code 0, while it starts as well; a second one ends it at once, by that signal, and kills the servers it started. No signal reloads it, since a changed configuration is taken at once.',
  'tutti run':
    'Each step shows its instructions and asks for the outcome (where several ways lead on), the status, a message, and each variable ' +
    'that the step looks at. Answers may be piped in, one a line, in that order. With `--json` each line in is one report, such as ' +
    '`{"status": "success", "outcome": "…", "context_updates": {}}`, and each line out is a directive. When the answers end before the ' +
    'workflow does, the instance stays as it is, and the exit code is 1.',
  'tutti workflows graph': 'Without `--format`: box-drawing characters on a terminal, else Mermaid.',
  'tutti workflows simulate':
    'Asks as `tutti run` does, with `--json` too; with `--script` and `--json` one document: `{"workflow", "start", "moves": [{"from", "to", "by", ' +
    '"because", "status", "context"}], "status", "context"}`. Exit code 1 when a report was refused.',
  'tutti workflows test':
    'JSON: `{"passed", "tests", "failed", "workflows": [{"workflow", "faults", "tests": [{"file", "name", "passed", "faults", "differences": [{"path", "line", ' +
    '"what", "at", "expected", "found", "by", "because"}]}], "coverage": {"taken", "total", "percent", "notTaken"}}], "uncovered"}`; with `--drift` each test has ' +
    '`"decisions": [{"line", "at", "recorded", "now", "differs"}]`. Without a configured model `--drift` takes the recorded answers, and `--record` ends with ' +
    'exit code 5. [Testing workflows](../guide/testing-workflows.md).',
  'tutti instances to-test':
    'A file that is there is not replaced without `--force`. What a model answered in the run is written beside it, as `NAME.model.json`. JSON: ' +
    '`{"workflow", "file", "recording", "masked", "left", "differences", "golden"}`; `differences` are those to the definition as it is now.',
  'tutti agent list':
    'JSON: `{"agents": [{"name", "description", "states", "isDefault"}]}`, with `faults` of those that cannot be used.',
  'tutti agent show':
    'JSON: `{"name", "description", "hash", "transitions", "states": [{"name", "file", "description", "prompt", "transitions", "tools"}], "warnings"}`. ' +
    'Exit code 3 for an agent that is not there or has faults.',
  'tutti agent graph':
    'Without `--format`: box-drawing characters on a terminal, else Mermaid. JSON: `{"agent", "format", "graph"}`.',
  'tutti agent lint':
    'JSON: `{"agents": [{"agent", "valid", "faults": [{"file", "line", "severity", "code", "message", "fix"}]}]}`. [All codes](agent-format.md#faults).',
  'tutti agent new':
    'An agent of this name, whatever the case, is never replaced: exit code 2, and nothing is written. JSON: `{"agent", "path"}`.',
  'tutti agent sessions':
    'JSON: `{"sessions": [{"id", "agent", "createdAt", "updatedAt", "revision"}], "nextCursor"}`.',
  'tutti agent transcript':
    'JSON: `{"lines": [{"kind", "role", "content", "id", "seq", "at"}]}`; with `--moves` also lines of the kind `transition`.',
  'tutti agent knowledge':
    'JSON: `{"knowledge": [{"namespace", "key", "value", "tags", "origin", "isUntrusted", "createdAt", "updatedAt", "expiresAt"}]}`.',
  'tutti agent move':
    'JSON: `{"from", "to", "session"}`, with `warning` for a move that the table does not hold.',
  'tutti agent upgrade': 'JSON: `{"session", "agent", "state"}`.',
  'tutti ask':
    'At a terminal you are asked for what is missing: which tool is meant, arguments, an approval. Else it is printed, with what to do. A plan file holds a ' +
    'plan, or what `--json` printed of one. JSON: `{"kind", …}` as the tool [`ask`](tools.md) answers it; with `--mermaid` also `mermaid`. Exit code 0 ' +
    'for an answer or a plan, 1 when no call answered, 3 when no tool fits or the plan is not there, 4 when something is asked back or a person must agree first.',
  'tutti servers list':
    'Each has two seconds to answer. `ready` is only what did, `connecting` is what takes longer, `idle` was closed because nobody needed it; tools of ' +
    'those that are not `ready` are what they offered when they were last listed. ' +
    'JSON: `{"servers": [{"name", "description", "status", "tools", "held", "dropped"}]}`, with `seenAt` (when it last listed its tools, in epoch ms), ' +
    '`error`, `loginUrl`, `budget`, `processes` and ' +
    '`memoryBytes` where there is something to tell. `servers test` answers the same of the servers it was asked for.',
  'tutti servers test':
    'A table of what it found, as of `servers list`, but waiting for each server as long as it may take to start; `tutti tools` names the tools. JSON: as `servers list`.',
  'tutti servers add':
    "Written is the configuration in force, else a new one of the user's own. One that was found by walking up must be trusted anew after it: all of its " +
    'servers are held until `tutti trust`, which the answer says. JSON: `{"file", "name", "entry", "trusted"}`.',
  'tutti servers remove': 'Trust is as after `servers add`. JSON: `{"file", "name", "trusted"}`.',
  'tutti servers logs': 'JSON: `{"server", "status", "lines"}`.',
  'tutti tools':
    'JSON: `{"tools": [{"name", "server", "description", "inputSchema", "risk", "available"}]}`, with `score` for tools that were found by ' +
    'words, and `connecting`, the servers that were not ready within two seconds, so that their tools are missing. Tools of one group are listed as one, by its name. Exit code 3 for a server that is not there.',
  'tutti call':
    'JSON: the result as the server gave it; the exit code is 1 when it says `isError`. `{"error": {"code", "message"}}` of the server: 1. ' +
    '`{"approval": …}` when a person must agree first: 4, and nothing was sent. On a terminal you are asked.',
  'tutti policy explain':
    'JSON: `{"name", "server", "tool", "effect", "stages": [{"stage", "verdict", "because"}]}`; `verdict` is `pass`, `stop`, `ask` or `skip`. ' +
    'What a Tutti that runs holds counts as held here, too, as in `lock diff`. `--as` takes whom `http.auth` lets in, with the bounds of his token or scopes: rules on `caller`, what is granted, and his budgets are seen as he meets them. The exit code is 0 whatever would come of the call.',
  'tutti approvals list':
    'JSON: `{"approvals": [{"approval_id", "server", "tool", "arguments", "risk", "requested_by", "query", "reason", "expires_at", "status"}]}`, with ' +
    '`query` where the call came of a question, and `decided_by` and `decided_at` once it was answered: as MCP clients see it.',
  'tutti approvals show': 'JSON: `{"approval": …}`, as in the list.',
  'tutti approvals approve':
    'The whole call is shown before you are asked. Where nobody can be asked, it is shown, and without `--yes` nothing is approved and the exit ' +
    'code is 4: a script, or a model with a shell, has to say at least that it means it. JSON: `{"approval": …}`, as in the list.',
  'tutti approvals deny': 'JSON: `{"approval": …}`, as in the list.',
  'tutti lock':
    'JSON: `{"file", "held", "unreachable"}`, as in `lock diff`. In a folder whose configuration nobody trusted (`tutti trust`) nothing is written, and the exit code is 4.',
  'tutti lock diff':
    'Of each definition 60 lines are shown, of all together 300, and how many are left out; every item is named. With `--all`, in `tutti lock approve` and in JSON it is 400 of each. JSON: `{"held": [{"server", "kind", "name", "reason", "findings", "diff", "leftOut", "hash"}], "workflows": [{"name", "locked", "hash"}], "unreachable": [{"server", "error"}]}`; `leftOut` counts the lines beyond these, where there are any, `kind` is ' +
    '`server`, `tool`, `prompt` or `instructions`, `reason` is `new`, `changed` or `suspicious`; `workflows` are those that read otherwise than the lock ' +
    'file says. A workflow that changed is used all the same: this is how to notice.',
  'tutti lock approve':
    'Shows what is held, asks, and pins what was shown: what changed meanwhile stays held. Workflows that changed are taken into the lock file where everything is ' +
    'approved, not where one server or tool is. Servers that could not be looked at are named before it asks; where one of them is meant, the exit code is 1, since what was approved is a part. Where nobody can be asked, nothing is approved without `--yes`, and the exit code is 4. JSON: ' +
    '`{"approved", "held", "unreachable"}`: names of what was pinned, what is held still, and servers that could not be looked at.',
  'tutti instances waiting':
    'JSON: `{"waiting": [{"instance_id", "workflow_name", "step_name", "asked_at", "expires_at", "requested_by", "outcomes", "guidance", "report", "context"}]}`.',
  'tutti instances decide':
    'Shows the question and asks on a terminal. Where there is none, and with `--yes`, a decision wants `--asked`, the `asked_at` that `instances waiting` and `instances decide ID` tell: where the question was asked anew since, nothing is decided. One that comes sooner than `workflows.thinkingMs` after the question wants ' +
    '`--yes`. JSON: the directive after it, as MCP clients see it; `{"question": …}` where nothing was decided, with exit code 4 where it was to be.',
  'tutti trust':
    'Where nobody can be asked, nothing is trusted without `--yes`, and the exit code is 4. JSON: `{"file", "trusted"}`, with `"lock"` where a lock file stands beside it, which decides what is ' +
    'approved; with `--list` `{"trusted": [{"file", "status"}]}`. A file whose store is there already is refused with exit code 5, unless it was trusted here with that store, by `--config`, too.',
  'tutti audit tail':
    'JSON: `{"rows": [{"seq", "at", "owner", "kind", "fields"}]}`, with the hashes that chain them.',
  'tutti audit verify':
    'JSON: `{"rows", "valid"}`, with `"broken": {"seq", "problem"}` when it is not valid.',
  'tutti init':
    'No secret is copied: what is named or looks like one (in `env`, headers, arguments and addresses; when in doubt, too) is replaced by ' +
    "`${env:NAME}`, and the names to set are listed; other variables that a server names are listed apart. A server that is switched off in its client stays `disabled`. What Claude Code keeps in `~/.claude.json` for the folder you are in is read, too, and the folder's own " +
    '`.mcp.json` and `.gemini/settings.json` with `--here` and without `--config`: these files come with the folder, so their servers go into the configuration of the folder ' +
    'alone, which acts once it is trusted. What holds credentials and cannot be carried over (`envFile`, ' +
    'logins, references such as `${input:key}`) is named, and so is what has no place in an entry of ours: `args` that are no list, `env` or `headers` that are no object, a `url` beside a `command`, and members of these that are no text, such as `env.A` for an object. Numbers and booleans among them are written as texts, and named, too (`asText`). A file that cannot be read is named as well; where no server could be taken besides, nothing is written, and the exit code is 5. ' +
    'JSON: `{"file", "written", "clients", "servers": [{"name", "client", "entry", "secrets", "variables", "lost", "asText"}]}`; of `clients`, one whose file cannot be read has `problem`.',
  'tutti connect':
    'The configuration named by `--config`, or found by walking up and trusted, is written with its absolute path, and the output says so: named there, it acts ' +
    'without `tutti trust` from then on. One that was found and that nobody trusted is refused, with the command that connects without it. So is a file that takes no further server without a change of ' +
    'what stands there, such as an inline table. Its other servers stay: those that are read where it keeps them for all projects are named. Take them out there once they are ' +
    'behind Tutti, or their tools are there twice, once ungated. JSON: `{"client", "file", "changed", "beside"}`, with `backup` and `config` where there is one.',
  'tutti doctor':
    'JSON: `{"findings": [{"code", "state", "found", "remedy"}]}`; `state` is `ok`, `warning` or `error`. [All codes](doctor.md).',
  'tutti config validate':
    'Finds what `serve --http` would refuse, too: an address beyond this machine without `http.auth`. JSON: `{"valid", …}` with what it comes to, ' +
    'secrets left out. Exit code 5 for faults, those of single servers included.',
  'tutti completion':
    'For example `source <(tutti completion zsh)`, or `tutti completion fish | source`. Names of workflows and agents are completed too.',
};

/** Commands that do something by themselves, besides those under them. */
const ACTING = new Set(['tutti lock']);

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
    'base address of an OpenAI-compatible API that is asked as the model; outranks `model` of the file',
  ],
  ['AI_SERVICE_API_KEY', 'its key; `GEMINI_API_KEY` by default'],
  ['AI_REQUEST_TIMEOUT_MS', 'how long an answer may take; outranks `model.timeoutMs`'],
  [
    'GEMINI_API_KEY',
    'a key for Gemini, which is asked as the model where neither an endpoint nor the file names one',
  ],
  [
    'GEMINI_MODEL_NAME',
    'the name of the model at either; `gemini-flash-latest` at Gemini and `default` elsewhere where it is not set',
  ],
  ['GEMINI_REQUEST_TIMEOUT_SECONDS', 'as `AI_REQUEST_TIMEOUT_MS`, which outranks it'],
  [
    'AI_INTERACTIONS_LOG_FILE',
    'file for exchanges with a model, a JSON line for each, without secrets, for its owner alone',
  ],
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

\`tutti help call\` says what \`tutti call --help\` says. Every command also takes

${optionTable(program.options)}

Answers go to stdout, everything else to stderr. With \`--json\` stdout holds one JSON document (\`run\` and \`demo\`: one per line), and a
failure is \`{"error": {"code", "message"}}\` with one of the [error codes](errors.md); instants are milliseconds since 1970, save in approvals,
where they are texts as MCP clients see them. Colours appear on a terminal only, and never with \`NO_COLOR\`. Elsewhere lines are as wide as \`COLUMNS\` says, or 100 characters. Control
characters and escape sequences in what workflows and clients wrote are left out. \`LOG_LEVEL=debug\` adds the stack to an error.

## Exit codes

| code | meaning |
|---|---|
| 0 | done |
| 1 | failed: the workflow did not complete, what was looked at is not as it should be (\`lint\`, \`workflows test\`, \`servers test\`, \`lock diff\`, \`audit verify\`, \`doctor\`), or a fault of ours |
| 2 | the command line or its input is not as expected |
| 3 | no such workflow, instance, server, tool or approval |
| 4 | refused: the instance, the definition or the policy does not allow it, a person has to agree first, or nobody could be asked and \`--yes\` was not said |
| 5 | the surroundings do not allow it: configuration, store, port, or a missing program |
| 130 | interrupted |

${commands.join('\n\n')}
`;
}

/** A section for each command that does something. */
function leaves(command, parent) {
  const name = `${parent} ${command.name()}`;
  const inner = command.commands.filter((each) => each.name() !== 'help');
  const within = inner.flatMap((each) => leaves(each, name));
  const acts = inner.length === 0 || ACTING.has(name);
  return acts ? [section(command, name), ...within] : within;
}

function section(command, name) {
  const usage = [
    name,
    ...command.registeredArguments.map(argumentText),
    ...(command.options.length > 0 ? ['[options]'] : []),
  ];
  const args = command.registeredArguments.filter(({ description }) => description);
  return [
    `## \`${usage.join(' ')}\``,
    command.description(),
    ...(args.length > 0 ? [args.map((each) => `\`${each.name()}\`: ${each.description}.`).join('\n')] : []),
    ...(command.options.length > 0 ? [optionTable(command.options)] : []),
    ...(NOTES[name] ? [NOTES[name]] : []),
  ].join('\n\n');
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
  "mcpServers": {
    "github": {
      "command": "npx", "args": ["-y", "some-github-mcp"], "env": { "TOKEN": "\${env:GITHUB_TOKEN}" },
      "description": "pull requests, issues and code of our company", "timeoutMs": 20000,
      "budget": { "calls": 50, "per": "session" }, "fallback": ["git"],
      "tools": { "merge_pull_request": { "risk": "destructive" } }
    },
    "git": { "url": "http://127.0.0.1:4000/mcp" }
  },
  "policy": { "rateLimit": { "perUser": "60/min" } },
  "workflows": { "dir": "./workflows" },
  "store": "sqlite:./data/tutti.db",
  "http": { "port": 7420, "auth": { "tokens": [{ "token": "\${env:ADAS_TOKEN}", "name": "ada" }] } }
}
\`\`\`

A start with faults is refused, and all of them are reported at once, each with its path, line, what was expected and what was found;
\`tutti config validate\` does only that. A fault in one entry of \`mcpServers\` takes only that server out of service: it is left out
with a warning, and \`list_servers\` says why. Relative paths are relative to the file. In strings, \`\${env:NAME}\` stands for an environment
variable, which must be set; no other \`\${…}\` means anything.

A change of \`mcpServers\`, \`tools\`, \`policy\`, \`exposure\`, \`ask\`, \`limits\`, \`http.auth\`, \`http.allowedHosts\` and \`http.allowedOrigins\` is taken while Tutti
serves. Calls under way finish under the old ones, and cached answers are dropped. Sessions and streams of a caller whose token was taken back, renamed
or bounded anew end; with a change of \`http.auth.oauth\`, those of every caller that came by it. What changed in \`store\`, \`workflows\`, \`agents\`, \`model\`, \`toolsets\`,
\`http.host\`, \`http.port\` and \`logLevel\` takes effect at the next start; the log names it (\`config/restart\`). A file with faults changes
nothing: what was before is kept, and the log says so.

A caller is called by the name of its token, by \`SUB@HOST\` (subject and host of the issuer) when it came by OAuth, and \`local\` at the terminal, on stdio and
on loopback without \`http.auth\`. No name of one kind can be one of another: token names hold no \`@\` and are never \`local\`. Rules see it as \`caller\`.

## Keys

NAME stands for a name of your choice, \`[]\` for each item of a list.

| key | default | meaning |
|---|---|---|
${rows.join('\n')}

### A model

[A model of your own](../guide/models.md) has examples for each kind. \`kind: "stub"\` is what \`USE_STUB_AI_CLIENT=true\` asks for.

### Servers

An entry has either \`command\` or \`url\`. Its name has at most 40 letters, digits, \`-\` and \`_\`, begins and ends with a letter or a digit,
holds no \`__\`, and looks like no other. ${PASSED_OVER.map((key) => `\`${key}\``).join(', ')}
of other clients are passed over with a warning.

An address that is written as one of this machine or of a private network (\`localhost\`, \`10.1.2.3\` …) may be reached; any other that
leads there, by its name, by a redirect or as the place to log in, is refused. \`allowPrivate: true\` opens the host of the address, at all of its ports.

### Rules

\`when\` is a condition over \`caller\`, \`server\`, \`tool\`, \`risk\`, \`arguments\` and \`tainted\`: comparisons with \`==\`, \`!=\`, \`<\`, \`<=\`, \`>\`, \`>=\`,
\`contains\`, \`startsWith\`, \`endsWith\`, \`matches\` (in linear time) and \`in [...]\`, \`exists\` and \`is empty\`, joined by \`and\`, \`or\` and \`not\`.
A rule that cannot be read is a fault. For resources, prompts and completions the method (\`resources/read\`, \`prompts/get\` …) stands for the
tool, its parameters for the arguments, and the risk is \`read\`. Nobody can be asked there: what a rule would ask about is refused.

## A file found by walking up

It may be part of a repository that somebody else wrote. Until you have run \`tutti trust\` in its folder, its servers and custom tools are held: nothing of
them is started, reached or expanded, and its \`policy\` and \`store\` wait: nothing is made or opened where it says, and everything is kept in your own
data folder. It may not reach further than its own folder and this machine either: a \`workflows.dir\` or \`agents.dir\` that leads out of the folder
(symbolic links followed), an \`http.host\` other than loopback, \`http.allowedHosts\`,
\`http.allowedOrigins\`, \`http.auth.oauth\`, \`model\` and \`\${env:NAME}\` in what is not held are faults. Trust is for what the file says now: after a change it must be given again. What
its servers offer is held even then, until \`tutti lock approve\`, or as \`tutti.lock.json\` beside the file says. A file whose \`store\` is there already
is not trusted, unless it was before with that very store: nobody here gave the approvals in it. Behind a symbolic link such a file acts where it really is: trust in it, its relative
paths and its lock file all go by its real path, while a file that is named acts where it is named. A file named by \`--config\` and the one in your own configuration folder are trusted.

## Lock file

\`tutti.lock.json\` beside the configuration file holds what was approved of servers, their tools and workflows; see \`tutti lock\`. Beside a configuration that was
found it counts for nothing before \`tutti trust\`. With merge marks, or
a key that stands twice in one object, it is refused. A change of it is taken while Tutti serves. When it is deleted, what it said last stays in force until the next start.

## Environment

| variable | meaning |
|---|---|
${ENVIRONMENT.map(([name, meaning]) => `| \`${name}\` | ${meaning} |`).join('\n')}

An empty variable counts as not set; relative paths are relative to the working directory. \`DATABASE_URL\` is not read.
`;
}

function keyRows(path, schema) {
  const { description = '', default: fallback } = schema;
  const inner = innerKeys(schema);
  const shown = fallback === undefined || inner.length > 0 ? '' : `\`${JSON.stringify(fallback)}\``;
  const row = `| \`${path}\` | ${shown} | ${description} |`;
  return [row, ...inner.flatMap(([key, each]) => keyRows(`${path}${key}`, each))];
}

/** What stands under a key: keys, names of one's choice, items of a list, whichever of several forms it has. */
function innerKeys({ properties = {}, additionalProperties, items, anyOf = [] }) {
  const keys = Object.entries(properties)
    .filter(([key]) => !PASSED_OVER.includes(key))
    .map(([key, each]) => [`.${key}`, each]);
  const names = keysUnder('.NAME', additionalProperties);
  const forms = anyOf.flatMap((each) => innerKeys(each));
  const all = [...keys, ...names, ...keysUnder('[]', items), ...forms];
  return [...new Map(all.map(([key, each]) => [key.replace('[]', ''), [key, each]])).values()];
}

function keysUnder(name, schema) {
  return typeof schema === 'object' ? innerKeys(schema).map(([key, each]) => [`${name}${key}`, each]) : [];
}
