/** Formats that are secrets wherever they stand. Each is anchored at a literal and bounded, so that a hostile text costs linear time. */
export const FORMATS: readonly string[] = [
  // AWS
  String.raw`\b(?:AKIA|ASIA|ABIA|ACCA)[A-Z2-7]{16}\b`,
  // GitHub, GitLab
  String.raw`\bgh[pousr]_[A-Za-z0-9]{30,255}\b`,
  String.raw`\bgithub_pat_[A-Za-z0-9_]{40,255}\b`,
  String.raw`\bgl(?:pat|dt|rt|cbt|ptt|ft|soat|agent|oas)-[A-Za-z0-9_.-]{18,255}`,
  // Slack
  String.raw`\bxox[abeoprs]-[A-Za-z0-9-]{10,255}`,
  String.raw`\bxapp-\d-[A-Za-z0-9-]{10,255}`,
  String.raw`hooks\.slack\.com/services/T[A-Za-z0-9_]{6,16}/B[A-Za-z0-9_]{6,16}/[A-Za-z0-9_]{16,48}`,
  // Stripe, Twilio, SendGrid, Mailgun, Square, Shopify
  String.raw`\b(?:sk|rk|pk)_(?:live|test)_[A-Za-z0-9]{10,255}`,
  String.raw`\bwhsec_[A-Za-z0-9+/=]{20,255}`,
  String.raw`\bSG\.[A-Za-z0-9_-]{16,64}\.[A-Za-z0-9_-]{16,128}`,
  String.raw`\bshp(?:at|ca|pa|ss)_[a-fA-F0-9]{24,64}`,
  // Google
  String.raw`\bAIza[A-Za-z0-9_-]{35}`,
  String.raw`\bya29\.[A-Za-z0-9_-]{20,512}`,
  String.raw`\bGOCSPX-[A-Za-z0-9_-]{20,64}`,
  // Models
  String.raw`\bsk-(?:ant-|proj-|svcacct-|or-v1-|live-)?[A-Za-z0-9_-]{20,255}`,
  String.raw`\bhf_[A-Za-z0-9]{30,64}`,
  String.raw`\bgsk_[A-Za-z0-9]{30,64}`,
  String.raw`\bxai-[A-Za-z0-9]{40,128}`,
  // Package registries, hosts, others
  String.raw`\bnpm_[A-Za-z0-9]{30,64}`,
  String.raw`\bpypi-[A-Za-z0-9_-]{50,255}`,
  String.raw`\bdop_v1_[a-f0-9]{40,80}`,
  String.raw`\bdckr_pat_[A-Za-z0-9_-]{20,64}`,
  String.raw`\bhvs\.[A-Za-z0-9_-]{20,255}`,
  String.raw`\blin_api_[A-Za-z0-9]{30,64}`,
  String.raw`\bntn_[A-Za-z0-9]{30,64}|\bsecret_[A-Za-z0-9]{40,64}`,
  String.raw`\bfigd_[A-Za-z0-9_-]{30,64}`,
  String.raw`\bsq0(?:atp|csp)-[A-Za-z0-9_-]{20,64}`,
  String.raw`\bAGE-SECRET-KEY-1[A-Z0-9]{50,64}`,
  String.raw`\b(?:bot)?\d{8,10}:AA[A-Za-z0-9_-]{32,36}\b`,
  // JSON web tokens
  String.raw`\beyJ[A-Za-z0-9_-]{8,4096}\.[A-Za-z0-9_-]{8,8192}(?:\.[A-Za-z0-9_-]{0,4096})?`,
  String.raw`\bPuTTY-User-Key-File-\d:[^\0]{0,64}Private-Lines:[A-Za-z0-9+/=\s:-]{0,8192}`,
];

/** The line that a private key in armour begins with, and the one it ends with. */
export const ARMOUR_BEGIN = /-----BEGIN (?:[A-Z0-9]{1,12} ){0,4}PRIVATE KEY(?: BLOCK)?-----/g;
export const ARMOUR_END = /-----END (?:[A-Z0-9]{1,12} ){0,4}PRIVATE KEY(?: BLOCK)?-----/g;
/** What a key that is cut off consists of. */
export const ARMOUR_BODY = /[A-Za-z0-9+/=\s\\:,.]{0,16384}/y;

/** Words after which a value is a secret, in names of members and in assignments; compared without `_`, `-`, `.` and blanks. */
const KEY_WORDS =
  'password|passwd|passphrase|pwd|secret|client_?secret|api_?key|apikey|access_?key|secret_?key|private_?key|signing_?key|encryption_?key|access_?token|auth_?token|refresh_?token|id_?token|bearer_?token|session_?token|token|credential|credentials|authorization|auth|proxy_?authorization|cookie|set_?cookie|session_?cookie|mnemonic|seed_?phrase|connection_?string|otp|pin_?code|kennwort|passwort';

/** A member with such a name is secret whatever its value. */
const KEY_NAME = new RegExp(
  `^(?:[a-z0-9]{1,24}[_.-]?){0,3}?(?:${KEY_WORDS.replaceAll('_?', '[_.-]?')})$`,
  'i',
);
/** Names that end so and tell of no secret. */
const INNOCENT_NAME =
  /^(?:(?:next|prev|previous|continuation|page|sync|cursor|delta|start|end|resume|progress|cancellation|cancel|csrf|max|min|total|input|output|prompt|completion|num|count|usage|cached|step|idempotency|sort|search|stop|eos|bos|pad|unk|special)[_.-]?(?:page[_.-]?)?(?:token|tokens|key))$|^(?:tokens?[_.-]?(?:count|type|limit|usage|id)|oauth|is[_.-]?auth|requires?[_.-]?auth|has[_.-]?(?:auth|token|password|secret))$/i;

export function isSecretName(name: string): boolean {
  return name.length <= 80 && !INNOCENT_NAME.test(name) && KEY_NAME.test(name.replaceAll(' ', '_'));
}

/** `password = value`, `"api_key": "value"`, `--token value`: the part before, and the value. */
export const ASSIGNMENT = new RegExp(
  String.raw`((?:^|[^A-Za-z0-9])(?:[A-Za-z0-9]{1,24}[_.-]){0,3}(?:${KEY_WORDS.replaceAll('_?', '[_. -]?')})(?:\\?["'])?\s{0,3}(?:=>|:=|==?|:|\s(?:is|ist)\s)\s{0,3})(?:(\\?"[^"\\\n]{1,512}\\?"|\\?'[^'\\\n]{1,512}\\?'|\x60[^\x60\n]{1,512}\x60)|([^\s"'\x60,;&<>()[\]{}]{1,512}))`,
  'gi',
);
export const OPTION =
  /((?:^|\s)--?(?:password|passwd|pass|token|secret|api-?key|auth-?token|access-?token|client-?secret)[= ])([^\s"']{4,512}|"[^"\n]{1,512}"|'[^'\n]{1,512}')/gi;
export const HEADER = /\b((?:bearer|basic|token|digest)\s{1,3})([A-Za-z0-9+/=_.~-]{12,4096})/gi;
/** `scheme://user:password@host`. */
export const ADDRESS = /(\b[a-z][a-z0-9+.-]{1,24}:\/\/[^\s:/?#@"'<>]{0,128}:)([^\s/?#@"'<>]{1,256})(?=@)/gi;
export const QUERY =
  /([?&](?:api_?key|key|token|access_token|auth|secret|password|sig|signature|client_secret|x-amz-signature|x-amz-security-token|code)=)([^&\s"'<>#]{6,2048})/gi;

/** Names that end so say where, how or by what something is done, whatever stands before: `auth-plugin`, `TOKEN_FILE`, `credential-helper`. */
export const CHOICE_NAME =
  /(?:plugin|helper|command|cmd|script|hook|handler|module|program|exec|file|path|dir|folder|url|uri|host|endpoint|server|issuer|mode|type|provider|method|scheme|strategy|backend|store|format|name)s?$/i;
