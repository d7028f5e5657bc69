import * as z from 'zod';

/** A directive as it comes over the wire; only what the demonstration shows. */
export const directiveSchema = z.object({
  instance_id: z.string(),
  status: z.string().optional(),
  step_token: z.string().optional(),
  next_step: z.object({ step_name: z.string(), instructions: z.string() }),
  current_context: z.record(z.string(), z.unknown()),
  decided: z.object({ by: z.string(), because: z.string() }).optional(),
  decision_required: z.object({ guidance: z.string() }).optional(),
});

/** What the client process tells the demonstration, one message at a time. */
export const messageSchema = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('connected'), serverPid: z.number(), server: z.string() }),
  z.object({ kind: z.literal('directive'), tool: z.string(), directive: directiveSchema }),
  z.object({ kind: z.literal('did'), text: z.string() }),
  z.object({
    kind: z.literal('reported'),
    report: z.record(z.string(), z.unknown()),
    updates: z.record(z.string(), z.unknown()),
  }),
  z.object({ kind: z.literal('holding') }),
  z.object({ kind: z.literal('failed'), message: z.string() }),
]);

export type WireDirective = z.infer<typeof directiveSchema>;
export type Message = z.infer<typeof messageSchema>;

/** What the demonstration asks of a client process. */
export const orderSchema = z.object({
  /** The repository to work on. */
  repository: z.string(),
  /** Configuration for the server it starts. */
  config: z.string(),
  /** Go on with this instance, believed to be at this step; start one when absent. */
  resume: z.object({ instance: z.string(), step: z.string() }).optional(),
  /** Stand still in the middle of a step after so many edited files. */
  holdAfterEdits: z.number().optional(),
});

export type Order = z.infer<typeof orderSchema>;
