/**
 * The public API. Every name is listed here; anything else may change without notice.
 */

// The product, put together.
export { createApp, createRouter, parseMarkdown } from './app.ts';
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

// Routing by itself: from words to tools, and to a plan.
export { createPlanner } from './core/gateway/plan/planner.ts';
export type { Planned, Planning, PlanningOptions } from './core/gateway/plan/planning.ts';
export type { Plan, PlannedCall, Structure } from './core/gateway/plan/plan.ts';
export type {
  Candidate,
  LearnedExample,
  Route,
  RouteDecision,
  RouteDocument,
  RouteOptions,
  RouteParameter,
  RouteTerm,
  Routing,
} from './core/gateway/route/route.ts';

// Asking by itself: what a workflow or an agent sends, and what comes of it.
export type { AskInput, Resolution } from './core/gateway/ask/ask.ts';
export type { CallChannel } from './core/gateway/gateway.ts';

// Tools of your own, in modules of the folder `tools/`.
export { defineTool } from './core/kernel/custom-tool.ts';
export type { CustomTool, ToolContext } from './core/kernel/custom-tool.ts';

// Shared words.
export { TuttiError } from './core/kernel/errors.ts';
export type { ErrorCode } from './core/kernel/errors.ts';
export type { Caller } from './core/kernel/caller.ts';
export type { Fault } from './core/kernel/fault.ts';
export type { Decision, Entry, Instance, Report, Status, Target } from './core/kernel/instance.ts';
export type { Json, JsonObject } from './core/kernel/json.ts';
export type {
  Model,
  ModelAccount,
  ModelChoice,
  ModelQuestion,
  ModelRequest,
  ShapedAnswer,
  ShapeQuestion,
} from './core/ports/model.ts';
export type { Embedded, Embedder, EmbedRequest } from './core/ports/embedder.ts';
