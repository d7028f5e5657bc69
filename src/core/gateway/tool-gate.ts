/** What the state of an agent session lets be called. */
export interface ToolGate {
  readonly session: string;
  readonly agent: string;
  readonly state: string;
  /** Whether a tool, as clients see it, may be called in this state. */
  allows(tool: string): boolean;
  /** Names of the states of the agent that allow it. */
  statesFor(tool: string): readonly string[];
}
