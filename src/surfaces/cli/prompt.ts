import { createInterface } from 'node:readline';

/** Asks on the terminal, or reads the lines of a pipe one by one. */
export interface Prompt {
  /** The trimmed answer; `undefined` once the input has ended. */
  ask(question: string): Promise<string | undefined>;
  close(): void;
}

/** Lines that come before they are asked for wait their turn, so that answers can be piped in. */
export function createPrompt(interactive: boolean): Prompt {
  const lines = createInterface({
    input: process.stdin,
    ...(interactive && { output: process.stderr }),
    terminal: interactive,
  });
  const answers: string[] = [];
  const waiting: ((answer: string | undefined) => void)[] = [];
  let ended = false;
  lines.on('line', (line) => {
    const next = waiting.shift();
    if (next) next(line.trim());
    else answers.push(line.trim());
  });
  lines.on('close', () => {
    ended = true;
    for (const next of waiting.splice(0)) next(undefined);
  });
  return {
    ask(question) {
      const answer = answers.shift();
      if (answer !== undefined || ended) return Promise.resolve(answer);
      if (interactive) {
        lines.setPrompt(question);
        lines.prompt();
      }
      return new Promise((resolve) => void waiting.push(resolve));
    },
    close: () => lines.close(),
  };
}

/** Whether somebody at the terminal types the word yes. */
export async function confirm(question: string): Promise<boolean> {
  const prompt = createPrompt(true);
  const answer = await prompt.ask(question);
  prompt.close();
  return answer === 'yes';
}
