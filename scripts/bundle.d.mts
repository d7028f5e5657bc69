/** Writes the library and the command line into a folder one level below the root. */
export function bundleInto(folder: string): Promise<void>;
