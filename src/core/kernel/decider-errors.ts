/** What asking people and language models can come to. */
export const deciderErrors = {
  'decision/person': {
    retry: 'never',
    http: 403,
    meaning:
      'A person is to decide this, and nobody else: not the client, not a model, and with policy.fourEyes not whoever asked. Nothing was changed; it still waits.',
  },
  'decision/closed': {
    retry: 'never',
    http: 409,
    meaning:
      'The instance waits for no person: somebody decided before, the time was over, or it went on or ended. The message says which.',
  },
  'decision/too-soon': {
    retry: 'later',
    http: 409,
    meaning:
      'A decision came sooner than workflows.thinkingMs after the question. Nothing was changed; look again, then confirm it.',
  },
  'model/failed': {
    retry: 'later',
    http: 502,
    wire: 'AI_SERVICE_ERROR',
    meaning:
      'No model gave an answer: none could be reached, or none is configured that can. Nothing was changed; report again, or send report.outcome.',
  },
  'model/timeout': {
    retry: 'later',
    http: 504,
    wire: 'AI_SERVICE_ERROR',
    meaning:
      'The model did not answer within model.timeoutMs. Nothing was changed; report again, or send report.outcome.',
  },
  'model/api': {
    retry: 'later',
    http: 502,
    wire: 'AI_SERVICE_ERROR',
    meaning:
      'The service of the model answered with an error. Its status and the beginning of its body stand in `data`; mend the key, the name or the address where they say so.',
  },
  'model/invalid-answer': {
    retry: 'later',
    http: 502,
    wire: 'AI_SERVICE_ERROR',
    meaning:
      'The model answered with something else than what was asked for. The beginning of its answer stands in `data`; nothing was changed.',
  },
  'model/refused': {
    retry: 'never',
    http: 502,
    wire: 'AI_SERVICE_ERROR',
    meaning: 'The model declined to answer. Decide it yourself: send report.outcome.',
  },
} as const;
