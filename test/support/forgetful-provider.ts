import { createOpenAICompatible } from '@ai-sdk/openai-compatible';

/** A provider as those of version 6 of `ai` are: of a refusal nothing is left but the reply that it stood in. */
export function createForgetful(settings: Parameters<typeof createOpenAICompatible>[0]) {
  const provider = createOpenAICompatible(settings);
  return (name: string) => {
    const model = provider(name);
    const generate = model.doGenerate.bind(model);
    model.doGenerate = async (options) => ({
      ...(await generate(options)),
      content: [],
      finishReason: { unified: 'stop', raw: 'stop' },
    });
    return model;
  };
}
