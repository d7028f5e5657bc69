import type * as NodeSqlite from 'node:sqlite';

/** Loads `node:sqlite` without the warning that Node 22 prints about it; every other warning is let through. */
export function nodeSqlite(): typeof NodeSqlite {
  const original = Object.getOwnPropertyDescriptor(process, 'emitWarning');
  const emitWarning = process.emitWarning.bind(process) as (...parameters: unknown[]) => void;
  process.emitWarning = (...parameters: readonly unknown[]) => {
    if (!isAboutSqlite(...parameters)) emitWarning(...parameters);
  };
  try {
    return process.getBuiltinModule('node:sqlite');
  } finally {
    if (original !== undefined) Object.defineProperty(process, 'emitWarning', original);
  }
}

function isAboutSqlite(warning?: unknown, type?: unknown): boolean {
  return type === 'ExperimentalWarning' && String(warning).startsWith('SQLite is an experimental feature');
}
