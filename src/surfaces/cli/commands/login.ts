import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { withApp, type Session } from '../session.ts';
import { cleanLine } from '../text.ts';

const WAIT_MS = 300_000;

/** Shows where to log in, waits until the browser comes back, and keeps what it brings. */
export async function loginServer(session: Session, name: string): Promise<void> {
  const { terminal } = session;
  const loggedIn = await withApp(session, async ({ login }) => {
    const back = await listen(login.redirectUrl);
    try {
      const url = await login.begin(name);
      if (url === undefined) return false;
      terminal.note(`Open this address, and agree there (Ctrl-C gives up):\n\n  ${cleanLine(url)}\n`);
      await login.complete(name, await back.visited);
      return true;
    } finally {
      back.close();
    }
  });
  terminal.answer({ server: name, loggedIn }, () =>
    loggedIn ? `Logged in at ${cleanLine(name)}.` : `${cleanLine(name)} lets us in as we are: nothing to do.`,
  );
}

interface Return {
  /** The whole address that the browser came back to. */
  readonly visited: Promise<string>;
  close(): void;
}

async function listen(redirectUrl: string): Promise<Return> {
  const { hostname, port, pathname, origin } = new URL(redirectUrl);
  const { promise, resolve, reject } = Promise.withResolvers<string>();
  const server = createServer((request, response) => {
    const visited = request.url ?? '';
    if (visited.split('?', 1)[0] !== pathname) return void response.writeHead(404).end();
    response.writeHead(200, { 'Content-Type': 'text/plain', Connection: 'close' });
    response.end('Done. You may close this page and go back to the terminal.');
    resolve(`${origin}${visited}`);
  });
  server.listen(Number(port), hostname);
  await once(server, 'listening');
  const timer = setTimeout(
    () =>
      reject(
        new Error(
          `Nobody came back within ${WAIT_MS / 1000} s to port ${(server.address() as AddressInfo).port}.`,
        ),
      ),
    WAIT_MS,
  );
  return {
    visited: promise,
    close: () => {
      clearTimeout(timer);
      server.close();
      server.closeAllConnections();
    },
  };
}
