/** Text of others as a prompt quotes it, between marks that hold a fence nobody can guess. */
export function fenced(fence: string, lines: readonly string[]): string {
  return `<<${fence}\n${lines.join('\n')}\n${fence}>>`;
}
