import { createPrompt } from './prompt.ts';
import type { Terminal } from './terminal.ts';
import type { Interviewer } from './workflow-interview.ts';

/** Asks at the terminal, line by line; an end of input, such as Ctrl-D or Ctrl-C, cancels. */
export function terminalInterviewer(terminal: Terminal): Interviewer & { close(): void } {
  const prompt = createPrompt(true);
  const ask = async (question: string): Promise<string | undefined> => await prompt.ask(`${question} `);
  return {
    text: async (question, fallback) => {
      const rest = fallback === undefined ? '' : terminal.colors.dim(` (empty: ${fallback})`);
      const text = await ask(`${question}${rest}`);
      return text === '' && fallback !== undefined ? fallback : text;
    },
    choose: async (question, options) => {
      terminal.note(question);
      for (const [at, { label }] of options.entries()) terminal.note(`  ${at + 1}. ${label}`);
      for (;;) {
        const text = await ask(`1-${options.length}:`);
        if (text === undefined) return undefined;
        const option = options[Number(text) - 1] ?? options.find(({ value }) => value === text);
        if (option) return option.value;
      }
    },
    note: (text) => terminal.note(text),
    close: () => prompt.close(),
  };
}
