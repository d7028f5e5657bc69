import { Ajv, type ErrorObject, type FuncKeywordDefinition, type Options, type ValidateFunction } from 'ajv';
import { Ajv2020 } from 'ajv/dist/2020.js';
import type { Json, JsonObject } from '../../core/kernel/json.ts';
import type { CompileOptions, Schemas } from '../../core/ports/schema.ts';
import { bound, COST, unusable } from './bounds.ts';
import { cost } from './cost.ts';
import { formats } from './formats.ts';
import { show, toMisfits } from './misfits.ts';
import { Patterns } from './patterns.ts';
import { Spent, spending } from './spending.ts';
import { uniqueItems } from './unique-items.ts';

/** Beyond so many subschemas, naming more than the first misfit is not worth another compilation. */
const MAX_DETAILED = 300;

/** Ajv, kept within bounds of time and memory: each schema has an instance of its own, which goes with it. */
export function ajvSchemas(): Schemas {
  return {
    unchecked: (schema) => bound(schema, new Patterns()).unchecked,
    compile(schema, { whenCostly = 'refuse' } = {}) {
      const patterns = new Patterns();
      const bounded = bound(schema, patterns);
      const make = (allErrors: boolean) =>
        compile(bounded.schema, { allErrors, patterns, whenCostly, isOld: isOld(schema, bounded.hasTuples) });
      const check = make(false);
      // The engine reads code when it first runs it, which is better done here than on the path of a call.
      errorsOf(check, null, false);
      let detailed: ValidateFunction | undefined;
      return (value) => {
        const found = errorsOf(check, value, false);
        if (found instanceof Spent) return [{ path: '', message: found.message, unsure: true }];
        if (found.length === 0) return [];
        if (bounded.subschemas > MAX_DETAILED) return toMisfits(found);
        detailed ??= make(true);
        const all = errorsOf(detailed, value, true);
        return toMisfits(all instanceof Spent ? found : all);
      };
    },
  };
}

interface Compilation extends Required<CompileOptions> {
  readonly allErrors: boolean;
  readonly patterns: Patterns;
  readonly isOld: boolean;
}

function compile(schema: JsonObject, compilation: Compilation): ValidateFunction {
  const { allErrors, patterns, isOld: old, whenCostly } = compilation;
  const options: Options = {
    allErrors,
    verbose: true,
    messages: false,
    strict: false,
    $data: false,
    validateSchema: false,
    meta: false,
    inlineRefs: false,
    ownProperties: true,
    logger: false,
    formats,
    // Tidying the code up takes several times as long as writing it, and gains next to nothing.
    code: { regExp: toRegExp(patterns), optimize: false },
  };
  const ajv = old ? new Ajv(options) : new Ajv2020(options);
  for (const keyword of [patternBy(patterns, whenCostly), uniqueItems]) {
    ajv.removeKeyword(keyword.keyword as string);
    ajv.addKeyword(keyword);
  }
  ajv.addKeyword(cost);
  countFirst(ajv);
  try {
    return ajv.compile(schema);
  } catch (error) {
    throw unusable(`one that is no schema: ${(error as Error).message.slice(0, 300)}`, error);
  }
}

/** Steps are counted before anything is looked at, whatever its type. */
function countFirst({ RULES: { rules, all } }: Ajv): void {
  const rule = all[COST];
  if (typeof rule !== 'object') throw new TypeError('the keyword that counts is not there');
  for (const group of rules) group.rules = group.rules.filter((each) => each !== rule);
  rules.unshift({ rules: [rule] });
}

/** `pattern`. What it cannot be told of in bounds does not fit, whatever stands around it: `not` would turn a misfit into a fit. */
function patternBy(patterns: Patterns, whenCostly: Compilation['whenCostly']): FuncKeywordDefinition {
  return {
    keyword: 'pattern',
    type: 'string',
    schemaType: 'string',
    errors: false,
    compile: (source: string) => (text: string) => {
      const found = patterns.get(source)?.(text);
      if (found === undefined && whenCostly === 'refuse') throw new Spent(tooLong(source, text));
      return found !== false;
    },
  };
}

function tooLong(source: string, text: string): string {
  return (
    `expected a text that can be checked against the pattern ${show(source)} in bounded time, ` +
    `found one of ${text.length} characters that cannot; send a shorter one`
  );
}

/** For names of properties, where neither answer would do. */
function toRegExp(patterns: Patterns): NonNullable<NonNullable<Options['code']>['regExp']> {
  const regExp = (source: string) => ({
    test: (name: string) => {
      const found = patterns.get(source)?.(name);
      if (found === undefined) throw new Spent();
      return found;
    },
    // Ajv knows patterns by it.
    toString: () => source,
  });
  // Only asked for when code is written out to a file.
  return Object.assign(regExp, { code: 'regExp' });
}

/** Why it could not be told within bounds, where it could not. */
function errorsOf(check: ValidateFunction, value: Json, isDetail: boolean): readonly ErrorObject[] | Spent {
  spending.begin(isDetail);
  try {
    return check(value) ? [] : (check.errors ?? []);
  } catch (error) {
    if (error instanceof Spent) return error;
    // References in a circle that no value ends use up the stack.
    if (error instanceof RangeError) return new Spent();
    throw error;
  } finally {
    // Ajv would keep the value with them.
    check.errors = null;
  }
}

/** Draft-07 by name, or by its way to write tuples, which is none in 2020-12. */
function isOld({ $schema: dialect }: JsonObject, hasTuples: boolean): boolean {
  return typeof dialect === 'string' ? /draft-0[3-7]/.test(dialect) : hasTuples;
}
