import { chmodSync, statSync } from 'node:fs';
import { createServer } from 'node:net';
import { dirname } from 'node:path';
import type { App } from '../../../app.ts';
import type { Config } from '../../../config.ts';
import type { ConfigFault } from '../../../config/source.ts';
import { requireSafeBind } from '../../../config/safe-bind.ts';
import type { ServerView } from '../../../core/gateway/gateway.ts';
import { TuttiError } from '../../../core/kernel/errors.ts';
import type { ModelCheck } from '../../../core/ports/model-wire.ts';
import { EXIT } from '../failure.ts';
import { createSession, sessionConfig, type Session } from '../session.ts';
import { table } from '../table.ts';
import { cleanLine, commandWord } from '../text.ts';

export interface DoctorOptions {
  readonly fix?: boolean;
}

/** What one look found. Codes are stable; `docs/reference/doctor.md` explains each. */
interface Finding {
  readonly code: string;
  readonly state: 'ok' | 'warning' | 'error';
  readonly found: string;
  readonly remedy?: string;
}

const OTHERS = 0o077;

/** Looks at everything that Tutti needs, and mends with `fix` what can be mended without a question. Exit code 1 when something is wrong. */
export async function doctor(session: Session, { fix = false }: DoctorOptions): Promise<void> {
  const findings = [node(), ...(await configured(session, fix))];
  if (findings.some(({ state }) => state === 'error')) process.exitCode = EXIT.failed;
  const { terminal } = session;
  const { green, yellow, red } = terminal.colors;
  const paint = { ok: green, warning: yellow, error: red };
  terminal.answer({ findings }, () => {
    const rows = findings.map(({ code, state, found, remedy }) => [
      paint[state](state),
      code,
      remedy === undefined ? found : `${found} → ${remedy}`,
    ]);
    return table(['', 'code', 'found'], rows, terminal);
  });
}

function node(): Finding {
  return { code: 'node/version', state: 'ok', found: `Node ${process.versions.node}` };
}

async function configured(session: Session, fix: boolean): Promise<readonly Finding[]> {
  let config: Config;
  try {
    config = sessionConfig(createSession({ ...session.globals, json: true }));
  } catch (error) {
    return [{ code: 'config/invalid', state: 'error', found: reasonOf(error), remedy: remedyOf(error) }];
  }
  const { createApp, forLooking } = await import('../../../app.ts');
  const findings = [
    {
      code: 'config/read',
      state: 'ok',
      found: config.file ?? 'no configuration file: the defaults',
    } as const,
    ...config.warnings.map((found): Finding => ({ code: 'config/warning', state: 'warning', found })),
    ...privacy(config, fix),
    ...openness(config),
    await port(config),
  ];
  const { path } = config.store;
  try {
    const looking = forLooking(config);
    const app = await createApp(looking);
    try {
      return [
        ...findings,
        {
          code: 'store/open',
          state: 'ok',
          found: looking === config ? path : `${path} (none is there yet; the first start makes it)`,
        },
        ...(await workflows(app)),
        ...(await agents(app, config)),
        ...(await servers(app)),
        ...(await models(app, config)),
        ...(await prompts(app, config)),
        await audit(app),
      ];
    } finally {
      await app.close();
    }
  } catch (error) {
    return [...findings, failure(error)];
  }
}

/** The one command that mends every fault, or the one that lists them. */
function remedyOf(error: unknown): string {
  const faults = error instanceof TuttiError ? (error.data as readonly ConfigFault[] | undefined) : [];
  const [remedy, ...others] = new Set(Array.isArray(faults) ? faults.map((each) => each.remedy) : []);
  return others.length === 0 && remedy !== undefined ? remedy : 'tutti config validate';
}

/** What kept everything from being opened: not always the store. */
function failure(error: unknown): Finding {
  const found = reasonOf(error);
  const code = error instanceof TuttiError ? error.code : 'internal/error';
  if (code.startsWith('store/'))
    return { code: 'store/open', state: 'error', found, remedy: 'name another store' };
  if (code === 'lock/invalid') return { code, state: 'error', found };
  return { code: 'open/failed', state: 'error', found };
}

/** Files that may hold secrets, readable by others. */
function privacy({ file }: Config, fix: boolean): readonly Finding[] {
  const stats = file === undefined ? undefined : statSync(file, { throwIfNoEntry: false });
  if (file === undefined || !stats || process.platform === 'win32') return [];
  const holdsSecrets = dirname(file).startsWith(process.env['HOME'] ?? '\0');
  if (!holdsSecrets || (stats.mode & OTHERS) === 0) return [];
  if (!fix) {
    return [
      {
        code: 'config/readable',
        state: 'warning',
        found: `${file} can be read by others`,
        remedy: 'tutti doctor --fix',
      },
    ];
  }
  chmodSync(file, stats.mode & ~OTHERS);
  return [{ code: 'config/readable', state: 'ok', found: `${file} was readable by others; mended` }];
}

/** Addresses that `serve --http` refuses. */
function openness({ http }: Config): readonly Finding[] {
  try {
    requireSafeBind(http);
    return [];
  } catch (error) {
    return [{ code: 'http/unsafe-bind', state: 'error', found: reasonOf(error), remedy: 'set http.auth' }];
  }
}

async function port({ http }: Config): Promise<Finding> {
  const probe = createServer();
  const free = await new Promise<boolean>((resolve) => {
    probe.once('error', () => resolve(false));
    probe.listen(http.port, http.host, () => resolve(true));
  });
  if (free) await new Promise((resolve) => void probe.close(resolve));
  return free
    ? { code: 'http/port', state: 'ok', found: `${http.host}:${http.port} is free` }
    : {
        code: 'http/port',
        state: 'warning',
        found: `${http.host}:${http.port} is taken, perhaps by a Tutti that runs`,
        remedy: 'another http.port',
      };
}

async function workflows({ orchestrator }: App): Promise<readonly Finding[]> {
  const all = await orchestrator.listWorkflows();
  const broken = all.filter(({ faults }) => faults);
  return [
    {
      code: 'workflows/read',
      state: 'ok',
      found: `${all.length - broken.length} workflow(s) can be started`,
    },
    ...broken.map(({ name }): Finding => ({
      code: 'workflows/broken',
      state: 'warning',
      found: `${name} has faults`,
      remedy: `tutti workflows lint ${commandWord(name)}`,
    })),
  ];
}

async function agents({ orchestrator: { sessions } }: App, config: Config): Promise<readonly Finding[]> {
  const all = await sessions.listAgents();
  const broken = all.filter(({ faults }) => faults);
  const name = config.agents.default;
  return [
    { code: 'agents/read', state: 'ok', found: `${all.length - broken.length} agent(s) can be used` },
    ...(all.some((agent) => agent.isDefault)
      ? []
      : [
          {
            code: 'agents/no-default',
            state: 'error',
            found: `agents.default names ${name}, and there is none`,
            remedy: `tutti agent new ${commandWord(name)}`,
          } as const,
        ]),
    ...broken.map((agent): Finding => ({
      code: 'agents/broken',
      state: agent.isDefault ? 'error' : 'warning',
      found: `${agent.name} has faults`,
      remedy: `tutti agent lint ${commandWord(agent.name)}`,
    })),
  ];
}

async function servers({ orchestrator: { gateway }, caller }: App): Promise<readonly Finding[]> {
  const listed = await gateway.listServers(caller);
  const views = await Promise.all(
    listed.map(async (view) =>
      view.status === 'held' ? view : await gateway.operator.testServer(view.name),
    ),
  );
  return [
    ...views.map((view) => stateOf(view)),
    ...views.flatMap((view) => leftOutOf(view)),
    ...views.flatMap((view) => misnamedIn(view)),
    ...views.flatMap((view) => uncheckedIn(view)),
  ];
}

/** A server of a configuration that nobody trusted: it offers nothing that could be approved. */
function isUntrusted({ status, held, error }: ServerView): boolean {
  return status === 'held' && held.length === 0 && error !== undefined;
}

function stateOf(view: ServerView): Finding {
  const { name, status, tools, error, loginUrl, held } = view;
  if (isUntrusted(view)) {
    const found = `${name} is not started before the configuration is trusted`;
    return { code: 'servers/held', state: 'warning', found, remedy: 'tutti trust' };
  }
  if (loginUrl !== undefined) {
    return {
      code: 'servers/login',
      state: 'warning',
      found: `${name} wants a login`,
      remedy: `tutti servers login ${name}`,
    };
  }
  if (status === 'held' || held.length > 0) {
    return {
      code: 'servers/held',
      state: 'warning',
      found: `${name}: ${held.length} item(s) held`,
      remedy: 'tutti lock diff',
    };
  }
  return status === 'ready'
    ? { code: 'servers/ready', state: 'ok', found: `${name}: ${tools} tool(s)` }
    : {
        code: 'servers/down',
        state: 'error',
        found: `${name}: ${error ?? status}`,
        remedy: `tutti servers logs ${name}`,
      };
}

function leftOutOf({ name, dropped }: ServerView): readonly Finding[] {
  const [first] = dropped;
  if (first === undefined) return [];
  const more = dropped.length === 1 ? '' : `, and ${dropped.length - 1} more`;
  return [
    {
      code: 'servers/left-out',
      state: 'warning',
      found: `${name}: ${first.name} is left out: ${first.reason}${more}`,
      remedy: `tutti servers test ${name}`,
    },
  ];
}

function uncheckedIn({ name, unchecked = [] }: ServerView): readonly Finding[] {
  return unchecked.map(({ message }) => ({
    code: 'servers/unchecked',
    state: 'warning',
    found: `${name}: ${message}`,
    remedy: 'write a rule for the argument, or rely on the server',
  }));
}

function misnamedIn({ name, misnamed = [] }: ServerView): readonly Finding[] {
  return misnamed.map(({ message }) => ({
    code: 'servers/misnamed',
    state: 'warning',
    found: `${name}: ${message}`,
    remedy: 'mend its tools in the configuration',
  }));
}

async function models(app: App, { model, modelSetBy }: Config): Promise<readonly Finding[]> {
  const checks = await app.checkModels();
  const unasked: Finding = {
    code: 'model/none',
    state: 'ok',
    found: model ? 'the stub: the first candidate is taken' : 'no model is asked: the caller decides',
  };
  return [
    ...(checks.some(({ use }) => use === 'model') ? [] : [unasked]),
    ...checks.map((each) => modelState(each, modelSetBy)),
  ];
}

/** @param setBy the variable that names the model, where it is not the file that does. */
function modelState({ use, name, listed, error, packages }: ModelCheck, setBy: string | undefined): Finding {
  const whom = use === 'model' ? name : `${name} (embeddings)`;
  const variable = use === 'model' ? setBy : undefined;
  if (error !== undefined) {
    const found = `${whom}: ${cleanLine(error)}`;
    return {
      code: 'model/down',
      state: 'error',
      found,
      remedy: `mend ${variable ?? 'model in the configuration'}`,
    };
  }
  if (listed !== undefined) {
    const others = cleanLine(listed.slice(0, 5).join(', '));
    const found = `${whom} is not among what its service lists: ${others}${listed.length > 5 ? ', …' : ''}`;
    return {
      code: 'model/unlisted',
      state: 'warning',
      found,
      remedy: `look whether ${variable === undefined ? 'its name' : 'GEMINI_MODEL_NAME'} is right`,
    };
  }
  if (packages !== undefined) {
    const found = `${whom}: ${packages.join(' and ')} can be loaded; whether the service answers was not asked`;
    return { code: 'model/installed', state: 'ok', found };
  }
  return { code: 'model/reached', state: 'ok', found: whom };
}

/** What clients are not shown because something of ours has its name. */
async function prompts({ orchestrator, caller }: App, { toolsets }: Config): Promise<readonly Finding[]> {
  const { listHiddenPrompts } = await import('../../mcp/hidden-prompts.ts');
  const hidden = await listHiddenPrompts(orchestrator, caller, toolsets);
  const code = 'prompts/hidden';
  return [
    ...hidden.workflows.map((name): Finding => {
      const found = `the prompt of the workflow ${name} gives way to that of a state`;
      return {
        code,
        state: 'warning',
        found,
        remedy: 'rename the workflow; start_workflow starts it anyway',
      };
    }),
    ...hidden.servers.map((name): Finding => {
      const found = `the prompt ${name} of a server without a prefix is left out: one of Tutti's own has or looks like its name`;
      return { code, state: 'warning', found, remedy: 'give the server its prefix' };
    }),
  ];
}

async function audit({ orchestrator: { gateway } }: App): Promise<Finding> {
  const { rows, broken } = await gateway.operator.auditVerify();
  return broken
    ? {
        code: 'audit/broken',
        state: 'error',
        found: `row ${broken.seq}: ${broken.problem}`,
        remedy: 'tutti audit verify',
      }
    : { code: 'audit/intact', state: 'ok', found: `${rows} row(s)` };
}

function reasonOf(error: unknown): string {
  return cleanLine(error instanceof Error ? error.message : String(error));
}
