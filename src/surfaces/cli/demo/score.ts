import type { Terminal } from '../terminal.ts';
import { clean, cleanLine, wrap } from '../text.ts';
import type { Message, WireDirective } from './message.ts';

const LABEL = 11;
const SHOWN_LINES = 3;

/** Prints what the client and the server say to each other, a paragraph a step. */
export interface Score {
  show(message: Message): void;
  /** A line between the acts. */
  say(text: string): void;
  /** How often each kind of decider decided. */
  readonly decided: ReadonlyMap<string, number>;
  readonly directives: number;
}

export function createScore(terminal: Terminal): Score {
  const { bold, cyan, dim, green, red } = terminal.colors;
  const decided = new Map<string, number>();
  let directives = 0;
  const labelled = (label: string, text: string, tint = (each: string) => each) => {
    const [first = '', ...rest] = wrap(text, terminal.width - LABEL).split('\n');
    const lines = [
      dim(label.padEnd(LABEL)) + tint(first),
      ...rest.map((line) => ' '.repeat(LABEL) + tint(line)),
    ];
    for (const line of lines) terminal.line(`  ${line}`);
  };
  const showDirective = (tool: string, { next_step: next, decided: decision, status }: WireDirective) => {
    if (decision) {
      labelled(
        tool === 'resume_workflow' ? 'kept' : 'decided',
        `by ${decision.by}: ${cleanLine(decision.because)}`,
        green,
      );
      if (tool === 'advance_workflow') decided.set(decision.by, (decided.get(decision.by) ?? 0) + 1);
    }
    directives += 1;
    const isEnd = next.step_name === 'FINISH';
    terminal.line(
      `\n${cyan(String(directives).padStart(2))} ${bold(cleanLine(next.step_name))} ${dim(isEnd ? (status ?? '') : tool)}`,
    );
    labelled('told', excerpt(clean(next.instructions), terminal.width - LABEL));
  };
  return {
    decided,
    get directives() {
      return directives;
    },
    say(text) {
      if (terminal.json) return terminal.line(JSON.stringify({ kind: 'said', text }));
      const [heading = '', ...rest] = text.split('\n');
      const lines = wrap(heading, terminal.width)
        .split('\n')
        .map((line) => bold(line));
      terminal.line(['', ...lines, ...rest.map((line) => wrap(line, terminal.width))].join('\n'));
    },
    show(message) {
      if (terminal.json) {
        terminal.line(JSON.stringify(message));
        if (message.kind === 'directive') directives += 1;
        return;
      }
      switch (message.kind) {
        case 'connected':
          return labelled('server', `${cleanLine(message.server)}, process ${message.serverPid}, over stdio`);
        case 'directive':
          return showDirective(message.tool, message.directive);
        case 'did':
          return labelled('did', clean(message.text));
        case 'reported':
          return labelled('reported', reportText(message));
        case 'failed':
          return labelled('failed', clean(message.message), red);
        case 'holding':
      }
    },
  };
}

/** The first lines of instructions; the client read them all. */
function excerpt(text: string, width: number): string {
  const lines = wrap(joinLines(text.trim()), width)
    .split('\n')
    .filter((line) => line.trim());
  const rest = lines.length - SHOWN_LINES;
  return rest > 1 ? [...lines.slice(0, SHOWN_LINES), `… ${rest} more lines`].join('\n') : lines.join('\n');
}

/** Paragraphs and list items on one line each. */
function joinLines(text: string): string {
  return text.replaceAll(/(\S) *\n(?!\s*(?:\n|[-*+] |\d+\. )) */g, '$1 ');
}

function reportText({ report, updates }: Extract<Message, { kind: 'reported' }>): string {
  const { status, ...rest } = report;
  const parts = Object.entries({ ...rest, ...updates }).map(([name, value]) => {
    const text = typeof value === 'string' ? value : JSON.stringify(value);
    return `${name}: ${text.length > 60 ? `${text.slice(0, 59)}…` : text}`;
  });
  return cleanLine([String(status), ...parts].join(' · '));
}
