import { Facts } from './facts.ts';
import type { Guidance, Picture } from './guidance.ts';
import type { CompiledGuidance } from './statement.ts';
import { truthOf } from './truth.ts';

/**
 * The sentences that still matter in a picture, each once: those that nothing certain is known of before those that hold. What is known not
 * to hold is left out.
 */
export function openSentences(guidance: Guidance, picture: Picture): readonly string[] {
  const facts = new Facts(picture);
  const weighed = statementsOf(guidance).map(({ because, condition }) => ({
    because,
    truth: truthOf(condition, facts),
  }));
  const open = weighed.filter(({ truth }) => truth === undefined);
  const holding = weighed.filter(({ truth }) => truth === true);
  return [...new Set([...open, ...holding].map(({ because }) => because))];
}

function statementsOf(guidance: Guidance): CompiledGuidance['statements'] {
  return 'statements' in guidance ? (guidance as CompiledGuidance).statements : [];
}
