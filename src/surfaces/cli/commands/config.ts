import { configJsonSchema } from '../../../config/schema.ts';
import { sessionConfig, type Session } from '../session.ts';

/** Reads the configuration as every command does; faults are thrown, all at once. */
export function validateConfig(session: Session): void {
  const { http, ...config } = sessionConfig(session);
  const { tokens, ...open } = http;
  const shown = { valid: true, ...config, http: { ...open, tokens: tokens.length } };
  const model = config.model?.kind === 'endpoint' ? { ...config.model, apiKey: undefined } : config.model;
  session.terminal.answer({ ...shown, ...(model && { model }) }, () =>
    [
      `${config.file ?? 'No configuration file: the environment and the defaults'}: valid.`,
      `  store      ${config.store.path}`,
      `  workflows  ${config.workflows.dir}${config.workflows.shipped ? ', over those that ship' : ''}`,
      `  deciders   ${config.workflows.deciders.join(', ')}`,
      `  toolsets   ${config.toolsets.join(', ')}`,
      `  http       ${http.host}:${http.port}, ${tokens.length === 0 ? 'without authentication' : `${tokens.length} token(s)`}`,
    ].join('\n'),
  );
}

/** The schema is JSON whether or not JSON was asked for. */
export function printConfigSchema(): void {
  process.stdout.write(`${JSON.stringify(configJsonSchema(), null, 2)}\n`);
}
