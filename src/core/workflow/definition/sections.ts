import type { Document } from '../../kernel/document.ts';
import type { Fault } from '../../kernel/fault.ts';
import type { Expanded } from './includes.ts';
import { cutSections } from './section.ts';
import type { Section } from './section.ts';

export interface Sections {
  readonly guidance: Section | undefined;
  readonly instructions: Section | undefined;
  readonly transitions: Section | undefined;
  readonly faults: readonly Fault[];
}

const GUIDANCE = 'orchestrator guidance';
const INSTRUCTIONS = 'client instructions';
const TRANSITIONS = 'transitions';

interface Expected {
  /** Whether the step must have guidance. */
  readonly guidance: boolean;
  readonly file: string;
  /** Guidance for a step that has none: as if it had said nothing, the next in order follows. */
  readonly onward: string;
}

/** Takes a step's file apart; sections for people are passed by. */
export function readSections(
  document: Document,
  expanded: Expanded,
  { guidance, file, onward }: Expected,
): Sections {
  const { found, faults, lack } = cutSections(
    document,
    expanded,
    new Set([GUIDANCE, INSTRUCTIONS, TRANSITIONS]),
  );
  return {
    guidance: found.get(GUIDANCE),
    instructions: found.get(INSTRUCTIONS),
    transitions: found.get(TRANSITIONS),
    faults: [
      ...faults,
      ...(guidance ? lack('# Orchestrator Guidance', { file, text: onward }) : []),
      ...lack('# Client Instructions', { file }),
    ],
  };
}
