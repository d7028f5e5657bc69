const VEIL = '<secret>';
const REFERENCE = /\$\{env:[^}]*\}/g;
const SECRET_FLAG =
  /^--?[\w-]*(?:token|secret|passw|pwd|api-?_?key|apikey|auth|credential|private-?_?key)[\w-]*$/i;
const SECRET_PARAMETER = /key|token|secret|passw?|pwd|auth|cred|sig|session|code/i;
/** What these introduce must stay readable: it decides what runs. */
const VERSION_FLAG = /^--?[\w-]*(?:rev|ref|commit|sha|digest|hash|checksum|version|tag)[\w-]*$/i;
/** Narrow on purpose: whoever approves a command must be able to read all of it that is no key. */
const SECRET_VALUE =
  /^(?:(?=.*\d)(?:sk-|[sp]k_|gh[opsu]_|github_pat_|glpat-|xox[a-z]-|AKIA|AIza|eyJ)[\w.-]{16,}|Bearer\s.+|[0-9a-f]{32,}|(?=.*\d)(?=.*[A-Z])(?=.*[a-z])[A-Za-z0-9+_=-]{32,})$/;
/** Files and programs are no keys, whatever the flag before them is called. */
const PATH =
  /^(?:\.{0,2}[\\/]|~|[A-Za-z]:[\\/])|\.(?:[cm]?[jt]s|py|sh|rb|exe|cmd|bat|ps1|json|ya?ml|pem|crt|key)$/i;
const BASE64 = /^(?=.*\d)(?=.*[A-Z])(?=.*[a-z])[A-Za-z0-9+/=]{32,}$/;
const URL = /^[a-z][a-z0-9+.-]*:\/\//i;

/** An argument without what looks like a key. Only its place is kept, since whatever is made from a short key alone can be guessed. */
export function veiledArg(arg: string, before: string | undefined): string {
  const equals = arg.indexOf('=');
  if (equals > 0) {
    const [flag, value] = [arg.slice(0, equals), arg.slice(equals + 1)];
    if (isSecret(value, flag)) return `${flag}=${veil(value)}`;
  }
  if (!arg.startsWith('-') && isSecret(arg, before)) return veil(arg);
  if (isSecret(arg, VERSION_FLAG.test(before ?? '') ? before : undefined)) return veil(arg);
  return URL.test(arg) ? veiledUrl(arg) : arg;
}

/** Scheme, host and path stay readable; what people put keys into does not: user information, secret parameters, long random segments. */
export function veiledUrl(url: string): string {
  const [, scheme = '', authority = '', path = '', query = '', fragment = ''] =
    /^([^:]*:\/\/)([^/?#]*)([^?#]*)(\?[^#]*)?(#.*)?$/.exec(url) ?? [];
  if (scheme === '') return SECRET_VALUE.test(url) ? veil(url) : url;
  const at = authority.lastIndexOf('@');
  const host = at < 0 ? authority : `${veil(authority.slice(0, at))}@${authority.slice(at + 1)}`;
  const segments = path.split('/').map((each) => (SECRET_VALUE.test(each) ? veil(each) : each));
  const pairs = query
    .slice(1)
    .split('&')
    .map((pair) => veiledPair(pair));
  const hidden = fragment === '' ? '' : `#${veil(fragment.slice(1))}`;
  return `${scheme}${host}${segments.join('/')}${query === '' ? '' : `?${pairs.join('&')}`}${hidden}`;
}

function veiledPair(pair: string): string {
  const equals = pair.indexOf('=');
  if (equals < 0) return SECRET_VALUE.test(pair) ? veil(pair) : pair;
  const [name, value] = [pair.slice(0, equals), pair.slice(equals + 1)];
  return SECRET_PARAMETER.test(name) || SECRET_VALUE.test(value) ? `${name}=${veil(value)}` : pair;
}

function isSecret(value: string, flag: string | undefined): boolean {
  if (flag !== undefined && VERSION_FLAG.test(flag)) return false;
  if (SECRET_VALUE.test(value)) return true;
  if (flag === undefined || !SECRET_FLAG.test(flag)) return false;
  return BASE64.test(value) || !(PATH.test(value) || URL.test(value));
}

/** A reference names a secret and is none. */
function veil(secret: string): string {
  const references = secret.match(REFERENCE)?.join('') ?? '';
  return references !== '' && references === secret ? secret : VEIL;
}
