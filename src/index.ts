/**
 * The public API. Every name is listed here; anything else may change without notice.
 */

// The product, put together.
export { createApp, parseMarkdown } from './app.ts';
export type { App, AppParts } from './app.ts';
export { loadConfig } from './config.ts';
export type { Config, LoadOptions } from './config.ts';

// What it does: one method per use case.
export type { Orchestrator } from './core/orchestrator.ts';
export type { Directive } from './core/workflow/directive.ts';
export type { AdvanceInput, ResumeInput, StartInput } from './core/workflow/engine.ts';

// Guidance by itself: from prose to a decision.
export { compileGuidance } from './core/workflow/guidance/compile.ts';
export { decideByGuidance } from './core/workflow/guidance/decide.ts';
export { resolveOutcome } from './core/workflow/guidance/outcomes.ts';
export type { Guidance, GuidanceSource, Outcome, Picture } from './core/workflow/guidance/guidance.ts';

// Shared words.
export { TuttiError } from './core/kernel/errors.ts';
export type { ErrorCode } from './core/kernel/errors.ts';
export type { Caller } from './core/kernel/caller.ts';
export type { Fault } from './core/kernel/fault.ts';
export type { Decision, Entry, Instance, Report, Status, Target } from './core/kernel/instance.ts';
export type { Json, JsonObject } from './core/kernel/json.ts';
export type { Model, ModelChoice, ModelQuestion } from './core/ports/model.ts';
