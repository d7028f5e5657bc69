import { createByteFinder } from './byte-finder.ts';

/** Which kinds of trouble the bytes may hold; none of them set is the common case. */
export const INSTRUCTIONS = 1;
export const CONTROLS = 2;
export const SECRETS = 4;

const INSTRUCTION_WORDS = [
  'ignore ', 'ignoring', 'disregard', 'forget ', 'overrid', 'bypass', 'supersede', 'instruction', 'directive', 'guideline', 'system prompt',
  'previous prompt', 'guardrail', 'the user', 'the human', 'the operator', 'secretly', 'silently', 'covertly', 'discreetly', 'do not tell', "don't tell", 'do not mention',
  "don't mention", 'do not inform', 'do not reveal', 'never tell', 'never mention', 'without telling', 'without mention', 'between us', 'keep this', '.ssh', '.env',
  'id_rsa', 'id_ed25519', '/etc/passwd', '/etc/shadow', '.aws/', '.npmrc', '.netrc', 'mcp.json', 'claude_desktop', '<important', '<system', '[system',
  '<|', '<<sys', '[inst', '[/inst', '### ', '<!--', 'from now on', 'you are now', 'your new ', 'new task', 'new role', 'developer mode', 'god mode', 'before using', 'before calling',
  'before any ', 'any other tool', 'other tools', 'assistant', 'the model', 'language model', 'ai agent', 'claude', 'chatgpt', 'copilot', 'system:', 'conversation',
  'chat history', 'credential', 'exfiltrat', 'rm -rf', '| sh', '| bash', '|bash', '|sh', 'bcc', '![', 'already approved', 'already agreed', 'base64', 'decode', 'i g n', 'call this', 'call the ',
  'must call', 'must run', 'send_', 'forward ', 'transfer ', 'wire ', 'upload ', 'authorized_keys', 'attention', 'urgent', 'note to', '1gnore', 'ign0re', 'jailbreak', 'anweisung', 'nutzer',
  'utilisateur', 'consignes', 'usuario', 'instruccion', 'istruzion', '忽略', '指令', '指示', '用户', '系统提示', '無視', 'ユーザ', 'プロンプト', '사용자', '지시', 'инструкц', 'пользовател', 'игнорир', 'указани',
  'confirmation', 'permission', 'approval', 'your system', 'your prompt', 'password', 'api key', 'access token', 'ssh key', 'private key',
];

const SECRET_WORDS = [
  'akia', 'asia', 'ghp_', 'gho_', 'ghu_', 'ghs_', 'ghr_', 'github_pat_', 'glpat-', 'xox', 'xapp-', 'sk_live', 'rk_live', 'sk_test', 'whsec_', 'sg.', 'aiza', 'ya29.', 'gocspx', 'sk-', 'hf_', 'gsk_',
  'xai-', 'npm_', 'pypi-', 'eyj', 'private key', 'password', 'passwd', 'secret', 'token', 'api_key', 'apikey', 'api-key', 'access_key', 'accesskey', 'credential', 'authorization', 'bearer ', 'connection', 'cookie',
  'passphrase', 'mnemonic', 'dckr_pat', 'hvs.', 'slack.com/services', 'passwort', 'kennwort', 'dop_v1', 'shpat_', ':aa',
];

/** Escapes of control characters, and the bytes of those that JSON leaves as they are. */
const CONTROL_WORDS = [
  String.raw`\u00`, String.raw`\u20`, String.raw`\u06`, String.raw`\ufe`, String.raw`\udb40`, String.raw`\b`, String.raw`\f`, String.raw`\u18`, String.raw`\u11`,
  '\u007f', '\u200b', '\u200c', '\u200d', '\u200e', '\u200f', '\u202a', '\u202b', '\u202c', '\u202d', '\u202e', '\u2060', '\u2061', '\u2062', '\u2063', '\u2064', '\u2066', '\u2067', '\u2068', '\u2069', '\ufeff', '\u00ad', '\u180e', '\u061c', '\u3164',
];

const find = createByteFinder([
  { bit: INSTRUCTIONS, words: [...INSTRUCTION_WORDS, ...mixedScripts()] },
  { bit: SECRETS, words: SECRET_WORDS },
  { bit: CONTROLS, words: [...CONTROL_WORDS, ...invisible()] },
]);

/** Which bits the UTF-8 text of a JSON value has: one pass, whatever its length. */
export function traces(bytes: Uint8Array): number {
  return find(bytes);
}

/** A Latin letter before a Cyrillic or Greek one, letters of full width, mathematical letters: words made to look like others. */
function mixedScripts(): readonly Uint8Array[] {
  const pairs: Uint8Array[] = [Uint8Array.of(0xf0, 0x9d)];
  for (let letter = 0x61; letter <= 0x7a; letter++) {
    for (const lead of [0xd0, 0xd1, 0xce, 0xcf]) pairs.push(Uint8Array.of(letter, lead));
    pairs.push(Uint8Array.of(0xef, 0xbd, letter + 0x20), Uint8Array.of(0xef, 0xbc, letter + 0x40));
  }
  return pairs;
}

/** The same words in a folded text: a sentence without any of them gives no orders. */
export const GATE = new RegExp(INSTRUCTION_WORDS.map((each) => each.trim().replaceAll(/[\\^$.*+?()[\]{}|]/g, String.raw`\$&`)).join('|'));

/** C1 controls, and the plane that tag characters and variation selectors are in. */
function invisible(): readonly Uint8Array[] {
  const bytes = [Uint8Array.of(0xf3, 0xa0)];
  for (let low = 0x80; low <= 0x9f; low++) bytes.push(Uint8Array.of(0xc2, low));
  return bytes;
}
