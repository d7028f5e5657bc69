import * as z from 'zod';
import { TOOLSETS } from './toolset-names.ts';
import { isSecureAddress } from './secure-address.ts';
import { listOf, names, object, oneOf, recordOf, text } from './field.ts';

const token = () =>
  text('a token').regex(/^[^\s]+$/, { error: 'a token without blanks: a header could not carry it' });

const grants = {
  toolsets: listOf(oneOf(TOOLSETS), 'a list of toolsets')
    .optional()
    .describe('Toolsets it admits to; all that are served by default, none when empty.'),
  tools: names('a list of tools such as "git__*"')
    .optional()
    .describe(
      'Tools of servers it admits to, as `server__tool` with `*` for any characters; all by default, none when empty.',
    ),
};

/** With `@` it could be the name of somebody whom an authorization server knows. */
const APPROVER = 'a name of letters, digits, blanks within, and . _ - @, other than "local"';
const NAME = 'a name of letters, digits, blanks within, and . _ -, other than "local"';

const named = {
  token: token().describe('Best as "${env:NAME}".'),
  name: text(NAME)
    .regex(/^(?!local$)[\w.-](?:[\w .-]{0,62}[\w.-])?$/i, { error: NAME })
    .describe('What its bearer is called in logs, approvals and rules (`caller`).'),
};
const namedTokenSchema = object({ ...named, ...grants });
/** With `@` too: somebody whom an authorization server knows may decide as well, and is the same person then. */
const approverSchema = object({
  token: named.token,
  name: text(APPROVER)
    .regex(/^(?!local$)[\w.@-](?:[\w .@-]{0,126}[\w.@-])?$/i, { error: APPROVER })
    .describe(
      'Who decides, as the log and the approval say it; equal to the name of a caller who is the same person.',
    ),
});

/** As OAuth writes them. */
const SCOPE = /^[\u0021\u0023-\u005B\u005D-\u007E]+$/;

const SECURE = 'an https address (http only on this machine)';
const secureAddress = () => text(SECURE).refine((given) => isSecureAddress(given), { error: SECURE });

const oauthSchema = object({
  issuer: secureAddress().describe(
    'Who issues the tokens: equal to their `iss`. Rules see their bearers as `SUB@HOST`: subject and host of the issuer.',
  ),
  audience: z
    .union([text('an audience'), z.array(text('an audience')).min(1, { error: 'at least one audience' })], {
      error: 'an audience, or a list of at least one',
    })
    .transform((given) => (Array.isArray(given) ? given : [given]))
    .describe(
      'For whom tokens must be (`aud`): best the public address of this server, such as "https://tutti.example.com/mcp".',
    ),
  jwksUrl: secureAddress()
    .optional()
    .describe('Where the public keys of the issuer are. By default where its metadata says.'),
  scopes: recordOf(object(grants))
    .superRefine((scopes, context) => {
      for (const scope of Object.keys(scopes)) {
        if (SCOPE.test(scope)) continue;
        context.addIssue({
          code: 'custom',
          path: [scope],
          message: 'a scope as key, without blanks and quotes',
        });
      }
    })
    .refine((scopes) => Object.keys(scopes).length > 0, {
      error: 'at least one scope; without `scopes`, every valid token admits to everything',
    })
    .optional()
    .describe('What a scope of a token admits to. A token with none of them is refused.'),
}).describe('OAuth: JWTs of an authorization server are let in.');

export const authSchema = object({
  tokens: listOf(
    z.union([token(), namedTokenSchema], {
      error: (issue) =>
        typeof issue.input === 'object' && issue.input !== null
          ? 'a token with a name'
          : 'a token without blanks: a header could not carry it',
    }),
    'a list of tokens',
  )
    .min(1, { error: 'at least one token; without `auth`, loopback is open to this machine' })
    .optional()
    .describe(
      'Bearer tokens that are let in, best as "${env:NAME}"; or {token, name, toolsets, tools} for one with a name and bounds.',
    ),
  oauth: oauthSchema.optional(),
  approvers: listOf(approverSchema, 'a list of tokens with names')
    .min(1, { error: 'at least one approver' })
    .optional()
    .describe(
      'People who decide, about approvals at /api/approvals and about runs at /api/decisions: {token, name}. Their tokens admit to nothing else, and no other token admits there.',
    ),
})
  .refine(({ tokens, oauth }) => tokens !== undefined || oauth !== undefined, {
    error: '"tokens" or "oauth" (also beside "approvers"); without `auth`, loopback is open to this machine',
  })
  .superRefine(({ tokens = [], approvers = [] }, context) => {
    const known = new Set<string>();
    const check = (list: 'tokens' | 'approvers', given: typeof tokens): void => {
      const seen = new Set<string>();
      for (const [at, each] of given.entries()) {
        const secret = typeof each === 'string' ? each : each.token;
        if (known.has(secret)) {
          const message = 'a token that stands here only once';
          context.addIssue({ code: 'custom', path: [list, at], message });
        }
        known.add(secret);
        if (typeof each === 'string') continue;
        if (seen.has(each.name)) {
          const message = 'a name that no other token has';
          context.addIssue({ code: 'custom', path: [list, at, 'name'], message });
        }
        seen.add(each.name);
      }
    };
    check('tokens', tokens);
    check('approvers', approvers);
  })
  .describe('Who is let in. Without it, only processes of this machine are.');
