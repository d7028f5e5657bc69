import type { Json } from '../kernel/json.ts';
import { TuttiError } from '../kernel/errors.ts';
import { classifyRisk } from '../policy/risk.ts';
import type { ToolDefinition } from '../ports/downstream.ts';
import type { CheckValue, Schemas, Unchecked } from '../ports/schema.ts';
import type { CatalogEntry } from './catalog.ts';
import type { HeldItem } from './gateway.ts';
import type { Judged } from './judge.ts';
import { plainName, toolName } from './names.ts';
import type { Digest } from '../ports/digest.ts';
import type { ServerSettings, ToolSettings } from './settings.ts';

const NOTHING_SAID: ToolSettings = { enabled: true, examples: [] };

/** What the operator wrote about a tool. */
export function toolSettings(server: ServerSettings, tool: string): ToolSettings {
  return (Object.hasOwn(server.tools, tool) ? server.tools[tool] : undefined) ?? NOTHING_SAID;
}

/** Compiled schemas by the hash of the definition they stand in, failures included: a schema that is too much is not tried again. */
export class Checks {
  readonly #schemas: Schemas;
  readonly #unchecked = new Map<string, readonly Unchecked[]>();
  readonly #compiled = new Map<string, CheckValue | { readonly failure: unknown }>();

  constructor(schemas: Schemas) {
    this.#schemas = schemas;
  }

  of(hash: string, tool: ToolDefinition, which: 'inputSchema' | 'outputSchema'): CheckValue {
    const key = `${which}:${hash}`;
    return (value: Json) => {
      let check = this.#compiled.get(key);
      if (check === undefined) {
        check = this.#compile(tool, which);
        this.#compiled.set(key, check);
      }
      if (typeof check !== 'function') throw check.failure;
      return check(value);
    };
  }

  /** What of the input is not looked at. Nothing of a schema that is refused: nothing is sent then. */
  unchecked(hash: string, tool: ToolDefinition): readonly Unchecked[] {
    let found = this.#unchecked.get(hash);
    if (found === undefined) {
      found = this.#lookForUnchecked(tool);
      this.#unchecked.set(hash, found);
    }
    return found;
  }

  #lookForUnchecked({ inputSchema }: ToolDefinition): readonly Unchecked[] {
    if (!JSON.stringify(inputSchema).includes('"pattern')) return [];
    try {
      return this.#schemas.unchecked(inputSchema);
    } catch (error) {
      if (error instanceof TuttiError) return [];
      throw error;
    }
  }

  /** Forgets what is no longer offered. */
  keep(hashes: ReadonlySet<string>): void {
    for (const key of this.#compiled.keys())
      if (!hashes.has(key.slice(key.indexOf(':') + 1))) this.#compiled.delete(key);
    for (const hash of this.#unchecked.keys()) if (!hashes.has(hash)) this.#unchecked.delete(hash);
  }

  #compile(
    tool: ToolDefinition,
    which: 'inputSchema' | 'outputSchema',
  ): CheckValue | { readonly failure: unknown } {
    try {
      // What a call was made for is not lost because its result is costly to check; arguments can still be sent otherwise.
      const whenCostly = which === 'outputSchema' ? 'pass' : 'refuse';
      return this.#schemas.compile(tool[which] ?? {}, { whenCostly });
    } catch (error) {
      return { failure: error instanceof TuttiError ? named(error, `${which} of ${tool.name}`) : error };
    }
  }
}

function named({ code, message, cause }: TuttiError, what: string): TuttiError {
  return new TuttiError(code, `${what}: ${message}`, { cause });
}

/** The tools of a server as the gate needs them. */
export function toEntries(
  server: ServerSettings,
  tools: readonly Judged<ToolDefinition>[],
  means: { readonly checks: Checks; readonly digest: Digest; readonly held: HeldItem | undefined },
): readonly CatalogEntry[] {
  const { checks, digest } = means;
  return tools.flatMap(({ listed, name, hash, held = means.held }) => {
    const settings = toolSettings(server, name);
    if (!settings.enabled) return [];
    return {
      name: server.prefix ? toolName(server.name, name, digest) : plainName(name, digest),
      server,
      tool: listed,
      hash,
      settings,
      risk: classifyRisk(listed, server, settings),
      ...(held === undefined ? {} : { held }),
      checkArguments: checks.of(hash, listed, 'inputSchema'),
      unchecked: () => checks.unchecked(hash, listed),
      ...(listed.outputSchema === undefined ? {} : { checkResult: checks.of(hash, listed, 'outputSchema') }),
    };
  });
}
