import { TuttiError } from '../../kernel/errors.ts';
import type { Json } from '../../kernel/json.ts';
import type { Stage } from '../call.ts';
import { HOPS_KEY } from '../onward.ts';

const NONE: readonly string[] = [];

/** Orchestrators behind orchestrators: no more than so many, and none twice. */
export const hops: Stage = {
  name: 'hops',
  admit: (call) => {
    const passed = hopsOf(call.input.meta?.[HOPS_KEY]);
    const { maxHops } = call.policy.settings;
    const { orchestratorId } = call.gate;
    if (passed === undefined) {
      const message = `_meta["${HOPS_KEY}"] must be a list of texts.`;
      return { kind: 'stop', error: new TuttiError('input/invalid-format', message) };
    }
    const isBack = passed.includes(orchestratorId);
    if (isBack || passed.length >= maxHops) {
      const message = isBack
        ? 'The call came back to the orchestrator it had passed before. Nothing was sent.'
        : `The call passed ${passed.length} orchestrators; at most ${maxHops} may stand in its way. Nothing was sent.`;
      return { kind: 'stop', error: new TuttiError('call/loop', message) };
    }
    call.hops = passed;
    return call.pass(() => `It passed ${passed.length} orchestrators of at most ${maxHops}.`);
  },
};

function hopsOf(value: Json | undefined): readonly string[] | undefined {
  if (value === undefined) return NONE;
  if (!Array.isArray(value)) return undefined;
  const list = value as readonly Json[];
  return list.every((each): each is string => typeof each === 'string') ? list : undefined;
}
