import type { BearerToken, HttpSettings, OAuthSettings } from '../../config.ts';
import type { Caller } from '../../core/kernel/caller.ts';
import type { Telemetry } from '../../core/ports/telemetry.ts';
import type { GatewayOperator } from '../../core/gateway/gateway.ts';
import type { People } from '../../core/workflow/people.ts';
import { peopleApi } from './api/api.ts';
import type { PeopleApi } from './api/api.ts';
import { approvalsApi } from './api/approvals.ts';
import { decisionsApi } from './api/decisions.ts';
import { createAuthenticate } from './authenticate.ts';
import type { Authenticate } from './authenticate.ts';
import { resourceMetadata } from './challenge.ts';
import type { ResourceMetadata } from './challenge.ts';
import { createGuard } from './guard.ts';
import type { Guard } from './guard.ts';
import type { KeyLimits } from './issuer-keys.ts';
import { tokenCallers } from './tokens.ts';

/** What of the settings decides who is let in, and may change while requests are served. */
export type Admittance = Pick<
  HttpSettings,
  'tokens' | 'oauth' | 'approvers' | 'allowedHosts' | 'allowedOrigins'
>;

/** Everything that a request passes before it is answered. */
export interface Gate {
  readonly guard: Guard;
  readonly authenticate: Authenticate;
  readonly metadata: ResourceMetadata;
  /** What people decide over; absent where nobody serves a gateway. */
  readonly api: PeopleApi | undefined;
  /** Whether somebody whom the gate before this one let in may go on: nothing about the credential changed. */
  readonly keeps: (caller: Caller) => boolean;
}

/** What waits for people. */
export interface Inboxes {
  readonly approvals: Pick<GatewayOperator, 'approvals' | 'approval' | 'decide'>;
  readonly decisions: Pick<People, 'waiting' | 'question' | 'decide'>;
}

interface GateOptions {
  /** The name or address that was bound. */
  readonly host: string;
  /** Whom requests act for where nobody needs to say who they are. */
  readonly caller: Caller;
  readonly telemetry: Telemetry;
  readonly limits: KeyLimits;
  readonly inboxes?: Inboxes | undefined;
}

/** @throws TuttiError `config/invalid` for an empty token. */
export async function createGate(
  ways: Admittance,
  { host, caller, telemetry, limits, inboxes }: GateOptions,
  before?: Admittance,
): Promise<Gate> {
  const { tokens, oauth, approvers, allowedHosts, allowedOrigins } = ways;
  const known = new Set(isOpen(ways) ? [keyOf(caller)] : tokenCallers(tokens).map((each) => keyOf(each)));
  const isSameIssuer = JSON.stringify(before?.oauth) === JSON.stringify(oauth);
  return {
    guard: createGuard({ host, allowedHosts, allowedOrigins }),
    authenticate: await createAuthenticate({ tokens, oauth, caller, telemetry, keyLimits: limits }),
    metadata: resourceMetadata(oauth),
    api: inboxes && peopleApi([approvalsApi(inboxes.approvals), decisionsApi(inboxes.decisions)], approvers),
    keeps: (each) => known.has(keyOf(each)) || (isSameIssuer && each.owner.startsWith('oauth:')),
  };
}

/** Without any way to say who one is, everybody on this machine is the owner of the process. */
export function isOpen({
  tokens,
  oauth,
}: {
  readonly tokens: readonly BearerToken[];
  readonly oauth?: OAuthSettings | undefined;
}): boolean {
  return tokens.length === 0 && !oauth;
}

function keyOf({ owner, name, grants }: Caller): string {
  return JSON.stringify([owner, name ?? null, grants?.toolsets ?? null, grants?.tools ?? null]);
}
