/** Writes the library and the command line, or other programs, into a folder; the command line wants it one level below the root. */
export function bundleInto(folder: string, input?: Readonly<Record<string, string>>): Promise<void>;
