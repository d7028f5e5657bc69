import type { Condition, Scalar } from './condition.ts';
import { someAtom } from './condition.ts';
import { canonicalName } from './name.ts';
import type { Statement } from './statement.ts';

type Variable = Extract<Condition, { kind: 'variable' }>;

/** What a step's guidance as a whole says of its variables. */
interface Domains {
  /** The values that a variable is compared with. */
  readonly values: ReadonlyMap<string, readonly Scalar[]>;
  /** Variables whose being there or not the guidance speaks of. */
  readonly spoken: ReadonlySet<string>;
  /** Variables of which the guidance also says what they may be. */
  readonly valued: ReadonlySet<string>;
}

/** Tells every comparison what its siblings compare with. */
export function withDomains(statements: readonly Statement[]): readonly Statement[] {
  const domains = domainsOf(statements);
  if (domains.values.size === 0 && domains.spoken.size === 0) return statements;
  return statements.map((statement): Statement => {
    const condition = withDomain(statement.condition, domains);
    return Object.assign({}, statement, { condition });
  });
}

function domainsOf(statements: readonly Statement[]): Domains {
  const values = new Map<string, readonly Scalar[]>();
  const spoken = new Set<string>();
  const valued = new Set<string>();
  for (const { condition } of statements) {
    someAtom(condition, (atom) => {
      if (atom.kind !== 'variable') return false;
      if (atom.test.is === 'present') spoken.add(atom.name);
      else if (atom.test.is !== 'empty') valued.add(atom.name);
      if (atom.test.is === 'one-of') {
        const name = canonicalName(atom.name);
        values.set(name, [...(values.get(name) ?? []), ...atom.test.values]);
      }
      return false;
    });
  }
  return { values, spoken, valued };
}

function withDomain(condition: Condition, domains: Domains): Condition {
  switch (condition.kind) {
    case 'all':
    case 'any':
      return { kind: condition.kind, of: condition.of.map((each) => withDomain(each, domains)) };
    case 'not':
      return { kind: 'not', of: withDomain(condition.of, domains) };
    case 'both-readings':
      return {
        kind: 'both-readings',
        of: [withDomain(condition.of[0], domains), withDomain(condition.of[1], domains)],
      };
    case 'variable':
      return variableWithDomain(condition, domains);
    default:
      return condition;
  }
}

function variableWithDomain(variable: Variable, { values, spoken, valued }: Domains): Variable {
  const { test, name } = variable;
  if (test.is === 'present' && valued.has(name))
    return { ...variable, absent: true, test: { is: 'present', valued: true } };
  const domain = test.is === 'one-of' ? values.get(canonicalName(name)) : undefined;
  const told: Variable =
    domain === undefined || test.is !== 'one-of' ? variable : { ...variable, test: { ...test, domain } };
  return spoken.has(name) ? { ...told, absent: true } : told;
}
