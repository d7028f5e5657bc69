import type { Compilable, Kysely, QueryResult } from 'kysely';
import type { Tables } from './tables.ts';

/** Runs a query that was compiled once, with the parameters of this time. */
export type Statement<P, R> = (db: Kysely<Tables>, parameters: P) => Promise<QueryResult<R>>;

/** Stands in a query for a parameter that is given later. */
class Slot {
  readonly name: string;
  /** Which of several rows it belongs to. */
  readonly row: number;

  constructor(name: string, row = 0) {
    this.name = name;
    this.row = row;
  }
}

/**
 * Compiles a query once, in whatever dialect `db` speaks. Building and compiling cost more than SQLite takes to run a query.
 *
 * @param build gets one placeholder for each parameter and uses it as if it were the value.
 */
export function statement<P extends object, R = unknown>(
  build: (parameter: P) => Compilable<R>,
): Statement<P, R> {
  const slots = new Proxy({} as P, { get: (_target, name) => new Slot(String(name)) });
  const compiled = build(slots).compile();
  const order = compiled.parameters;
  return (db, parameters) =>
    db.executeQuery<R>({
      ...compiled,
      parameters: order.map((each) =>
        each instanceof Slot ? (parameters as Record<string, unknown>)[each.name] : each,
      ),
    });
}

/** {@link statement} for `count` rows at once, each with the columns `names`. */
export function rowsStatement<R extends object>(
  names: readonly (keyof R & string)[],
  count: number,
  build: (rows: R[]) => Compilable,
): Statement<readonly R[], unknown> {
  const slots = Array.from({ length: count }, (_, at) =>
    Object.fromEntries(names.map((name) => [name, new Slot(name, at)])),
  ) as R[];
  const compiled = build(slots).compile();
  const order = (compiled.parameters as readonly Slot[]).map(({ row, name }) => [row, name] as const);
  return (db, rows) =>
    db.executeQuery({
      ...compiled,
      parameters: order.map(([at, name]) => (rows[at] as Record<string, unknown>)[name]),
    });
}

/** All columns of a row as placeholders: `values(columns(row, ['a', 'b']))`. */
export function columns<R extends object, K extends keyof R>(row: R, names: readonly K[]): Pick<R, K> {
  return Object.fromEntries(names.map((name) => [name, row[name]])) as Pick<R, K>;
}

export function first<R>(result: QueryResult<R>): R | undefined {
  return result.rows[0];
}

/** Whether a write touched a row. */
export function changed(result: QueryResult<unknown>): boolean {
  return (result.numAffectedRows ?? 0n) > 0n;
}
