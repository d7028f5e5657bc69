import { randomBytes } from 'node:crypto';
import type {
  OAuthClientProvider,
  OAuthDiscoveryState,
  StoredOAuthClientInformation,
  StoredOAuthTokens,
} from '@modelcontextprotocol/client';
import { TuttiError } from '../../core/kernel/errors.ts';
import { isJsonObject } from '../../core/kernel/json.ts';
import type { Json, JsonObject } from '../../core/kernel/json.ts';
import type { DownstreamOAuth } from '../../core/ports/downstream.ts';
import type { Vault } from '../../core/ports/vault.ts';
import { toPlain } from './wire.ts';

/** How we log in at servers. */
export interface LoginSettings {
  readonly tokens: Pick<Vault, 'read' | 'write'>;
  /** Where the browser comes back to: a loopback address that a person's login command listens on. */
  readonly redirectUrl: string;
  /** What we call ourselves to people who are asked to consent. */
  readonly clientName: string;
  /** An address that describes us, for servers that want no registration. */
  readonly clientMetadataUrl?: string | undefined;
}

export interface LoginOptions {
  readonly settings: LoginSettings;
  readonly server: string;
  readonly url: URL;
  readonly oauth: DownstreamOAuth | undefined;
  readonly now: () => number;
}

/** What is kept between a login's beginning and its end, and after. Clients and tokens are of one issuer each. */
interface Kept {
  issuer?: string;
  clients?: Record<string, StoredOAuthClientInformation>;
  tokens?: Record<string, StoredOAuthTokens>;
  discovery?: OAuthDiscoveryState;
  pending?: { url: string; verifier: string; state: string; at: number };
}

/** A login that nobody finished is begun anew after so long. */
const PENDING_MS = 600_000;

/** The login of ours at one server. */
export class Login {
  readonly provider: OAuthClientProvider;
  readonly #options: LoginOptions;
  readonly #name: string;
  #kept: Kept = {};
  #renewed = Promise.withResolvers<void>();
  #verifier = '';
  #state = '';

  constructor(options: LoginOptions) {
    this.#options = options;
    this.#name = `oauth:${options.server}:${options.url.origin}${options.url.pathname}`;
    this.provider = this.#toProvider();
  }

  /** Learns what was kept, perhaps by another process. */
  async load(): Promise<void> {
    const found = await this.#options.settings.tokens.read(this.#name);
    this.#kept = isJsonObject(found) ? structuredClone(found) : {};
  }

  /** What goes with each request. */
  token(): string | undefined {
    return this.#tokens()?.access_token;
  }

  /** Settles with the next token. */
  get renewed(): Promise<void> {
    return this.#renewed.promise;
  }

  /** A login that waits for a person. */
  pending(): TuttiError | undefined {
    const { pending } = this.#kept;
    if (pending === undefined || this.#options.now() - pending.at > PENDING_MS) return undefined;
    return loginNeeded(this.#options.server, pending.url);
  }

  /** @throws TuttiError `downstream/login-needed` when the address does not belong to the login that waits. */
  checkState(state: string | null): void {
    const expected = this.#kept.pending?.state;
    if (expected !== undefined && state === expected) return;
    throw new TuttiError(
      'downstream/login-needed',
      'The address does not belong to the login that was begun. Begin it again.',
    );
  }

  #tokens(): StoredOAuthTokens | undefined {
    const { issuer, tokens } = this.#kept;
    return issuer === undefined ? undefined : tokens?.[issuer];
  }

  #client(issuer: string | undefined): StoredOAuthClientInformation | undefined {
    const stored = issuer === undefined ? undefined : this.#kept.clients?.[issuer];
    const { clientId, clientSecret } = this.#options.oauth ?? {};
    if (clientId === undefined || stored?.client_id === clientId) return stored;
    return { client_id: clientId, ...(clientSecret !== undefined && { client_secret: clientSecret }) };
  }

  async #save(): Promise<void> {
    await this.#options.settings.tokens.write(this.#name, this.#kept as unknown as JsonObject);
  }

  async #begin(url: URL): Promise<void> {
    if (url.protocol !== 'https:' && url.protocol !== 'http:') {
      throw new TuttiError(
        'downstream/protocol',
        `Expected an http or https address to log in at, found ${toPlain(url.protocol, 40)}.`,
      );
    }
    const at = this.#options.now();
    // People paste it into shells: what these act on is written in its other form.
    const href = url.href.replaceAll(/[$`'()*!]/g, percentEncoded);
    this.#kept.pending = { url: href, verifier: this.#verifier, state: this.#state, at };
    await this.#save();
  }

  async #forget(scope: 'all' | 'client' | 'tokens' | 'verifier' | 'discovery'): Promise<void> {
    const { issuer = '' } = this.#kept;
    if (scope === 'all' || scope === 'tokens') delete this.#kept.tokens?.[issuer];
    if (scope === 'all' || scope === 'client') delete this.#kept.clients?.[issuer];
    if (scope === 'all' || scope === 'discovery') delete this.#kept.discovery;
    if (scope === 'all' || scope === 'verifier') delete this.#kept.pending;
    await this.#save();
  }

  #toProvider(): OAuthClientProvider {
    const { settings, oauth } = this.#options;
    const kept = () => this.#kept;
    const save = () => this.#save();
    const scope = oauth === undefined || oauth.scopes.length === 0 ? undefined : oauth.scopes.join(' ');
    return {
      redirectUrl: settings.redirectUrl,
      ...(settings.clientMetadataUrl !== undefined && { clientMetadataUrl: settings.clientMetadataUrl }),
      clientMetadata: {
        client_name: settings.clientName,
        redirect_uris: [settings.redirectUrl],
        grant_types: ['authorization_code', 'refresh_token'],
        response_types: ['code'],
        ...(scope !== undefined && { scope }),
      },
      state: () => {
        this.#state = randomBytes(16).toString('base64url');
        return this.#state;
      },
      clientInformation: (context) => this.#client(context?.issuer ?? kept().issuer),
      saveClientInformation: async (client, context) => {
        const issuer = context?.issuer ?? client.issuer ?? '';
        kept().clients = { ...kept().clients, [issuer]: client };
        await save();
      },
      tokens: (context) => {
        const { issuer, tokens } = kept();
        const of = context?.issuer ?? issuer;
        return of === undefined ? undefined : tokens?.[of];
      },
      saveTokens: async (tokens, context) => {
        const issuer = context?.issuer ?? tokens.issuer ?? '';
        const { pending } = kept();
        // A server that does not say what it granted, granted what was asked for.
        const asked = pending && new URL(pending.url).searchParams.get('scope');
        const granted = tokens.scope ?? asked ?? kept().tokens?.[issuer]?.scope;
        kept().issuer = issuer;
        kept().tokens = {
          ...kept().tokens,
          [issuer]: granted === undefined ? tokens : { ...tokens, scope: granted },
        };
        delete kept().pending;
        await save();
        this.#renewed.resolve();
        this.#renewed = Promise.withResolvers();
      },
      redirectToAuthorization: (url) => this.#begin(url),
      saveCodeVerifier: (verifier) => {
        this.#verifier = verifier;
      },
      codeVerifier: () => kept().pending?.verifier ?? this.#verifier,
      saveDiscoveryState: async (state) => {
        kept().discovery = state;
        await save();
      },
      // Only for the way back: whoever begins anew looks where the server sends people now.
      discoveryState: () => (kept().pending === undefined ? undefined : kept().discovery),
      invalidateCredentials: (scope_) => this.#forget(scope_),
    };
  }
}

function loginNeeded(server: string, url: string): TuttiError {
  return new TuttiError(
    'downstream/login-needed',
    `The server wants a login. Open the address in \`url\`, or run \`tutti servers login ${toPlain(server, 64)}\`.`,
    { data: { url } satisfies Record<string, Json> },
  );
}

function percentEncoded(character: string): string {
  return `%${character.charCodeAt(0).toString(16).toUpperCase()}`;
}
