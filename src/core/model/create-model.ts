import { aroundFence } from '../kernel/fence.ts';
import { canonicalJson } from '../kernel/json.ts';
import type { JsonObject } from '../kernel/json.ts';
import type { Model, ShapedAnswer, ShapeQuestion } from '../ports/model.ts';
import type { ModelWire } from '../ports/model-wire.ts';
import { createChecks, toValue } from './answer.ts';
import { toChoice, toShapeQuestion } from './choice.ts';
import { createLine } from './line.ts';
import type { AskingParts } from './parts.ts';

/** A model over one wire: its answers are checked, its failures typed, and what it may cost is bounded. */
export function createModel(wire: ModelWire, parts: AskingParts): Model {
  const { settings, clock, telemetry } = parts;
  const line = createLine(parts, wire.name);
  const checkOf = createChecks(parts.schemas);
  const kept = parts.createCache<JsonObject>(settings.cacheBytes);
  const keeps = settings.cacheBytes > 0 && settings.cacheTtlMs > 0;

  const shape = async (question: ShapeQuestion): Promise<ShapedAnswer> => {
    question.signal?.throwIfAborted();
    const startedAt = clock.now();
    const { purpose, account, prompt, name, schema } = question;
    const check = checkOf(schema);
    // Whoever asks for a draft again wants another one. What one owner asked is not shown to others, not even by how fast it is answered.
    const key =
      keeps && purpose !== 'author'
        ? parts.digest(
            canonicalJson([wire.identity, account.owner, purpose, aroundFence(question), name, schema]),
          )
        : undefined;
    const known = key === undefined ? undefined : kept.get(key);
    if (known !== undefined) {
      const usage = { name: wire.name, cost: 0, latencyMs: clock.now() - startedAt, cached: true } as const;
      telemetry.log('info', 'model/answered', { purpose, ...account, ...usage, attempts: 0 });
      return { value: known, usage };
    }
    const answered = await line.run<JsonObject>({
      purpose,
      account,
      prompt,
      maxTokens: maxTokensOf(question),
      timeoutMs: question.timeoutMs,
      signal: question.signal,
      isOnce: wire.isOnce,
      told: (value) => value,
      attempt: async ({ signal, before, another }) => {
        const { text, ...tokens } = await wire.send({
          prompt: before?.code === 'model/invalid-answer' ? corrected(prompt, before.message) : prompt,
          name,
          schema,
          maxTokens: maxTokensOf(question),
          another,
          signal,
        });
        return { value: toValue({ text, ...tokens }, check), tokens };
      },
    });
    if (key !== undefined) {
      const bytes = 2 * JSON.stringify(answered.value).length;
      kept.set(key, answered.value, { bytes, ttlMs: settings.cacheTtlMs });
    }
    return answered;
  };
  return { shape, choose: async (question) => toChoice(await shape(toShapeQuestion(question))) };
}

/** Of an answer, what a model thinks before it included; a choice is short. */
const MAX_TOKENS = 8192;
const MAX_CHOICE_TOKENS = 4096;

function maxTokensOf({ purpose }: ShapeQuestion): number {
  return purpose === 'decide' || purpose === 'route' ? MAX_CHOICE_TOKENS : MAX_TOKENS;
}

function corrected(prompt: string, wrong: string): string {
  return `${prompt}\n\nYour last answer could not be used. ${wrong} Answer again.`;
}
