/** A name that may stand for a variable: `test_count`, `context.user.name`, `rows[0]`. */
export function isIdentifier(text: string): boolean {
  return /^[\p{L}_$][\p{L}\p{N}_$-]*(?:\.[\p{L}_$][\p{L}\p{N}_$-]*|\[\d+\])*$/u.test(text);
}

/** A word that no author writes as prose: `snake_case`, `camelCase`, `context.name`. */
export function looksLikeCode(text: string): boolean {
  if (!isIdentifier(text) || text.includes('-')) return false;
  const inner = text.slice(1);
  if (inner.includes('_')) return true;
  return (/^[a-z]/.test(text) && /[A-Z]/.test(inner)) || /^(?:context|report|ctx)\./.test(text);
}
