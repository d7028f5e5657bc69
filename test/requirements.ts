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
  'workflow/prompts': {
    source: 'MCP face',
    behaviour: 'each workflow is a prompt; definition, graph and instance are resources',
  },
  'trust/14-deep-json': {
    source: trust,
    behaviour: 'JSON nested 10,000 or 1,000,000 deep is refused without harm',
  },
  'trust/21-handles': {
    source: trust,
    behaviour: 'handles are 128 random bits; foreign and unknown ones give the same answer',
  },
  'trust/27-rebinding': {
    source: trust,
    behaviour: 'foreign Host and Origin are refused; the default bind is loopback',
  },
  'trust/29-terminal': {
    source: trust,
    behaviour: 'control characters from definitions do not reach a terminal or log line',
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
} as const satisfies Record<string, Requirement>;

export type RequirementId = keyof typeof requirements;
