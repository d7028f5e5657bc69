import type { Digest } from '../ports/digest.ts';
import { foldName, printedName } from './confusables.ts';

/** What clients accept as the name of a tool. */
const NAME_MAX_LENGTH = 64;
const OWN_NAME_MAX_LENGTH = 128;
const SERVER_NAME_MAX_LENGTH = 40;
const HASH_LENGTH = 8;
export const SEPARATOR = '__';

const NAME = /^[A-Za-z0-9_.-]+$/;

/** Names that only Tutti's own tools have, and Tutti itself. */
const RESERVED = new Set(
  `tutti ask find_tools describe_tool call_tool call_tool_read call_tool_write call_tool_destructive list_servers
  list_approvals get_approval list_workflows start_workflow get_workflow_status advance_workflow resume_workflow
  get_howto_create_workflow_content save_workflow list_instances cancel_workflow suspend_workflow fork_workflow
  delete_instance get_workflow_history validate_workflow start_session end_session list_sessions resume_session
  transition_state get_current_state store_knowledge get_knowledge search_knowledge list_knowledge_keys store_task_data
  get_task_data list_task_data_keys add_user_message add_assistant_message add_system_message
  get_conversation_history session_timeline delete_task_data delete_knowledge export_knowledge upgrade_session list_agents`
    .split(/\s+/)
    .map((name) => foldName(name)),
);

/** Whether a name is one that Tutti keeps for itself, spelled so or alike. */
export function isReserved(name: string): boolean {
  return RESERVED.has(foldName(name));
}

/** `server__tool`, or what replaces it when that is longer than 64 characters. A pure function of the two. */
export function toolName(server: string, tool: string, digest: Digest): string {
  return bounded(`${server}${SEPARATOR}${tool}`, digest);
}

/** A tool's own name where its server has no prefix. */
export function plainName(tool: string, digest: Digest): string {
  return bounded(tool, digest);
}

function bounded(name: string, digest: Digest): string {
  if (name.length <= NAME_MAX_LENGTH) return name;
  return `${name.slice(0, NAME_MAX_LENGTH - HASH_LENGTH - 1)}_${digest(name).slice(0, HASH_LENGTH)}`;
}

/** What is wrong with the name that a server gives to a tool or prompt, if anything. */
export function nameFault(name: string): string | undefined {
  if (name === '') return 'Its name is empty.';
  if (name.length > OWN_NAME_MAX_LENGTH)
    return `Its name has ${name.length} characters; at most ${OWN_NAME_MAX_LENGTH} are allowed.`;
  if (!NAME.test(name)) return 'Its name holds other characters than letters, digits, `_`, `-` and `.`.';
  return undefined;
}

/** What is wrong with the name of a server in the configuration, if anything. */
export function serverNameFault(name: string): string | undefined {
  if (name === '' || !NAME.test(name))
    return `A server's name holds letters of ASCII, digits, "_", "-" and "." only; found ${JSON.stringify(name)}. Rename it.`;
  if (name.length > SERVER_NAME_MAX_LENGTH)
    return `A server's name has at most ${SERVER_NAME_MAX_LENGTH} characters; ${JSON.stringify(name)} has ${name.length}. Shorten it.`;
  if (name.includes(SEPARATOR) || name.endsWith('_'))
    return `A server's name must not hold "__" nor end in "_", which separate it from its tools; found ${JSON.stringify(name)}. Rename it.`;
  if (isReserved(name)) return `The name ${JSON.stringify(name)} is Tutti's own. Rename the server.`;
  return undefined;
}

/** Takes names as long as none looks like one that was taken before. */
export function nameRegister(): {
  /** Who has a name that this one could be taken for; `undefined`, and the name is taken, when nobody has. */
  take(name: string, owner: string): string | undefined;
} {
  const folded = new Map<string, string>();
  const printed = new Map<string, string>();
  return {
    take(name, owner) {
      const fold = foldName(name);
      const print = printedName(name);
      const holder = folded.get(fold);
      if (holder !== undefined) return holder;
      // What one server calls its own tools harms nobody else.
      const stranger = printed.get(print);
      if (stranger !== undefined && stranger !== owner) return stranger;
      folded.set(fold, owner);
      if (stranger === undefined) printed.set(print, owner);
      return undefined;
    },
  };
}

/** The servers whose names can be used, and why the others cannot. The first of two that look alike keeps its name. */
export function admitServers<T extends { readonly name: string }>(
  servers: readonly T[],
): { readonly admitted: readonly T[]; readonly refused: ReadonlyMap<T, string> } {
  const register = nameRegister();
  const refused = new Map<T, string>();
  const admitted = servers.filter((server) => {
    let fault = serverNameFault(server.name);
    if (fault === undefined) {
      const other = register.take(server.name, server.name);
      if (other !== undefined)
        fault = `The name ${JSON.stringify(server.name)} could be taken for that of the server ${JSON.stringify(other)}. Rename one of them.`;
    }
    if (fault !== undefined) refused.set(server, fault);
    return fault === undefined;
  });
  return { admitted, refused };
}
