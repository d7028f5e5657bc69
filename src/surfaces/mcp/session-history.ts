import type { Line } from '../../core/session/session.ts';

interface Cuts {
  readonly isCut: boolean;
  readonly lacksMoves: boolean;
}

/** What stands before a conversation that is not given whole. */
export function historyNotes(
  { isCut, lacksMoves }: Cuts,
  older = '',
): readonly { readonly role: 'note'; readonly content: string }[] {
  return [
    ...(isCut ? [`Older ones were left out.${older}`] : []),
    ...(lacksMoves ? ['Older moves between states were left out.'] : []),
  ].map((content) => ({ role: 'note', content }));
}

/** Of the first message among these lines; 1 where there is none. */
export function oldestSeq(lines: readonly Line[]): number {
  return lines.find((line) => line.kind === 'message')?.seq ?? 1;
}
