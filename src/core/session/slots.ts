/** A place of a prompt that is filled in. */
export interface Slot {
  /** Where it begins in the text, and what stands there, braces and all. */
  readonly at: number;
  readonly text: string;
  /** `argument`: an argument of the prompt; `data`: task data; `knowledge`: what is known. */
  readonly kind: 'argument' | 'data' | 'knowledge';
  readonly name: string;
}

/** Two pairs of braces with no brace and no line end between them: scanned in linear time. */
const SLOT = /\{\{([^{}\n]*)\}\}/g;
const KEYED = /^(data|knowledge)\s*\.\s*(.+)$/;

/** Every `{{ name }}`, `{{ data.key }}` and `{{ knowledge.key }}` of a prompt, in order. */
export function slotsOf(text: string): readonly Slot[] {
  return Array.from(text.matchAll(SLOT), (match) => {
    const inner = (match[1] ?? '').trim();
    const [, kind, key] = KEYED.exec(inner) ?? [];
    const place = { at: match.index, text: match[0] };
    if (key === undefined) return { ...place, kind: 'argument', name: inner };
    return { ...place, kind: kind === 'data' ? 'data' : 'knowledge', name: key };
  });
}
