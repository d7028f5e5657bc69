/** One tool as the router reads it. The same object for as long as nothing of it changed. */
export interface RouteDocument {
  /** Unique: the tool's name as clients see it. */
  readonly name: string;
  readonly server: string;
  /** As its server calls it. */
  readonly tool: string;
  readonly title: string;
  readonly description: string;
  readonly serverDescription: string;
  readonly parameters: readonly RouteParameter[];
  /** Queries that it answers, by the operator. */
  readonly examples: readonly string[];
  /** Its server says so beside the words. */
  readonly isDeprecated?: boolean;
}

export interface RouteParameter {
  readonly name: string;
  readonly description: string;
  /** What may be chosen from, as text. */
  readonly choices: readonly string[];
}

/** What speaks for a candidate. */
export interface RouteTerm {
  readonly term: string;
  /** Where it was found: `name`, `server`, `description` … */
  readonly field: string;
  /** Its share of the score. */
  readonly weight: number;
}

export interface Candidate {
  readonly document: RouteDocument;
  /** In [0, 1]; comparable within one route. */
  readonly score: number;
  /** The strongest first, at most so many; worked out when asked for. */
  terms(limit: number): readonly RouteTerm[];
}

export type RouteDecision = 'route' | 'ask' | 'refuse';

/** Who could answer a query. */
export interface Route {
  /** The best first; equal ones in the order of their names. */
  readonly candidates: readonly Candidate[];
  /** The best first. */
  readonly servers: readonly { readonly server: string; readonly score: number }[];
  /** In [0, 1]: how surely the best one is meant; comparable across catalogues. */
  readonly confidence: number;
  readonly decision: RouteDecision;
  /** What decided: the measure, its value, and the thresholds it was held against. */
  readonly because: {
    readonly measure: string;
    readonly value: number;
    readonly refuseBelow: number;
    readonly routeFrom: number;
  };
}

/** Somebody was shown this tool for this query and said yes. */
export interface LearnedExample {
  readonly query: string;
  /** As clients see it. */
  readonly tool: string;
}

export interface RouteOptions {
  /** 10 by default. */
  readonly limit?: number;
  /** What this caller may see; everything by default. */
  readonly isVisible?: (document: RouteDocument) => boolean;
  /** Of this caller; none by default. Give the same objects again: each is read once. */
  readonly learned?: readonly LearnedExample[];
}

/** Finds who answers a query. Pure: the same documents and query give the same route. */
export interface Routing {
  /** Takes the catalogue as it is now; only what came, went or changed costs anything. */
  update(documents: readonly RouteDocument[]): void;
  route(query: string, options?: RouteOptions): Route;
}
