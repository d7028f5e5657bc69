/** Schemes of ours: nothing of a server passes through under them. */
const OWN = /^(workflow|instance|tutti|plan|state|orchestration|session|agent):/i;

/** Whether an address is ours to answer for. */
export function isOwnAddress(uri: string): boolean {
  return OWN.test(uri);
}
