type Defined<T> = { [K in keyof T]: Exclude<T[K], undefined> };

/** The members that have a value: what is absent in a file is absent in the settings, too. */
export function defined<T extends object>(value: T): Defined<T> {
  return Object.fromEntries(Object.entries(value).filter(([, each]) => each !== undefined)) as Defined<T>;
}
