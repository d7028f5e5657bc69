/** What is promised, as data. Each id is cited by at least one scenario; `coverage.test.ts` fails on one that is not. */
export interface Requirement {
  readonly source: string;
  readonly behaviour: string;
}

const tools = 'published tools';
const state = 'published state';
const files = 'published definition files';
const faults = 'known faults of the original';
const trust = 'security';
const rehearsed = 'workflows tested as code';
const gateway = 'gateway';
const asked = 'what users of gateways ask for';
const routing = 'routing without a model';
const agents = 'agents as Markdown';
const published = 'published agent';
const models = 'language models';
const authoring = 'help for authors';

export const requirements = {
  'workflow/T1': {
    source: tools,
    behaviour: 'list_workflows gives id, name, description and step names of every workflow',
  },
  'workflow/T2': {
    source: tools,
    behaviour: 'start_workflow begins at the first listed step, RUNNING, without any model',
  },
  'workflow/T3': {
    source: tools,
    behaviour: 'get_workflow_status gives step, status, context and times of an instance',
  },
  'workflow/T4': {
    source: tools,
    behaviour: 'advance_workflow takes a report of which only status is required, and ends at FINISH',
  },
  'workflow/T5': {
    source: tools,
    behaviour: 'resume_workflow reconciles the assumed with the stored step and is journalled as RESUMING',
  },
  'workflow/T6': { source: tools, behaviour: 'get_howto_create_workflow_content serves the authoring guide' },
  'workflow/T7': {
    source: tools,
    behaviour: 'descriptions tell the client to follow instructions exactly and to report back',
  },
  'workflow/T8': {
    source: tools,
    behaviour: 'advance and resume on an ended instance repeat its end without error or journal entry',
  },
  'workflow/T9': {
    source: tools,
    behaviour: 'every report status is accepted; unknown ones are passed on as they are',
  },
  'workflow/S1': {
    source: state,
    behaviour: 'an instance has the published fields and a journal; a published database can be imported',
  },
  'workflow/S2': {
    source: state,
    behaviour: "context is merged: stored, then the client's updates, then the decider's",
  },
  'workflow/S3': { source: state, behaviour: 'completed_at is set on COMPLETED and FAILED' },
  'workflow/S4': {
    source: state,
    behaviour: 'each advance writes one journal entry with the determined next step',
  },
  'workflow/S5': {
    source: state,
    behaviour: "state survives restarts; the database's folder is made when absent",
  },
  'workflow/S6': {
    source: state,
    behaviour: 'FINISH means COMPLETED unless the rule sets FAILED; other status suggestions only when known',
  },
  'workflow/S7': { source: state, behaviour: 'a transient error never fails an instance' },
  'workflow/F1': { source: files, behaviour: 'a workflow is a folder with index.md and steps' },
  'workflow/F2': {
    source: files,
    behaviour:
      'steps are list items that begin with a link to a Markdown file, in order; the steps section wins',
  },
  'workflow/F3': {
    source: files,
    behaviour: 'duplicate ids, no steps, missing or unreadable files are faults with file and line',
  },
  'workflow/F4': {
    source: files,
    behaviour: 'a step needs guidance and instructions; other H1 sections end them and stay out',
  },
  'workflow/F5': {
    source: files,
    behaviour: 'includes are relative to the including file, 10 deep, without circles',
  },
  'workflow/F6': { source: files, behaviour: 'the definition is served whole as a resource' },
  'workflow/F7': { source: files, behaviour: 'instructions are returned verbatim' },
  'workflow/F8': {
    source: files,
    behaviour: 'known context placeholders are rendered, unknown ones left as written',
  },
  'workflow/F9': {
    source: files,
    behaviour: 'edits, new and removed workflows are seen without a restart; a broken one harms no other',
  },
  'workflow/F10': { source: files, behaviour: 'a workflow is validated on demand' },
  'workflow/F11': { source: files, behaviour: 'headings in code fences are text; BOM and CRLF are fine' },
  'workflow/D1': { source: faults, behaviour: "a decider sees the context with this call's updates merged" },
  'workflow/D2': { source: faults, behaviour: 'a model sees the last decisions' },
  'workflow/D3': { source: faults, behaviour: "only a step's allowed outcomes can follow it" },
  'workflow/D4': { source: faults, behaviour: 'a model error leaves the instance RUNNING and resumable' },
  'workflow/D5': {
    source: faults,
    behaviour: 'concurrent and repeated reports lead to exactly one decision',
  },
  'workflow/D6': { source: faults, behaviour: 'every decision is recorded with its reason and candidates' },
  'workflow/D7': { source: faults, behaviour: 'a report for another step is refused as stale' },
  'workflow/D8': {
    source: faults,
    behaviour: 'names, step links and includes cannot leave the workflow folder',
  },
  'workflow/D9': { source: faults, behaviour: 'an edited definition is used by the next start' },
  'workflow/D10': { source: faults, behaviour: 'sections do not bleed into each other' },
  'workflow/D11': {
    source: faults,
    behaviour: 'an instance keeps the definition it was started with until it is upgraded',
  },
  'workflow/D12': { source: faults, behaviour: 'stdout carries nothing but protocol; logs go to stderr' },
  'workflow/D13': { source: faults, behaviour: 'every error has a code and a message that says what to do' },
  'workflow/D14': {
    source: faults,
    behaviour: 'foreign keys are enforced; deleting an instance deletes its journal',
  },
  'workflow/D15': {
    source: faults,
    behaviour: 'instances can be listed, suspended, cancelled, forked and deleted',
  },
  'workflow/D16': {
    source: faults,
    behaviour: 'a model is asked with this step alone, the report quoted as data',
  },
  'workflow/D17': {
    source: faults,
    behaviour: 'lint reports dangling and fuzzy targets, dead ends, unreachable steps and placeholder styles',
  },
  'workflow/person': {
    source: 'people as deciders',
    behaviour:
      "where a person is to decide, the run waits durably; neither a model nor the client's outcome stands for him; who, when and why is in the journal",
  },
  'workflow/person-once': {
    source: 'people as deciders',
    behaviour: 'of two persons exactly one decides; what is decided or expired is told as such',
  },
  'workflow/person-in-client': {
    source: 'people as deciders',
    behaviour: 'a client that can ask puts the question to its person, in both protocol eras',
  },
  'workflow/person-thinks': {
    source: 'people as deciders',
    behaviour: 'a decision that comes sooner than workflows.thinkingMs must be confirmed',
  },
  'workflow/person-owners': {
    source: 'people as deciders',
    behaviour:
      'people decide by the terminal, by tokens of their own over HTTP, or for themselves in the client; with four eyes not on their own report',
  },
  'model/faults': {
    source: 'the model layer',
    behaviour:
      'whatever a model or the way to it does wrong, the run stays where it was, and the same report moves it once',
  },
  'model/injection': {
    source: 'the model layer',
    behaviour:
      'a report cannot leave its quotation nor the allowed set, and the record shows what the model chose',
  },
  'model/updates': {
    source: 'the model layer',
    behaviour: 'context updates of a model are bounded and declared; what was dropped stands in the record',
  },
  'model/sampling': {
    source: 'the model layer',
    behaviour:
      "a client's own model decides where it declares sampling and the configuration wants it, in both eras, within the allowed set",
  },
  'model/question': {
    source: 'the model layer',
    behaviour: 'a question takes at most 250 tokens beside the report: what is already ruled out goes first',
  },
  'workflow/wire-outcomes': {
    source: 'wire additions',
    behaviour:
      'directives list outcomes; a client sends an id or a target name; outside the set is OUTCOME_NOT_ALLOWED; against a certain rule OUTCOME_CONFLICT',
  },
  'workflow/wire-token': {
    source: 'wire additions',
    behaviour: 'an answered step token gives its recorded answer again; one never issued is STALE_STEP',
  },
  'workflow/wire-decision': {
    source: 'wire additions',
    behaviour:
      'decision_required moves nothing, keeps report and updates, and is answered by report.outcome alone',
  },
  'workflow/wire-halt': {
    source: 'wire additions',
    behaviour: 'HALT suspends at the current step with the reason; advancing continues from there',
  },
  'workflow/wire-budget': {
    source: 'wire additions',
    behaviour: 'max_visits ends in BUDGET_EXCEEDED and SUSPENDED',
  },
  'workflow/wire-default': {
    source: 'wire additions',
    behaviour: 'a step that names no target may stay, go on in order or finish; success goes on in order',
  },
  'workflow/wire-admin': { source: 'wire additions', behaviour: 'the admin tools have the published shapes' },
  'workflow/wire-save': {
    source: 'wire additions',
    behaviour: 'save_workflow lints first and writes atomically; what it saved can be started',
  },
  'workflow/wire-input': { source: 'wire additions', behaviour: 'arguments may be wrapped in input_data' },
  'workflow/mending': {
    source: authoring,
    behaviour:
      'lint --fix mends what there is one way only to mend, byte for byte beside it, all at once, shown as a diff; a second time it changes nothing',
  },
  'workflow/contracts': {
    source: authoring,
    behaviour:
      'for each sentence that is left to judgement lint and validate_workflow suggest an outcome contract and a rule, with id, condition and target; written only on demand',
  },
  'workflow/interview': {
    source: authoring,
    behaviour:
      'workflows new talks a workflow through at a terminal, drafted by a model where there is one; who leaves has written nothing',
  },
  'model/evaluation': {
    source: authoring,
    behaviour:
      'decisions and routing are evaluated on the whole product with whatever model is configured, or none: accuracy, tokens, cost and latency by tier',
  },
  'workflow/creator': {
    source: authoring,
    behaviour:
      'WORKFLOW_CREATOR leads a client to a workflow that is checked, mended, saved and can be started',
  },
  'workflow/prompts': {
    source: 'MCP face',
    behaviour: 'each workflow is a prompt; definition, graph and instance are resources',
  },
  'workflow/simulate': {
    source: rehearsed,
    behaviour:
      'a workflow is walked at the terminal or by a script of reports: each move says where it went, by whom and by which sentence; nothing is stored or called',
  },
  'workflow/golden': {
    source: rehearsed,
    behaviour:
      'golden files beside a workflow fail when a changed sentence takes a run another way, naming what was expected, what was found and the sentence; their own faults name file and line',
  },
  'workflow/golden-coverage': {
    source: rehearsed,
    behaviour: 'every outcome of every step is counted as taken or not; too few of them fail a run',
  },
  'workflow/golden-update': {
    source: rehearsed,
    behaviour: 'what is found is written into golden files, and comments stay',
  },
  'workflow/golden-recorded': {
    source: rehearsed,
    behaviour:
      'what a model answered is kept beside the golden file and played again without it; a question that is not kept fails and says how to keep it',
  },
  'workflow/golden-drift': {
    source: rehearsed,
    behaviour:
      'every recorded decision is shown beside what rules or model would decide now, each where it was once decided',
  },
  'workflow/to-test': {
    source: rehearsed,
    behaviour: 'a run becomes a golden file that plays, what looks like a secret masked and named',
  },
  'gateway/G1': {
    source: gateway,
    behaviour:
      'a question is routed by what servers say they are for: two servers with a tool of one name are not interchangeable',
  },
  'gateway/G2': {
    source: gateway,
    behaviour:
      'a question becomes a graph of calls: single, parallel, sequential or one for each item, with bindings from answers to arguments',
  },
  'gateway/G3': {
    source: gateway,
    behaviour:
      'the findings of several servers become one answer that names each source; what failed is said, never hidden',
  },
  'gateway/G4': {
    source: gateway,
    behaviour:
      'read-only, idempotent calls are cached by caller, server, tool definition and arguments; a write, list_changed or a hand purges; equal reads share one call',
  },
  'gateway/G5': {
    source: gateway,
    behaviour:
      'budgets of calls, cost and time by server, request, session, instance, owner and day; when spent, an alternative answers or the reason is said',
  },
  'gateway/budget-accounts': {
    source: gateway,
    behaviour:
      "a budget per session or instance is an account of that agent session, or of that run, of the caller's own, over restarts and processes; what names neither, or what is not his, shares one account of the owner a day; errors and explanations say whose it was",
  },
  'gateway/G6': {
    source: gateway,
    behaviour:
      'every call has an idle and an absolute deadline; of equivalents the cheaper and faster is preferred',
  },
  'gateway/G7': { source: gateway, behaviour: 'each user has a rate limit, taken before a call leaves' },
  'gateway/G8': {
    source: gateway,
    behaviour:
      'a result is returned inline, stored with its head returned, or cut: it never floods context or heap; so are texts of resources and prompts',
  },
  'gateway/G9': {
    source: gateway,
    behaviour: 'a question that several could mean is answered with the alternatives to choose from',
  },
  'gateway/G10': { source: gateway, behaviour: 'a call of high stakes waits for a person before it is sent' },
  'gateway/G11': {
    source: gateway,
    behaviour: 'a question that no tool answers is refused as such, with the nearest tools, and is no error',
  },
  'gateway/G12': {
    source: gateway,
    behaviour:
      'the changes of a pull request and the discussion about it come from two servers at once as one answer',
  },
  'gateway/G13': {
    source: gateway,
    behaviour: 'an orchestrator can stand behind another; hops are counted and loops stopped',
  },
  'gateway/R1': {
    source: routing,
    behaviour:
      'tools are found by words and their stems, parts of words, parameters and servers, for the whole question and its clauses; examples of the operator count',
  },
  'gateway/R2': {
    source: routing,
    behaviour:
      'confidence is measured against the catalogue at hand: answer, ask with at most three options, or refuse, and refuse seldom',
  },
  'gateway/R3': {
    source: routing,
    behaviour:
      'a question is split where its words say so; an order that was guessed is marked, and only reads are made in it',
  },
  'gateway/R4': {
    source: routing,
    behaviour:
      'what a question states plainly fills typed arguments; the rest is asked for by a form, or given back as needs_arguments and completed by the caller',
  },
  'gateway/R5': {
    source: routing,
    behaviour: 'everything about a question works without a model and without a key',
  },
  'gateway/ask': {
    source: gateway,
    behaviour:
      'ask answers with one kind of result: answer, clarification, approval, needs_arguments, out_of_scope, or plan when dry',
  },
  'gateway/ask-instance': {
    source: gateway,
    behaviour:
      'an intent can be used wherever a call can: what an instance or a session asks counts for its budgets, is linked to it in audit and journal, and stays so when the plan waits',
  },
  'gateway/ask-dispatch': {
    source: gateway,
    behaviour:
      'calls of a plan run as soon as they can, in the bounds of the whole request, with fallback, partial failure, progress and cancellation of all',
  },
  'gateway/ask-resume': {
    source: gateway,
    behaviour:
      'a plan that waits survives restarts, is gone on with by its id, and makes no call twice, whoever asks at once',
  },
  'gateway/ask-once': {
    source: gateway,
    behaviour:
      'a plan that is shown before it changes something has an id that serves one run, whoever of its owner sends it and however often',
  },
  'gateway/ask-faults': {
    source: gateway,
    behaviour:
      'bad questions and plans (cycles, unknown tools, references to nothing, endless lists, tools changed or gone) are refused before any call',
  },
  'gateway/ask-model-words': {
    source: routing,
    behaviour:
      'a model that helps with a question may do nothing that words alone may not: what changes something is shown first, values that nobody said go to reads alone and are told, and what must not happen, conditions and wishes hold',
  },
  'gateway/route-by-model': {
    source: 'routing with a model',
    behaviour:
      'a model rewrites the question, picks from the shortlist and writes the plan, which is checked; where it fails the answer without it stands, with a note',
  },
  'gateway/ask-model-synthesis': {
    source: gateway,
    behaviour:
      'an answer that a model writes cites its sources, is plain Markdown, gives no address that none of them gave, and tells what failed; otherwise the digest stands',
  },
  'gateway/route-by-embeddings': {
    source: 'routing with a model',
    behaviour:
      'the best candidates are ranked anew by embeddings, which are kept by the hash of the schema and made in the background; without them words alone decide',
  },
  'gateway/ask-cli': {
    source: gateway,
    behaviour: 'a question can be asked, and its plan seen, on the command line',
  },
  'gateway/plan-resource': {
    source: gateway,
    behaviour: 'a plan can be read as a resource, by its owner alone',
  },
  'gateway/W1': {
    source: asked,
    behaviour:
      'a plan is shown before anything is called: servers, calls, order, estimated cost, time and risk; it can be edited and sent back',
  },
  'gateway/W2': {
    source: asked,
    behaviour:
      'a plan goes on after a restart; what may have happened is not repeated unless that is safe, else somebody is asked',
  },
  'gateway/W3': {
    source: asked,
    behaviour:
      'approvals are a durable inbox bound to caller, server, tool, arguments and policy: single use, expiring, answered by a person wherever the client stands',
  },
  'gateway/W4': {
    source: asked,
    behaviour:
      'a question pushed by a server of the older revisions reaches a client of the newer as input_required, and the answer finds the call again; after a restart, what does no harm twice is made again and answered, and of anything else it is said that its outcome is not known',
  },
  'gateway/one-question': {
    source: asked,
    behaviour:
      "a server that asks without saying whom has callers who can be asked one at a time, so that each is asked what is his and nobody what is somebody else's",
  },
  'gateway/W5': { source: asked, behaviour: 'the cache never crosses callers, definitions or writes' },
  'gateway/W6': {
    source: asked,
    behaviour:
      'equivalents answer under one name: cheap and fast first, others on budget, deadline or open breaker',
  },
  'gateway/W7': {
    source: asked,
    behaviour:
      'a stored result can be paged, searched and narrowed by a path, and all of it or such a part be handed to the next tool by reference',
  },
  'gateway/W8': {
    source: asked,
    behaviour:
      'one process per server whatever the number of sessions, credentials of single users kept apart, caps on processes and memory shown',
  },
  'gateway/W9': {
    source: asked,
    behaviour:
      'for each candidate it is said what it scored, what spoke for it most, and which bound decided',
  },
  'gateway/W11': {
    source: asked,
    behaviour:
      'small catalogs are listed directly, large ones are searched; names are at most 64 characters and a pure function of server and tool',
  },
  'gateway/idempotency-key': {
    source: gateway,
    behaviour:
      'the same key gives the same answer for an hour, in every process on the store; a call whose outcome nobody knows is not sent again under its key',
  },
  'gateway/stdio-downstream': {
    source: gateway,
    behaviour:
      'a stdio server is started without a shell, with an allowlisted environment, in a group of its own that ends with us; its stderr is kept bounded',
  },
  'gateway/http-downstream': {
    source: gateway,
    behaviour:
      'Streamable HTTP and the older SSE servers of both eras are reached; the verdict about the era is remembered, until the server no longer bears it out',
  },
  'gateway/malformed-tool': {
    source: gateway,
    behaviour: 'one malformed tool is dropped and reported, its siblings stay',
  },
  'gateway/malformed-result': {
    source: gateway,
    behaviour:
      'a result whose content is no list of objects with a type is refused, and said so, whichever revisions are spoken; of one that is stored, up to 4 MiB',
  },
  'gateway/down-server': {
    source: gateway,
    behaviour:
      'a server that is down takes only its own tools with it; its last catalog stays searchable, marked',
  },
  'gateway/late-server': {
    source: gateway,
    behaviour:
      'a server that hangs keeps no list of tools, prompts, resources or templates from anybody; each names who is missing, and says when it comes',
  },
  'gateway/lost-store': {
    source: gateway,
    behaviour:
      'when the file of the store goes away, nothing more is written where nobody finds it, and the log, /readyz and list_servers say so',
  },
  'gateway/restart': {
    source: gateway,
    behaviour: 'a server that was restarted is rejoined without the client noticing',
  },
  'gateway/both-hops': {
    source: gateway,
    behaviour: 'cancellation, progress, elicitation and trace context pass through both hops',
  },
  'gateway/passthrough': {
    source: gateway,
    behaviour:
      'tools, prompts, resources and completions of downstreams pass through under the toolset gateway-all',
  },
  'gateway/differential': {
    source: gateway,
    behaviour:
      'every method and error shape is the same through the gateway as direct, over both paths and both eras',
  },
  'gateway/names': {
    source: gateway,
    behaviour: 'names are server__tool; collisions and look-alikes are refused; lists have a stable order',
  },
  'gateway/pins': {
    source: gateway,
    behaviour:
      'definitions are pinned; a changed tool is held with its diff until it is approved; strangers are held from the start',
  },
  'gateway/lock': {
    source: gateway,
    behaviour:
      'pins, launch descriptors and workflow hashes stand in a lock file that can be compared and approved',
  },
  'gateway/policy': {
    source: gateway,
    behaviour:
      'rules by caller, server, tool and argument allow, deny, ask or degrade; every verdict says why, and explain shows the path',
  },
  'gateway/identity': {
    source: gateway,
    behaviour:
      'callers come from stdio, bearer tokens and OAuth; scopes decide which toolsets and tools they see',
  },
  'gateway/tools': {
    source: gateway,
    behaviour:
      'find_tools, describe_tool, call_tool, list_servers, list_approvals and get_approval have the published shapes',
  },
  'gateway/resources': { source: gateway, behaviour: 'a stored result is a resource that can be paged' },
  'gateway/reload': {
    source: gateway,
    behaviour:
      'a changed configuration is taken at once without a failed call; an invalid one leaves the old in force',
  },
  'gateway/drain': {
    source: gateway,
    behaviour:
      'on SIGTERM calls under way finish, children are reaped, and the exit code is 0, whoever holds the store; a second signal kills them and ends it at once',
  },
  'gateway/broken-servers': {
    source: gateway,
    behaviour: 'servers with broken entries hinder nobody: what is wrong with each is said',
  },
  'gateway/cli': {
    source: gateway,
    behaviour: 'servers, tools, calls, approvals, pins and policies are at hand on the command line',
  },
  'gateway/clients': {
    source: gateway,
    behaviour:
      'configurations of eleven clients are imported without running anything, what two of them keep for the project at hand included, and ours is written into theirs with a backup',
  },
  'trust/1-poisoning': {
    source: trust,
    behaviour:
      'instructions hidden in what a server says of its tools are found and the tool is held; of a hundred honest tools at most two are',
  },
  'trust/2-schema-poisoning': {
    source: trust,
    behaviour: 'an instruction hidden in any string of a schema holds the tool',
  },
  'trust/3-split-payload': { source: trust, behaviour: 'an instruction split over several tools holds them' },
  'trust/4-rug-pull': {
    source: trust,
    behaviour:
      'a tool that changed after list_changed, after a restart or on a later page is not called: nothing reaches its server',
  },
  'trust/5-prompt-rug-pull': {
    source: trust,
    behaviour:
      'prompts and server instructions are pinned too; what changed while Tutti was away is told of, in both revisions',
  },
  'trust/6-look-alikes': {
    source: trust,
    behaviour: 'look-alike names and mentions of other servers are held',
  },
  'trust/7-name-injection': {
    source: trust,
    behaviour: 'names and header annotations that break the rules exclude their tool alone',
  },
  'trust/8-result-injection': {
    source: trust,
    behaviour: 'instructions hidden in results are wrapped as data and marked; benign look-alikes pass',
  },
  'trust/9-exfiltration': {
    source: trust,
    behaviour:
      'what sends something out after a secret was read needs approval; an ordinary read and write do not',
  },
  'trust/10-secrets': {
    source: trust,
    behaviour:
      'secrets in arguments and results do not reach logs, traces, audit or cache on disk, nor what a server was given its stderr as kept or an error; a large result is kept as it came while it can be read',
  },
  'trust/11-smuggled-arguments': {
    source: trust,
    behaviour:
      'arguments that do not fit the pinned schema are refused and not forwarded; a misspelt member of our own call tools is refused by name, what clients add of their own is ignored',
  },
  'trust/12-hostile-schemas': {
    source: trust,
    behaviour: 'a hostile schema is refused or judged in bounded time',
  },
  'trust/13-huge-results': {
    source: trust,
    behaviour: 'a result of 100 MB, an endless or a slow one is stopped in time and memory',
  },
  'trust/14-deep-json': {
    source: trust,
    behaviour: 'JSON nested 10,000 or 1,000,000 deep is refused without harm, from clients and from servers',
  },
  'trust/15-answers-for-others': {
    source: trust,
    behaviour: 'garbage, foreign ids, double and late answers reach nobody else',
  },
  'trust/16-notification-flood': {
    source: trust,
    behaviour:
      'a flood of notifications is coalesced, costs at most one refresh a second, and takes nobody else’s time; no answer in it is lost',
  },
  'trust/17-ssrf': {
    source: trust,
    behaviour:
      'no address of the private network is reached through a server that is not configured as such, by whatever spelling, redirect or name',
  },
  'trust/18-issuer': { source: trust, behaviour: 'issuer and metadata of a downstream login are validated' },
  'trust/19-token-passthrough': {
    source: trust,
    behaviour: 'a token of a caller reaches no downstream; a bad token is refused',
  },
  'trust/21-handles': {
    source: trust,
    behaviour:
      'handles are 128 random bits; foreign and unknown ones give the same answer from every tool and address that takes one',
  },
  'trust/22-request-state': {
    source: trust,
    behaviour: 'requestState that was changed, replayed, or belongs to somebody or something else is refused',
  },
  'trust/23-approval-forgery': {
    source: trust,
    behaviour: 'an approval holds for exact arguments, once, in time, and is given by a person only',
  },
  'trust/24-lying-annotations': {
    source: trust,
    behaviour: 'annotations of an untrusted server never lower a risk',
  },
  'trust/25-cache-crossing': {
    source: trust,
    behaviour: 'a cached answer never reaches another caller, nor outlives a change of the tool',
  },
  'trust/26-header-mismatch': { source: trust, behaviour: 'headers that differ from the body are refused' },
  'trust/27-rebinding': {
    source: trust,
    behaviour: 'foreign Host and Origin are refused; the default bind is loopback',
  },
  'trust/29-terminal': {
    source: trust,
    behaviour: 'control characters from definitions and servers do not reach a terminal or log line',
  },
  'trust/30-launch': {
    source: trust,
    behaviour:
      'servers start without a shell, with no secrets of our environment, and only as approved: whatever an argument chooses, a change of it is seen',
  },
  'trust/31-processes': {
    source: trust,
    behaviour: 'whatever a server starts ends with it; one above its memory cap is ended',
  },
  'trust/34-runaway': {
    source: trust,
    behaviour: 'loops through orchestrators and runaway costs stop at their caps',
  },
  'trust/36-import': { source: trust, behaviour: 'a foreign configuration is read, shown and never run' },
  'trust/37-patterns': { source: trust, behaviour: 'patterns in rules run in linear time' },
  'trust/38-audit': {
    source: trust,
    behaviour: 'the audit is a chain: a row that was changed or taken out is named',
  },
  'trust/32-definitions': { source: trust, behaviour: 'definitions are contained, capped and inert' },
  'trust/33-model-output': {
    source: trust,
    behaviour: "a model's answer outside the allowed set is never followed",
  },
  'trust/bounds': {
    source: trust,
    behaviour: '50 MB contexts and lines are refused with a clear error and change nothing',
  },
  'agent/M1': {
    source: agents,
    behaviour: 'an agent is a folder of Markdown: states, prompts with arguments, a table with guards, tools',
  },
  'agent/M2': {
    source: agents,
    behaviour: 'what is wrong with an agent is said all at once, with file, line and what to write',
  },
  'agent/M3': {
    source: agents,
    behaviour: 'an edited agent is used by the next session; a session keeps its own until it is upgraded',
  },
  'agent/M4': {
    source: agents,
    behaviour: 'a new agent is written from a template that lints clean, and none is replaced',
  },
  'agent/A1': {
    source: published,
    behaviour: 'the twelve tools of a session answer with the published texts; every one takes a session_id',
  },
  'agent/A2': { source: published, behaviour: 'every state has a prompt that takes the published arguments' },
  'agent/A3': {
    source: published,
    behaviour:
      'state://current, state://NAME/prompt, whatever the case, and orchestration://history can be read',
  },
  'agent/A4': { source: published, behaviour: 'six states, and the moves of the published table' },
  'agent/A5': {
    source: published,
    behaviour: 'a demonstration plays a whole task and ends with a count of messages by role',
  },
  'agent/A6': {
    source: published,
    behaviour: 'states, prompts and transitions are added without touching the engine',
  },
  'agent/enforced': {
    source: agents,
    behaviour:
      'a move outside the table is refused, made with a journalled reason, or made: enforce, warn, off',
  },
  'agent/error-state': { source: agents, behaviour: 'ERROR can be reached from every state' },
  'agent/sessions': {
    source: agents,
    behaviour: 'every caller has a session that outlasts the server, and begins others by id',
  },
  'agent/json-values': { source: agents, behaviour: 'values are any JSON, and texts stay texts' },
  'agent/transcript': {
    source: agents,
    behaviour: 'messages have ids and times, moves stand among them, and a count of 0 gives none',
  },
  'agent/markdown': {
    source: agents,
    behaviour: 'an agent is written as a folder of Markdown and followed from the next session on',
  },
  'agent/tool-gate': {
    source: agents,
    behaviour: 'a state lets only its tools be called and found; a refusal names the states that allow one',
  },
  'agent/knowledge': {
    source: agents,
    behaviour: 'knowledge is searched by words, has namespaces, tags, origin and expiry, and is deleted',
  },
  'agent/one-flow': {
    source: agents,
    behaviour: 'workflows and questions begun from a session stand in its timeline',
  },
  'agent/compaction': {
    source: agents,
    behaviour: 'a conversation is served as its newest messages, by count or by tokens',
  },
  'agent/bounded': {
    source: agents,
    behaviour:
      'what a session and a caller keep is bounded: beyond it writing is refused, nothing is lost, and others go on',
  },
  'agent/bad-input': {
    source: agents,
    behaviour: 'bad arguments are refused with what was expected, and change nothing',
  },
  'trust/35-knowledge-poisoning': {
    source: trust,
    behaviour: 'knowledge carries its origin and is never injected as an instruction',
  },
  'agent/custom-tools': {
    source: agents,
    behaviour:
      'a module in tools/ that exports defineTool is seen in the catalog like any downstream tool, under the same policy; one that fails takes no other with it',
  },
  'model/wires': {
    source: models,
    behaviour:
      'a model is asked over the wire of OpenAI, over that of Anthropic, or through the package ai; which one makes no difference to what it decides',
  },
  'model/failures': {
    source: models,
    behaviour:
      'a provider that fails in any way fails no instance: one second attempt where it can help, then the next decider',
  },
  'model/budgets': {
    source: models,
    behaviour:
      'calls, tokens and cost are bounded per instance, session, owner and day; spent: nothing is asked',
  },
  'model/cached': {
    source: models,
    behaviour: 'the answer to the very same request is kept for its owner, costs nothing and says so',
  },
  'model/configured': {
    source: models,
    behaviour:
      'whom to ask is configured by file or environment, every fault is named, and no key is printed anywhere',
  },
  'model/exchanges': {
    source: models,
    behaviour:
      'exchanges with a model are kept in a file of their own that is asked for, for its owner alone, without secrets',
  },
  'model/doctor': {
    source: models,
    behaviour: 'doctor says whether a model is configured, and whether it is reached',
  },
} as const satisfies Record<string, Requirement>;

export type RequirementId = keyof typeof requirements;

/** Promised and not built yet: parts that are still to come bring their scenarios with them. */
export const laterRequirements = {
  'agent/summaries': {
    source: agents,
    behaviour: 'what is left out of a conversation is summed up by a model, where one is configured',
  },
  'gateway/W9-replay': {
    source: asked,
    behaviour: 'a recorded session can be replayed as a test',
  },
  'trust/20-confused-deputy': {
    source: trust,
    behaviour: 'no OAuth proxy is shipped; if one is, consent comes before every redirect',
  },
  'trust/28-stored-xss': {
    source: trust,
    behaviour: 'names, results and Markdown of servers are inert in the dashboard',
  },
  'trust/39-supply-chain': {
    source: trust,
    behaviour: 'lockfile, provenance and signatures are checked by CI',
  },
  'trust/40-kill-switch': {
    source: trust,
    behaviour: 'everything is denied within a second of the kill switch',
  },
} as const satisfies Record<string, Requirement>;
