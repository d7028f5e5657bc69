import type { Tool } from '@modelcontextprotocol/server';

// Fragments that several tools share. Roots carry no `required` in answers, so that an error keeps its code in every client.

type InputSchema = Tool['inputSchema'];
type OutputSchema = NonNullable<Tool['outputSchema']>;
type Properties = NonNullable<InputSchema['properties']>;

export const TEXT = { type: 'string' } as const;
export const OBJECT = { type: 'object' } as const;

const FLAT_REPORT = {
  status: {
    type: 'string',
    description:
      'success, failure, data_provided, needs_clarification, in_progress, or another word; may be left out beside outcome',
  },
  outcome: { type: 'string', description: 'id of the listed outcome that fits' },
  step_id: { type: 'string', description: 'the step this is about' },
  result: { description: 'what the step produced' },
  details: {},
  message: {},
  error: {},
} as const;

export const REPORT = {
  type: 'object',
  description: 'What happened',
  properties: FLAT_REPORT,
};

export const UPDATES = { type: 'object', description: 'Merged into the context first' } as const;

export const LIMIT = { type: 'integer', minimum: 1, maximum: 500 } as const;

export const FILES = {
  type: 'object',
  additionalProperties: TEXT,
  description: 'Texts by path: index.md, steps/NAME.md',
} as const;

export const DIRECTIVE: OutputSchema = answers({
  instance_id: TEXT,
  status: TEXT,
  step_token: TEXT,
  next_step: OBJECT,
  current_context: OBJECT,
  decision_required: OBJECT,
});

export const STATUS: OutputSchema = answers({
  instance_id: TEXT,
  current_step_name: TEXT,
  status: TEXT,
  next_step: OBJECT,
  step_token: TEXT,
});

export function takes(properties: Properties, required: string[] = []): InputSchema {
  return { type: 'object', properties, ...(required.length > 0 && { required }) };
}

export function answers(properties: Properties): OutputSchema {
  return { type: 'object', properties };
}
