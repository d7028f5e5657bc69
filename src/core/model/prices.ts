import type { WireTokens } from '../ports/model-wire.ts';

/** Of a million tokens, in the currency of the budgets. */
export interface Price {
  readonly input: number;
  readonly output: number;
}

/** By the name of the model. */
export type Prices = Readonly<Record<string, Price>>;

const MICROS = 1_000_000;

/** In whole micro-units, rounded up; `undefined` where the price or a count is not known. */
export function costMicrosOf(price: Price | undefined, tokens: WireTokens): number | undefined {
  const { inputTokens, outputTokens } = tokens;
  if (price === undefined || inputTokens === undefined) return undefined;
  // Only what nothing is paid for may be left uncounted.
  if (outputTokens === undefined && price.output > 0) return undefined;
  // A price for a million in units is one for each in micro-units.
  return Math.ceil(inputTokens * price.input + (outputTokens ?? 0) * price.output);
}

export function toUnits(micros: number): number {
  return micros / MICROS;
}

export function priceOf(prices: Prices, name: string): Price | undefined {
  return Object.hasOwn(prices, name) ? prices[name] : undefined;
}
