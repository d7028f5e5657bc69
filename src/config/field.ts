import * as z from 'zod';

/** Building blocks of the schema. Each error is what was expected; the rest of the sentence is added where it is reported. */
export const text = (expected: string) => z.string({ error: expected }).min(1, { error: expected });

export const listOf = <T extends z.ZodType>(item: T, expected: string) => z.array(item, { error: expected });

export const oneOf = <const T extends readonly string[]>(names: T) =>
  z.enum(names, { error: `one of ${names.map((name) => `"${name}"`).join(', ')}` });

export const object = <T extends z.ZodRawShape>(shape: T) =>
  z.strictObject(shape, { error: (issue) => (issue.code === 'unrecognized_keys' ? undefined : 'an object') });

export const recordOf = <T extends z.ZodType>(item: T, expected = 'an object') =>
  z.record(z.string(), item, { error: expected });

export const flag = () => z.boolean({ error: 'true or false' });

export const wholeNumber = (min: number, max: number) => {
  const error = `a whole number from ${min} to ${max}`;
  return z.int({ error }).min(min, { error }).max(max, { error });
};

const DAY_MS = 86_400_000;

/** A duration in milliseconds. */
export const milliseconds = (max = DAY_MS) => wholeNumber(1, max);

/** An amount of money, kept to a millionth. */
export const cost = () => {
  const error = 'a number from 0 to 1000000';
  return z.number({ error }).min(0, { error }).max(1_000_000, { error });
};

/** A list of names, each once: a set. */
export const names = (expected: string) => listOf(text('a name'), expected);
