import { CHOICE_NAME } from '../policy/secret-formats.ts';

const VEIL = '<secret>';
const REFERENCE = /\$\{env:[^}]*\}/g;
/** Flags that are called as a key is, to the end: what only begins so (`--token-exchange`, `--auth-plugin`) may choose what runs. */
const SECRET_FLAG =
  /^--?[\w-]*(?:token|secret|pass|passwd|password|passphrase|pwd|(?:api|private|access|secret|signing|auth)[-_]?key)s?(?:[-_](?:value|\d+))?$/i;
/** Either a manner or a key stands behind these: its form decides, and of `user:password` only the first part is shown. */
const AUTH_FLAG = /^--?[\w-]*(?:auth|authorization|credential|cookie)s?$/i;
const KEY = /^(?=.*\d)(?=.*[A-Z])(?=.*[a-z])[A-Za-z0-9_+/=-]{16,}$/;
const INLINE = /^(--?[A-Za-z][\w-]*)=([^]*)$/;
const PAIR = /^([^:/\s]+:)[^:\s]+$/;
const SECRET_PARAMETER = /key|token|secret|passw?|pwd|auth|cred|sig|session|code/i;
/** What these introduce must stay readable: it decides what runs. */
const VERSION_FLAG = /^--?[\w-]*(?:rev|ref|commit|sha|digest|hash|checksum|version|tag)[\w-]*$/i;
/** Narrow on purpose: whoever approves a command must be able to read all of it that is no key. */
const KNOWN_KEY =
  /^(?:(?=.*\d)(?:sk-|[sp]k_|gh[opsu]_|github_pat_|glpat-|xox[a-z]-|AKIA|AIza|eyJ)[\w.-]{16,}|(?:[\w-]+:\s*)?Bearer\s.+)$/;
const RANDOM = /^(?:[0-9a-f]{32,}|(?=.*\d)(?=.*[A-Z])(?=.*[a-z])[A-Za-z0-9+_=-]{32,})$/;
/** Files and programs are no keys, whatever the flag before them is called. */
const PATH =
  /^(?:\.{0,2}[\\/]|~|[A-Za-z]:[\\/])|\.(?:[cm]?[jt]s|py|sh|rb|exe|cmd|bat|ps1|json|ya?ml|pem|crt|key)$/i;
const BASE64 = /^(?=.*\d)(?=.*[A-Z])(?=.*[a-z])[A-Za-z0-9+/=]{32,}$/;
const URL = /^[a-z][a-z0-9+.-]*:\/\//i;

/** An argument without what looks like a key. Only its place is kept, since whatever is made from a short key alone can be guessed. */
export function veiledArg(arg: string, before: string | undefined): string {
  const [, inline, value = ''] = INLINE.exec(arg) ?? [];
  if (inline !== undefined) return `${inline}=${veiledValue(value, inline)}`;
  return veiledValue(arg, arg.startsWith('-') && !decides(before ?? '') ? '' : before);
}

/** Scheme, host and path stay readable; what people put keys into does not: user information, secret parameters, long random segments. */
export function veiledUrl(url: string): string {
  const [, scheme = '', authority = '', path = '', query = '', fragment = ''] =
    /^([^:]*:\/\/)([^/?#]*)([^?#]*)(\?[^#]*)?(#.*)?$/.exec(url) ?? [];
  if (scheme === '') return isKey(url) ? veil(url) : url;
  const at = authority.lastIndexOf('@');
  const host = at < 0 ? authority : `${veil(authority.slice(0, at))}@${authority.slice(at + 1)}`;
  const segments = path.split('/').map((each) => (isKey(each) ? veil(each) : each));
  const pairs = query
    .slice(1)
    .split('&')
    .map((pair) => veiledPair(pair));
  const hidden = fragment === '' ? '' : `#${veil(fragment.slice(1))}`;
  return `${scheme}${host}${segments.join('/')}${query === '' ? '' : `?${pairs.join('&')}`}${hidden}`;
}

function veiledPair(pair: string): string {
  const equals = pair.indexOf('=');
  if (equals < 0) return isKey(pair) ? veil(pair) : pair;
  const [name, value] = [pair.slice(0, equals), pair.slice(equals + 1)];
  const isSecretName = SECRET_PARAMETER.test(name) && !CHOICE_NAME.test(name);
  return isSecretName || isKey(value) ? `${name}=${veil(value)}` : pair;
}

/** What stands behind a flag, or by itself, as it may be read by everybody. */
function veiledValue(value: string, flag = ''): string {
  if (isSecret(value, flag)) return veil(value);
  if (URL.test(value)) return veiledUrl(value);
  return AUTH_FLAG.test(flag) && veil(value) === VEIL ? value.replace(PAIR, `$1${VEIL}`) : value;
}

function isSecret(value: string, flag: string): boolean {
  if (VERSION_FLAG.test(flag)) return false;
  if (isKey(value)) return KNOWN_KEY.test(value) || !decides(flag);
  if (AUTH_FLAG.test(flag)) return KEY.test(value);
  return SECRET_FLAG.test(flag) && (BASE64.test(value) || !(PATH.test(value) || URL.test(value)));
}

function isKey(value: string): boolean {
  return KNOWN_KEY.test(value) || RANDOM.test(value);
}

/** What stands behind it decides what runs. */
function decides(flag: string): boolean {
  return VERSION_FLAG.test(flag) || (flag.startsWith('-') && CHOICE_NAME.test(flag));
}

/** A reference names a secret and is none. */
function veil(secret: string): string {
  const references = secret.match(REFERENCE)?.join('') ?? '';
  return references !== '' && references === secret ? secret : VEIL;
}
