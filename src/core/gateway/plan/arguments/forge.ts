const FORGE =
  /^https?:\/\/[^/]*(?:github|gitlab|bitbucket|codeberg)[^/]*\/(?<owner>[\w.-]+)\/(?<name>[\w.-]+?)(?:\.git)?(?:[/?#]|$)/;
/** Wherever it is kept, a pull request or an issue has an address that says so. */
const NUMBERED =
  /^https?:\/\/[^/]+\/(?<owner>[\w.-]+(?:\/[\w.-]+)*?)\/(?<name>[\w.-]+)\/(?:-\/)?(?<what>pulls?|pull-requests|merge_requests|issues?)\/(?<number>\d{1,9})(?:[/?#.,;:!]|$)/;

interface ForgeParts {
  readonly owner?: string;
  readonly name?: string;
  readonly what?: 'pull request' | 'issue';
  readonly number?: string;
}

/** What the address of a repository, pull request or issue names. */
export function forgeParts(address: string): ForgeParts {
  const { owner, name, what, number } = NUMBERED.exec(address)?.groups ?? FORGE.exec(address)?.groups ?? {};
  if (owner === undefined || name === undefined) return {};
  if (number === undefined) return { owner, name };
  return { owner, name, number, what: /^[pm]/.test(what ?? '') ? 'pull request' : 'issue' };
}
