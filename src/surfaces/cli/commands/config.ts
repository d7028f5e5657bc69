import type { Config } from '../../../config.ts';
import { requireSafeBind } from '../../../config/safe-bind.ts';
import { configJsonSchema } from '../../../config/schema.ts';
import { EXIT } from '../failure.ts';
import { sessionConfig, type Session } from '../session.ts';

/** Reads the configuration as every command does; faults are thrown, all at once, and so is what `serve` would refuse. */
export function validateConfig(session: Session): void {
  const { http, gateway, model, embeddings, ...config } = sessionConfig(session);
  requireSafeBind(http);
  const { tokens, ...open } = http;
  const { servers, broken, ...rules } = gateway;
  // What is passed to servers holds secrets.
  const named = servers.map(({ name, enabled, launch }) => ({ name, enabled, kind: launch.kind }));
  const wrong = broken.filter(({ status }) => status === 'down');
  // Every other command goes on without them; whoever asks whether all is well is told.
  if (wrong.length > 0) process.exitCode = EXIT.unusable;
  const shown = {
    valid: wrong.length === 0,
    ...config,
    http: { ...open, tokens: tokens.length },
    gateway: { servers: named, broken, ...rules },
  };
  const asked = {
    ...(model && { model: withoutSecrets(model) }),
    ...(embeddings && { embeddings: withoutSecrets(embeddings) }),
  };
  session.terminal.answer({ ...shown, ...asked }, () =>
    [
      `${config.file ?? 'No configuration file: the environment and the defaults'}: ${wrong.length === 0 ? 'valid' : `valid, save ${wrong.length} server(s)`}.`,
      `  store      ${config.store.path}`,
      `  workflows  ${config.workflows.dir}${config.workflows.shipped ? ', over those that ship' : ''}`,
      `  deciders   ${config.workflows.deciders.join(', ')}`,
      `  model      ${modelText(model)}`,
      `  toolsets   ${config.toolsets.join(', ')}`,
      `  servers    ${servers.map(({ name }) => name).join(', ') || 'none'}${broken.length === 0 ? '' : `, and ${broken.length} left out`}`,
      `  http       ${http.host}:${http.port}, ${authenticationText(http)}`,
    ].join('\n'),
  );
}

/** Without the key, and without what stands after the path of an address, which may be one. */
function withoutSecrets<T extends object>(given: T): T {
  const { url } = given as { readonly url?: string };
  const address = url === undefined ? undefined : new URL(url);
  return { ...given, apiKey: undefined, ...(address && { url: `${address.origin}${address.pathname}` }) };
}

function modelText(model: Config['model']): string {
  if (model === undefined || model.kind === 'stub') return model?.kind ?? 'none';
  return `${model.name} (${model.kind}${model.url === undefined ? '' : `, ${new URL(model.url).host}`})`;
}

function authenticationText({ tokens, oauth }: Config['http']): string {
  const ways = [
    ...(tokens.length > 0 ? [`${tokens.length} token(s)`] : []),
    ...(oauth ? [`tokens of ${oauth.issuer}`] : []),
  ];
  return ways.join(' and ') || 'without authentication';
}

/** The schema is JSON whether or not JSON was asked for. */
export function printConfigSchema(): void {
  process.stdout.write(`${JSON.stringify(configJsonSchema(), null, 2)}\n`);
}
