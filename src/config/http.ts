import type { Grants } from '../core/kernel/caller.ts';
import type { ConfigFile } from './schema.ts';
import { defined } from './defined.ts';

export interface HttpSettings {
  readonly host: string;
  readonly port: number;
  /** Bearer tokens that are let in. Without these and `oauth`: no authentication. */
  readonly tokens: readonly BearerToken[];
  readonly oauth?: OAuthSettings;
  /** Who decides about approvals at `/api`. */
  readonly approvers: readonly Approver[];
  /** Besides the names of loopback. */
  readonly allowedHosts: readonly string[];
  readonly allowedOrigins: readonly string[];
}

/** A token by itself admits to everything. */
export type BearerToken = string | NamedToken;

export interface NamedToken {
  readonly token: string;
  /** What its bearer is called. */
  readonly name: string;
  readonly grants?: Grants;
}

/** Somebody who decides: the token admits to nothing else. */
export interface Approver {
  readonly token: string;
  readonly name: string;
}

/** Whose JWTs are let in. */
export interface OAuthSettings {
  readonly issuer: string;
  /** A token must be for one of them. */
  readonly audience: readonly string[];
  /** Where its keys are; absent: where it says. */
  readonly jwksUrl?: string;
  /** What a scope admits to; absent: every valid token admits to everything. */
  readonly scopes?: Readonly<Record<string, Grants>>;
}

export function toHttp({ auth, ...http }: ConfigFile['http']): HttpSettings {
  return {
    ...http,
    tokens: auth?.tokens?.map((each) => toToken(each)) ?? [],
    approvers: auth?.approvers ?? [],
    ...(auth?.oauth && { oauth: toOAuth(auth.oauth) }),
  };
}

type AuthFile = NonNullable<ConfigFile['http']['auth']>;

function toToken(given: NonNullable<AuthFile['tokens']>[number]): BearerToken {
  if (typeof given === 'string') return given;
  const { token, name, ...rest } = given;
  const grants = defined(rest);
  return { token, name, ...(Object.keys(grants).length > 0 && { grants }) };
}

function toOAuth({ scopes, ...rest }: NonNullable<AuthFile['oauth']>): OAuthSettings {
  const oauth = defined(rest);
  if (scopes === undefined) return oauth;
  const granted = Object.entries(scopes).map(([scope, grants]) => [scope, defined(grants)] as const);
  return { ...oauth, scopes: Object.fromEntries(granted) };
}
