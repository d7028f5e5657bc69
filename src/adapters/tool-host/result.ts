/** The text of a result of the protocol for whatever a tool returned. */
export function toResult(value: unknown): string {
  if (value === undefined) return JSON.stringify({ content: [] });
  if (typeof value === 'string') return JSON.stringify({ content: [textBlock(value)] });
  let text: string | undefined;
  try {
    text = JSON.stringify(value) as string | undefined;
  } catch (error) {
    return toErrorResult(unfit(error instanceof Error ? error.message.split('\n', 1)[0] : undefined));
  }
  if (text === undefined) return toErrorResult(unfit(`a ${typeof value}`));
  if (isResult(value)) return text;
  // The text is JSON already, and may be large: it is put together rather than read and written again.
  const structured = text.startsWith('{') ? text : `{"result":${text}}`;
  return `{"content":[${JSON.stringify(textBlock(text))}],"structuredContent":${structured}}`;
}

/** A result that says what went wrong. */
export function toErrorResult(message: string): string {
  return JSON.stringify({ content: [textBlock(message)], isError: true });
}

function textBlock(text: string) {
  return { type: 'text', text };
}

function unfit(found = 'something else'): string {
  return `The tool was expected to return a text or a JSON value; it returned what JSON cannot hold (${found}). Whatever it did is done.`;
}

/** Whether it is written as the protocol writes results. */
function isResult(value: unknown): boolean {
  if (value === null || typeof value !== 'object' || !('content' in value)) return false;
  const { content } = value;
  return Array.isArray(content) && content.every((block: unknown) => isBlock(block));
}

function isBlock(block: unknown): boolean {
  return block !== null && typeof block === 'object' && 'type' in block && typeof block.type === 'string';
}
