import type { Json, JsonObject } from '../../kernel/json.ts';

/** Objects that may stand for a stored result: known one by one, since what an answer holds looks just the same. */
export type OwnReferences = ReadonlySet<object>;

/** Every reference in a value that came from whoever made the plan, or from ourselves. */
export function referencesOf(value: Json | undefined): OwnReferences {
  return new Set(objectsIn(value).filter((each) => isReference(each)));
}

/**
 * Why arguments may not be sent: they hold a reference to a stored result that is none of `own`. A server that could have one looked up
 * would have what its caller keeps sent to the server that is called next.
 */
export function foreignReference(args: JsonObject, own: OwnReferences): string | undefined {
  if (objectsIn(args).every((each) => !isReference(each) || own.has(each))) return undefined;
  return 'An answer that it takes values from holds a member "$result", which would stand for a stored result: no answer may refer to one, so it was not made. Take other values, or give the reference in the arguments of the plan yourself.';
}

function isReference(value: JsonObject): boolean {
  return Object.hasOwn(value, '$result');
}

/** Without recursion: what servers answer may be nested deeply. */
function objectsIn(whole: Json | undefined): readonly JsonObject[] {
  const found: JsonObject[] = [];
  const open: (Json | undefined)[] = [whole];
  while (open.length > 0) {
    const value = open.pop();
    if (value === null || typeof value !== 'object') continue;
    if (!Array.isArray(value)) found.push(value as JsonObject);
    for (const each of Object.values(value) as readonly Json[])
      if (typeof each === 'object' && each !== null) open.push(each);
  }
  return found;
}
