import { homedir, platform } from 'node:os';
import { join } from 'node:path';
import type { Client, Entry, Places } from './client.ts';

/** The clients whose configurations are known, in alphabetical order. */
export function knownClients(places: Places = placesOfSystem()): readonly Client[] {
  const { home, settings, dotConfig } = places;
  const code = join(settings, 'Code', 'User');
  return [
    json('claude-code', 'Claude Code', { file: join(home, '.claude.json') }),
    json('claude-desktop', 'Claude Desktop', {
      file: join(settings, 'Claude', 'claude_desktop_config.json'),
    }),
    json('cline', 'Cline', {
      file: join(code, 'globalStorage', 'saoudrizwan.claude-dev', 'settings', 'cline_mcp_settings.json'),
    }),
    {
      id: 'codex',
      title: 'Codex',
      file: join(home, '.codex', 'config.toml'),
      format: 'toml',
      key: 'mcp_servers',
      shape: 'map',
      read: readCodex,
      write: plain,
    },
    {
      id: 'continue',
      title: 'Continue',
      file: join(home, '.continue', 'config.yaml'),
      format: 'yaml',
      key: 'mcpServers',
      shape: 'list',
      read: readContinue,
      write: plain,
    },
    json('cursor', 'Cursor', { file: join(home, '.cursor', 'mcp.json') }),
    json('gemini-cli', 'Gemini CLI', {
      file: join(home, '.gemini', 'settings.json'),
      // `url` is the older transport there.
      read: (entry) =>
        entry['httpUrl'] === undefined
          ? { ...entry, ...(entry['url'] !== undefined && { type: 'sse' }) }
          : renamed({ httpUrl: 'url' })(entry),
      isOff: isOffInGemini,
    }),
    {
      id: 'goose',
      title: 'Goose',
      file: join(dotConfig, 'goose', 'config.yaml'),
      format: 'yaml',
      key: 'extensions',
      shape: 'map',
      read: readGoose,
      write: (command, args) => ({
        type: 'stdio',
        name: 'tutti',
        enabled: true,
        cmd: command,
        args,
        timeout: 300,
      }),
    },
    json('vscode', 'VS Code', {
      file: join(code, 'mcp.json'),
      key: 'servers',
      write: (command, args) => ({ type: 'stdio', command, args }),
    }),
    json('windsurf', 'Windsurf', {
      file: join(home, '.codeium', 'windsurf', 'mcp_config.json'),
      read: renamed({ serverUrl: 'url' }),
    }),
    json('zed', 'Zed', {
      file: join(dotConfig, 'zed', 'settings.json'),
      key: 'context_servers',
      read: readZed,
      write: (command, args) => ({ source: 'custom', command, args, env: {} }),
    }),
  ];
}

function placesOfSystem(): Places {
  const home = homedir();
  const dotConfig = process.env['XDG_CONFIG_HOME'] ?? join(home, '.config');
  switch (platform()) {
    case 'darwin':
      return {
        home,
        settings: join(home, 'Library', 'Application Support'),
        dotConfig: join(home, '.config'),
      };
    case 'win32': {
      const roaming = process.env['APPDATA'] ?? join(home, 'AppData', 'Roaming');
      return { home, settings: roaming, dotConfig: roaming };
    }
    default:
      return { home, settings: dotConfig, dotConfig };
  }
}

function json(
  id: string,
  title: string,
  { file, ...more }: Pick<Client, 'file'> & Partial<Pick<Client, 'key' | 'read' | 'write' | 'isOff'>>,
): Client {
  return {
    id,
    title,
    file,
    format: 'json',
    key: 'mcpServers',
    shape: 'map',
    read: unchanged,
    write: plain,
    ...more,
  };
}

const unchanged = (entry: Entry): Entry => entry;
const plain = (command: string, args: readonly string[]): Entry => ({ command, args });

function renamed(names: Readonly<Record<string, string>>): (entry: Entry) => Entry {
  return (entry) =>
    Object.fromEntries(
      Object.entries(entry).map(([key, value]) => [
        Object.hasOwn(names, key) ? (names[key] ?? key) : key,
        value,
      ]),
    );
}

/** Names of variables stand there for what they hold. */
function readCodex(entry: Entry): Entry {
  const { bearer_token_env_var: bearer, env_http_headers: named, env_vars: passed, ...rest } = entry;
  const headers = {
    ...toEntry(rest['http_headers']),
    ...Object.fromEntries(Object.entries(toEntry(named)).map(([key, name]) => [key, variable(name)])),
    ...(typeof bearer === 'string' && { Authorization: `Bearer ${variable(bearer)}` }),
  };
  return {
    ...rest,
    ...(Object.keys(headers).length > 0 && { headers }),
    ...withVariables(passed, rest['env']),
  };
}

function readContinue(entry: Entry): Entry {
  const { requestOptions, ...rest } = entry;
  const { headers, ...others } = toEntry(requestOptions);
  return {
    ...rest,
    ...(headers !== undefined && { headers: { ...toEntry(rest['headers']), ...toEntry(headers) } }),
    ...(Object.keys(others).length > 0 && { requestOptions: others }),
  };
}

function withVariables(names: unknown, env: unknown): Entry {
  const texts = Array.isArray(names) ? names.filter((each) => typeof each === 'string') : [];
  if (texts.length === 0) return {};
  return { env: { ...Object.fromEntries(texts.map((each) => [each, variable(each)])), ...toEntry(env) } };
}

function variable(name: unknown): string {
  return `\${env:${String(name)}}`;
}

function toEntry(value: unknown): Entry {
  return value !== null && typeof value === 'object' && !Array.isArray(value) ? (value as Entry) : {};
}

/** Extensions of the kinds `builtin` and `platform` are parts of Goose itself, and no servers. */
function readGoose(entry: Entry): Entry {
  const type = entry['type'];
  if (type === 'stdio')
    return {
      ...renamed({ cmd: 'command', envs: 'env' })(entry),
      ...withVariables(entry['env_keys'], entry['envs']),
      type,
    };
  if (type === 'sse' || type === 'streamable_http')
    return { ...renamed({ uri: 'url' })(entry), type: type === 'sse' ? 'sse' : 'http' };
  return {};
}

/** Older versions nest the command. */
function readZed(entry: Entry): Entry {
  const command: unknown = entry['command'];
  if (command === null || typeof command !== 'object') return entry;
  const { path, args, env } = command as Entry;
  return { ...entry, command: path, args, env };
}

/** Servers are switched off beside their entries there, by name. */
function isOffInGemini(name: string, settings: Entry): boolean {
  const mcp = (settings['mcp'] ?? {}) as Entry;
  const excluded = mcp['excluded'] ?? settings['excludeMCPServers'];
  const allowed = mcp['allowed'] ?? settings['allowMCPServers'];
  return (
    (Array.isArray(excluded) && excluded.includes(name)) ||
    (Array.isArray(allowed) && !allowed.includes(name))
  );
}
