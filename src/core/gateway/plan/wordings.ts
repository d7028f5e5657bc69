import { asHandled, nearestNamed } from './antecedent.ts';
import type { Clause } from './clauses.ts';

/** What people say to one another is kept in messages, whatever the question calls it. */
const TALK =
  /\b(?:said|says?|saying|talks?|talked|talking|conversations?|chatter|chatted|chatting|discuss(?:es|ed|ing)?|mention(?:s|ed|ing)?|thinks?|thought|wrote|written|opinions?)\b/iu;
const MAX_READ = 500;

/** A query in the words of those who keep what people say, if it is about that. */
export function asTalk(query: string): string | undefined {
  return TALK.test(query.slice(0, MAX_READ)) ? `${query} messages discussions` : undefined;
}

/** The clauses, each with the one thing that its pronouns can stand for. */
export function withMeant(clauses: readonly Clause[]): readonly Clause[] {
  return clauses.map((clause, at) => {
    const before = clauses.slice(0, at).map(({ text }) => text);
    const [meant, ...others] = nearestNamed(before);
    const handled = asHandled(clause.text, before);
    return {
      ...clause,
      ...(meant !== undefined && others.length === 0 && { meant }),
      ...(handled !== undefined && { handled }),
    };
  });
}
