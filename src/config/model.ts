import type { ModelBudget } from '../core/model/budgets.ts';
import type { AskingSettings } from '../core/model/parts.ts';
import type { EmbeddingTarget, ModelTarget } from '../core/ports/model-wire.ts';
import { defined } from './defined.ts';
import { faultAt } from './fault.ts';
import { modelSchema, type ModelFile } from './model-schema.ts';
import { isSecureAddress } from './secure-address.ts';
import type { ConfigFault, Source } from './source.ts';
import { toMicros } from './servers.ts';

/** How a model is asked. `stub` asks none: its answer is always the first candidate. Holds secrets. */
export type ModelSettings = { readonly kind: 'stub' } | ModelTarget;

/** What the environment says of a model. */
export interface EnvironmentModel {
  /** Outranks the file. */
  readonly model?: ModelSettings;
  /** For where the file names none. */
  readonly fallback?: ModelSettings;
  readonly timeoutMs?: number;
  /** A key is there, and no address that it is for. */
  readonly hasIdleKey?: boolean;
}

export interface ModelConfig {
  /** Absent: no model is asked. */
  readonly model?: ModelSettings;
  /** The variable that names the model, where it is not the file that does. */
  readonly modelSetBy?: string;
  /** Absent: no vectors are asked for. */
  readonly embeddings?: EmbeddingTarget;
  readonly asking: AskingSettings;
}

const MIB = 1_048_576;
const URLS = { openai: 'https://api.openai.com/v1', anthropic: 'https://api.anthropic.com/v1' };
const DEFAULTS = modelSchema.parse({});
/** What a service is asked for whose model nobody named: many have but one. */
export const ONLY = 'default';

/** The environment outranks the file; what it names replaces all that the file says of whom to ask. */
export function toModelConfig(
  file: ModelFile = DEFAULTS,
  { model: named, fallback, timeoutMs }: EnvironmentModel = {},
): ModelConfig {
  const asking = toAsking(file, timeoutMs);
  if (named?.kind === 'stub') return { model: named, asking };
  const written = toModel(file);
  const model = named ?? written ?? fallback;
  const modelSetBy = setBy({ named, written, fallback });
  const embeddings = model?.kind === 'stub' || !file.embeddings ? undefined : defined(file.embeddings);
  return { ...defined({ model, modelSetBy, embeddings }), asking };
}

interface Sources {
  readonly named: ModelSettings | undefined;
  readonly written: ModelSettings | undefined;
  readonly fallback: ModelSettings | undefined;
}

function setBy({ named, written, fallback }: Sources): string | undefined {
  if (named) return 'AI_SERVICE_ENDPOINT';
  return written === undefined && fallback ? 'GEMINI_API_KEY' : undefined;
}

function toModel({ kind, url, name = ONLY, apiKey, provider }: ModelFile): ModelSettings | undefined {
  if (kind === undefined || kind === 'stub') return kind && { kind };
  if (kind === 'ai') return { kind, name, ...defined({ provider, url, apiKey }) };
  return { kind, name, url: url ?? URLS[kind], ...defined({ apiKey }) };
}

function toAsking(file: ModelFile, timeoutMs: number | undefined): AskingSettings {
  const { concurrency, cache, prices, budgets } = file;
  return {
    timeoutMs: timeoutMs ?? file.timeoutMs,
    concurrency,
    cacheBytes: cache.maxMb * MIB,
    cacheTtlMs: cache.ttlMs,
    prices,
    budgets: budgets.map((each) => toBudget(each)),
  };
}

function toBudget({ cost, ...budget }: ModelFile['budgets'][number]): ModelBudget {
  return { ...defined(budget), ...(cost !== undefined && { costMicros: toMicros(cost) }) };
}

/** What stands in the key `model` and cannot be, although each part of it can. */
export function modelFaults(file: ModelFile | undefined, source: Source): readonly ConfigFault[] {
  if (file === undefined) return [];
  const { kind, name, url, apiKey, provider, prices, budgets, embeddings } = file;
  const asks = kind !== undefined;
  if (kind === 'stub') return stubFaults(file, source);
  const whom = { url, name, apiKey, provider };
  const idle = Object.entries(whom).find(([, value]) => value !== undefined)?.[0];
  const unpriced = [asks ? name : undefined, embeddings?.name].filter(
    (each) => each !== undefined && !Object.hasOwn(prices, each),
  );
  const counted = budgets.findIndex(({ cost }) => cost !== undefined);
  const faults: readonly (readonly [at: readonly (string | number)[], message: string, holds: boolean])[] = [
    [['kind'], `expected a kind, which ${idle} is for, found none`, kind === undefined && idle !== undefined],
    [['name'], 'expected the name of a model, found nothing', asks && name === undefined],
    [['provider'], 'expected only where kind is "ai"', provider !== undefined && kind !== 'ai'],
    [
      ['budgets', counted, 'cost'],
      `expected a price in model.prices for every model that is asked, found none for ${unpriced.join(' and ')}: its cost could not be counted`,
      counted >= 0 && unpriced.length > 0,
    ],
  ];
  return faults
    .filter(([, , holds]) => holds)
    .map(([at, message]) => faultAt(['model', ...at], source, message));
}

/** What would be for a model that is asked; vectors are asked for all the same. */
function stubFaults(
  { url, name, apiKey, provider, prices, embeddings }: ModelFile,
  source: Source,
): readonly ConfigFault[] {
  const idle = defined({ url, name, apiKey, provider });
  const priced = embeddings === undefined && Object.keys(prices).length > 0;
  const found = [...Object.keys(idle), ...(priced ? ['prices'] : [])];
  return found.map((key) =>
    faultAt(['model', key], source, 'expected only where a model is asked: kind "stub" asks nobody'),
  );
}

/** What the user should hear once. */
export function modelWarnings(
  { model, embeddings, asking }: ModelConfig,
  { hasIdleKey = false }: EnvironmentModel = {},
): readonly string[] {
  const asked = [model?.kind === 'stub' ? undefined : model, embeddings].filter((each) => each !== undefined);
  const bare = asked.some(
    ({ apiKey, url }) => apiKey !== undefined && url !== undefined && !isSecureAddress(url),
  );
  const counted = asking.budgets.some(({ costMicros }) => costMicros !== undefined);
  const unpriced = asked.filter(({ name }) => counted && !Object.hasOwn(asking.prices, name));
  const isPricedForNobody =
    model === undefined && embeddings === undefined && Object.keys(asking.prices).length > 0;
  const isNameless = model?.kind === 'openai' && model.name === ONLY;
  return [
    ...only(
      hasIdleKey,
      'AI_SERVICE_API_KEY is set without AI_SERVICE_ENDPOINT, so it is used for nothing. Set the address of the service, too, or take the key away.',
    ),
    ...only(
      bare,
      'model: a key is sent over http to another machine, where everybody on the way can read it. Use https.',
    ),
    ...unpriced.map(
      ({ name }) =>
        `model.budgets counts cost, and model.prices has no price for ${name}: what it costs is not counted.`,
    ),
    ...only(
      isPricedForNobody,
      'model.prices names prices, but no model is configured: nothing is asked that they could be for.',
    ),
    ...only(
      isNameless,
      'The environment names a model without its name (GEMINI_MODEL_NAME): it is asked for as "default".',
    ),
  ];
}

function only(holds: boolean, warning: string): readonly string[] {
  return holds ? [warning] : [];
}
