import { lruCache } from './adapters/cache/lru.ts';
import { cockatielCircuit } from './adapters/circuit/cockatiel.ts';
import { createAbort } from './adapters/clock/abort.ts';
import { sha256 } from './adapters/digest/sha256.ts';
import { connectModel } from './adapters/model/connect.ts';
import { embeddingsWire } from './adapters/model/embeddings.ts';
import { exchangeFile } from './adapters/model/exchange-file.ts';
import { firstChoiceModel } from './adapters/model/scripted.ts';
import { ajvSchemas } from './adapters/schema/ajv.ts';
import { after, pause } from './adapters/timer/system.ts';
import type { Config } from './config.ts';
import { createEmbedder } from './core/model/create-embedder.ts';
import { createModel } from './core/model/create-model.ts';
import type { AskingParts } from './core/model/parts.ts';
import type { Embedder } from './core/ports/embedder.ts';
import type { Model } from './core/ports/model.ts';
import type { Store } from './core/ports/store.ts';
import type { AskOver } from './core/workflow/sampling.ts';

/** Whom the product asks. */
interface Models {
  readonly model: Model | undefined;
  readonly embedder: Embedder | undefined;
  /** Asks over a wire that is open for one answer. */
  readonly over: AskOver;
  close(): void;
}

/** Composes whom the configuration says to ask, over the store's sums of what was spent. What is given is taken instead. */
export function modelsOf(
  { model, embeddings, asking, log }: Config,
  given: Partial<Pick<Models, 'model' | 'embedder'>>,
  { store, ...parts }: { readonly store: Store } & Pick<AskingParts, 'clock' | 'telemetry'>,
): Models {
  const asks = embeddings ?? (model?.kind === 'stub' ? undefined : model);
  const exchanges = asks && log.modelFile !== undefined ? exchangeFile(log.modelFile) : undefined;
  const shared: AskingParts = {
    settings: asking,
    after,
    pause,
    createAbort,
    createCircuit: cockatielCircuit,
    createCache: lruCache,
    digest: sha256,
    schemas: ajvSchemas(),
    usage: store.usage,
    ...parts,
    ...(exchanges && { exchanges }),
  };
  return {
    model: given.model ?? modelOf(model, shared),
    embedder: given.embedder ?? (embeddings && createEmbedder(embeddingsWire(embeddings), shared)),
    over: (wire) => createModel(wire, { ...shared, settings: { ...asking, cacheBytes: 0 } }),
    close: () => exchanges?.close(),
  };
}

function modelOf(settings: Config['model'], parts: AskingParts): Model | undefined {
  if (settings?.kind === 'stub') return firstChoiceModel();
  if (settings === undefined) return undefined;
  const { kind, name, url } = settings;
  const at = url === undefined ? {} : { at: new URL(url).origin };
  parts.telemetry.log('info', 'model/configured', { kind, name, ...at });
  return createModel(connectModel(settings), parts);
}
