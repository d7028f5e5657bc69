/** How one MCP client keeps its servers. */
export interface Client {
  /** As it is named on the command line. */
  readonly id: string;
  readonly title: string;
  /** Where its own configuration stands on this machine. */
  readonly file: string;
  readonly format: 'json' | 'yaml' | 'toml';
  /** Members that lead to the settings, where these are but a part of the file. */
  readonly within?: readonly string[];
  /** Whether it stands in a project's own folder: then whoever wrote the project wrote it. */
  readonly isShared?: boolean;
  /** Path of the member that holds the servers. */
  readonly key: string;
  /** `list`: entries carry their own `name`. */
  readonly shape: 'map' | 'list';
  readonly read: (entry: Entry) => Entry;
  /** Whether the settings around the servers switch one off, where they can. */
  readonly isOff?: (name: string, settings: Entry) => boolean;
  readonly write: (command: string, args: readonly string[]) => Entry;
}

export interface Entry {
  readonly [key: string]: unknown;
}

export interface Places {
  readonly home: string;
  /** Where applications keep their settings: `~/.config`, `~/Library/Application Support`, `%APPDATA%`. */
  readonly settings: string;
  /** `~/.config` everywhere but on Windows. */
  readonly dotConfig: string;
}
