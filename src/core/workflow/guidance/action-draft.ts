import type { Target } from '../../kernel/instance.ts';
import type { Json } from '../../kernel/json.ts';
import type { Action, Naming } from './action.ts';
import type { Cursor } from './cursor.ts';
import { isSameTarget } from './target-grammar.ts';
import type { Targets } from './target.ts';

/** An action while it is read. */
export class ActionDraft {
  readonly cursor: Cursor;
  readonly targets: Targets;
  readonly updates: Record<string, Json> = {};
  readonly names: Naming[] = [];
  understood = true;
  /** A target may stand without a verb: something before already says "go". */
  bare: boolean;
  to: Target | undefined;
  limit: number | undefined;
  readonly #candidates: Target[] = [];
  #force: Action['force'] = 'plain';

  constructor(cursor: Cursor, targets: Targets, bare: boolean) {
    this.cursor = cursor;
    this.targets = targets;
    this.bare = bare;
  }

  /** Takes a target; a second one that is not the same leaves open which is meant. */
  lead(to: Target): true {
    this.#candidates.push(to);
    if (this.to === undefined || isSameTarget(this.to, to)) {
      this.to = to;
      return true;
    }
    const merged = mergeEnds(this.to, to);
    if (merged === undefined) this.understood = false;
    else this.to = merged;
    return true;
  }

  /** Takes a target by its name. */
  name(naming: Naming): true {
    this.names.push(naming);
    if (naming.to === undefined) this.understood = false;
    else this.lead(naming.to);
    return true;
  }

  weigh(force: 'default' | 'strong'): void {
    if (this.#force !== 'plain' && this.#force !== force) this.understood = false;
    this.#force = force;
  }

  toAction(): Action {
    const { to, limit, updates, understood, names } = this;
    return {
      ...(to === undefined ? {} : { to }),
      ...(limit === undefined ? {} : { limit }),
      candidates: this.#candidates,
      updates,
      understood,
      force: this.#force,
      names,
    };
  }
}

/** "Finish and set status to FAILED" is one end. */
function mergeEnds(one: Target, other: Target): Target | undefined {
  if (one.kind !== 'finish' || other.kind !== 'finish') return undefined;
  if (one.status === undefined) return other;
  return other.status === undefined ? one : undefined;
}
