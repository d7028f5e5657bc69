import type { Route, RouteDocument } from '../route/route.ts';
import type { Plan } from './plan.ts';

export interface PlanningOptions {
  readonly isVisible?: (document: RouteDocument) => boolean;
}

/** A plan without arguments, and how each of its calls was routed. */
export interface Planned {
  readonly plan: Plan;
  /** Pieces that say what is not to be done: no call is made of them. */
  readonly forbidden?: readonly string[];
  /** Pieces that name what the rest is preferred to ("not in teams"): no call is made of them. */
  readonly passedOver?: readonly string[];
  /** Pieces that say what to do otherwise: nobody judges whether that comes about, and no call is made of them. */
  readonly alternatives?: readonly string[];
  /** Pieces that ask for something, and that no call is made of. */
  readonly unplanned?: readonly string[];
  /** By id of the call; the whole query stands first, under the empty id. */
  readonly routes: readonly { readonly call: string; readonly query: string; readonly route: Route }[];
}

/** From words to calls: how many there are, who makes each, and in which order. Pure. */
export interface Planning {
  plan(query: string, options?: PlanningOptions): Planned;
}
