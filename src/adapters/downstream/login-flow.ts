import { StreamableHTTPClientTransport } from '@modelcontextprotocol/client';
import { TuttiError } from '../../core/kernel/errors.ts';
import type { DownstreamOptions } from '../../core/ports/downstream.ts';
import type { DownstreamEnvironment } from './connect.ts';
import { connectDownstream } from './connect.ts';
import { guardedLine } from './guard.ts';
import { guardedFetch } from './guarded-fetch.ts';
import { Login } from './login.ts';
import { explain } from './sdk-http.ts';

/** How a person logs in at servers, for whoever can show an address and hear where the browser comes back to. */
export interface DownstreamLogin {
  /** The address to open; `undefined` when the server lets us in as we are. */
  begin(options: DownstreamOptions): Promise<string | undefined>;
  /**
   * Ends the login that waits, with the address that the browser came back to.
   *
   * @throws TuttiError `downstream/login-needed` when it belongs to another login, or was refused.
   */
  complete(options: DownstreamOptions, callbackUrl: string): Promise<void>;
}

const MAX_BYTES = 1_048_576;

/** Logins over what `environment.login` keeps, so that every connection of every process has what one of them obtained. */
export function downstreamLogin(environment: DownstreamEnvironment): DownstreamLogin {
  return {
    async begin(options) {
      const connection = connectDownstream(environment)(options);
      try {
        await connection.offer();
        return undefined;
      } catch (error) {
        if (!(error instanceof TuttiError) || error.code !== 'downstream/login-needed') throw error;
        return (error.data as { url: string }).url;
      } finally {
        await connection.close();
      }
    },
    complete: (options, callbackUrl) => complete(environment, options, callbackUrl),
  };
}

async function complete(
  environment: DownstreamEnvironment,
  { server, launch }: DownstreamOptions,
  callbackUrl: string,
): Promise<void> {
  const { login: settings, clock, resolve, trustLoopback } = environment;
  if (launch.kind === 'stdio' || settings === undefined) {
    throw new TuttiError(
      'downstream/protocol',
      'Only a server that is reached by an address can be logged in at.',
    );
  }
  const url = new URL(launch.url);
  const login = new Login({ settings, server, url, oauth: launch.oauth, now: () => clock.now() });
  await login.load();
  const { searchParams } = new URL(callbackUrl);
  login.checkState(searchParams.get('state'));
  const line = guardedLine(launch.allowPrivate, resolve);
  const ending = new AbortController();
  const fetch = guardedFetch({
    line,
    grounds: { ...launch, trustLoopback },
    maxBytes: MAX_BYTES,
    signal: ending.signal,
  });
  try {
    const transport = new StreamableHTTPClientTransport(url, { authProvider: login.provider, fetch });
    await transport.finishAuth(searchParams);
  } catch (error) {
    throw explain(error);
  } finally {
    ending.abort();
    await line.end();
  }
}
