import { describe, expect, it } from 'vitest';
import { hasSecret, redact, redactText, REDACTED } from './secrets.ts';

/** Put together here, so that no scanner takes the test for a leak. */
const join = (...parts: readonly string[]) => parts.join('');
const base64 = (text: string) => Buffer.from(text).toString('base64');
const hex = (text: string) => Buffer.from(text).toString('hex');

const KEYS: Readonly<Record<string, string>> = {
  aws: join('AKIA', 'QYLPMN5HFIQR7XYA'),
  github: join('ghp_', 'aZ3kV9qLx7TnB2mWc8YdR4sHf6JgP1uE0oKi'),
  githubFine: join('github_pat_', '11ABCDEFG0aZ3kV9qLx7Tn_B2mWc8YdR4sHf6JgP1uE0oKiQwErTyUiOp'),
  gitlab: join('glpat-', 'x7TnB2mWc8YdR4sHf6Jg'),
  slack: join('xoxb-', '2401234567-2409876543210-aZ3kV9qLx7TnB2mWc8YdR4sH'),
  stripe: join('sk_live_', '51HqLyjWDarjtT1zdp7dcabcd'),
  google: join('AIza', 'SyD3kV9qLx7TnB2mWc8YdR4sHf6JgP1uE0o'),
  openai: join('sk-', 'proj-aZ3kV9qLx7TnB2mWc8YdR4sHf6JgP1uE'),
  anthropic: join('sk-', 'ant-api03-aZ3kV9qLx7TnB2mWc8YdR4sHf6JgP1uE'),
  npm: join('npm_', 'aZ3kV9qLx7TnB2mWc8YdR4sHf6JgP1uE0oKi'),
  jwt: join(
    'eyJhbGciOiJIUzI1NiJ9',
    '.eyJzdWIiOiIxMjM0NTY3ODkwIn0',
    '.dozjgNryP4J3jVmNHl0w5N_XgL0n3I9PlFUP0THsR8U',
  ),
};

const canary = 'Tr0ub4dor-canary-91x';
const ASSIGNED = [
  `password = ${canary}`,
  `"api_key": "${canary}"`,
  `{\\"client_secret\\": \\"${canary}\\"}`,
  `DB_PASSWORD=${canary}`,
  `export SECRET_TOKEN='${canary}'`,
  `curl --token ${canary} x`,
  `Authorization: Bearer ${canary}AAAA1111`,
  `Authorization: Basic ${base64(`ada:${canary}`)}`,
  `postgres://ada:${canary}@db.example/x`,
  `https://x.example/y?api_key=${canary}&z=1`,
  `the password is ${canary}`,
];

const INNOCENT = [
  'The password must have twelve characters.',
  'token: required',
  'A token is a word of a text; tokens are counted.',
  'max_tokens: 4096, total_tokens=1234',
  'nextPageToken: none',
  '3f2504e0-4f89-41d3-9a0c-0305e82c3301',
  'e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855',
  'da39a3ee5e6b4b0d3255bfef95601890afd80709',
  '/usr/local/lib/node_modules/some-package/dist/adapters/telemetry.js',
  'src/core/policy/secret-formats.ts:12:3',
  'https://example.com/a/b/c?page=2&sort=name',
  'task-1234567890 sk-foo gh_pages',
  'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk',
  'password: <your password>',
  'api_key=${API_KEY}',
  'Authorization: Bearer {token}',
  'secret: true, password: null',
  'git@github.com:kettle/songs.git',
  'It cost 12:30 at https://shop.example:8443/x@y',
];

describe('redactText', () => {
  it.each(Object.entries(KEYS))('takes out a key of %s: plain, base64, hex and cut in two', (_name, key) => {
    const forms = [
      `before ${key} after`,
      `blob ${base64(`config ${key} end`)} end`,
      `hex ${hex(`config ${key} end`)} end`,
      `const k = "${key.slice(0, 9)}" + "${key.slice(9)}";`,
      `wrapped:\n  ${key.slice(0, 22)}\n  ${key.slice(22)}\n`,
    ];
    for (const form of forms.slice(0, key.length > 34 ? 5 : 4)) {
      const redacted = redactText(form);
      expect(redacted).toContain(REDACTED);
      expect(redacted).not.toContain(key.slice(9));
      expect(hasSecret(form)).toBe(true);
    }
  });

  it.each(ASSIGNED)('takes out what is assigned: %s', (text) => {
    expect(redactText(text)).toContain(REDACTED);
    expect(redactText(text)).not.toContain(canary);
    expect(redactText(text)).not.toContain(base64(`ada:${canary}`));
  });

  it.each(INNOCENT)('leaves %s', (text) => {
    expect(redactText(text)).toBe(text);
    expect(hasSecret(text)).toBe(false);
  });

  it('takes out private keys, cut off or not', () => {
    const begin = join('-----BEGIN ', 'RSA PRIVATE KEY-----');
    const body = `\n${'MIIEpAIBAAKCAQEA7x\n'.repeat(10)}`;
    const whole = `a ${begin}${body}${join('-----END ', 'RSA PRIVATE KEY-----')} z`;
    expect(redactText(whole)).toBe(`a ${REDACTED} z`);
    expect(redactText(`a ${begin}${body}`)).toBe(`a ${REDACTED}`);
    expect(redactText(JSON.stringify({ pem: whole }))).not.toContain('MIIE');
  });

  it('changes nothing the second time', () => {
    for (const text of [...ASSIGNED, ...Object.values(KEYS)]) {
      const once = redactText(text);
      expect(redactText(once)).toBe(once);
    }
  });
});

describe('redact', () => {
  it('goes by the names of members, at any depth, and by what is in strings', () => {
    const value = {
      user: 'ada',
      password: canary,
      nested: [{ 'X-Api-Key': 'abc', apiKey: 17, token: { a: 1 }, refreshToken: 'x', secrets_seen: 3 }],
      note: `key ${KEYS['github']}`,
      parts: [KEYS['github']?.slice(0, 12), KEYS['github']?.slice(12)],
      hasPassword: true,
      nextPageToken: 'CAUQAA',
    } as const;
    expect(redact(JSON.parse(JSON.stringify(value)))).toEqual({
      user: 'ada',
      password: REDACTED,
      nested: [
        { 'X-Api-Key': REDACTED, apiKey: REDACTED, token: REDACTED, refreshToken: REDACTED, secrets_seen: 3 },
      ],
      note: `key ${REDACTED}`,
      parts: [REDACTED, REDACTED],
      hasPassword: true,
      nextPageToken: 'CAUQAA',
    });
  });

  it('gives back as it is what holds no secret, and changes nothing where it does', () => {
    const innocent = { call: 'x1', arguments: { list: ['a', { b: 1 }], path: '/usr/local/lib' } };
    expect(redact(innocent)).toBe(innocent);
    const mixed = { innocent, password: canary };
    expect(redact(mixed)).toEqual({ innocent, password: REDACTED });
    expect(mixed.password).toBe(canary);
  });

  it('stops at a depth that no honest value has', () => {
    let value: unknown = canary;
    for (let depth = 0; depth < 5000; depth++) value = [value];
    expect(JSON.stringify(redact(value as never))).not.toContain(canary);
  });
});
