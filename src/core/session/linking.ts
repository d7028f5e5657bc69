import type { AskInput, Resolution } from '../gateway/ask/ask.ts';
import type { Gateway } from '../gateway/gateway.ts';
import type { Caller } from '../kernel/caller.ts';
import type { Telemetry } from '../ports/telemetry.ts';
import type { Directive } from '../workflow/directive.ts';
import type { StartInput } from '../workflow/engine.ts';
import type { InSession, Link, Sessions } from './session.ts';

export interface LinkingParts {
  readonly sessions: Pick<Sessions, 'checkAlive' | 'link'>;
  readonly telemetry: Telemetry;
}

/** Starts a workflow, and notes in the session that it was begun there. @throws TuttiError `session/not-found`, `instance/finished` before anything is begun. */
export async function startLinked(
  parts: LinkingParts,
  caller: Caller,
  { input, start }: { readonly input: StartInput & InSession; readonly start: () => Promise<Directive> },
): Promise<Directive> {
  const { session, workflow } = input;
  if (session !== undefined) await parts.sessions.checkAlive(caller, { session });
  const directive = await start();
  await link(parts, caller, {
    session,
    link: { what: 'workflow', id: directive.instanceId, title: workflow },
  });
  return directive;
}

/** The same gateway, whose questions are noted in the sessions they were asked from. */
export function linkedGateway(gateway: Gateway, parts: LinkingParts): Gateway {
  return {
    ...gateway,
    ask: async (caller, input, channel) => {
      const resolution = await gateway.ask(caller, input, channel);
      // A plan that is only shown began nothing.
      if (resolution.kind !== 'plan')
        await link(parts, caller, { session: input.session, link: linkOf(input, resolution) });
      return resolution;
    },
  };
}

/** What was begun goes on whether or not it could be noted. */
async function link(
  { sessions, telemetry }: LinkingParts,
  caller: Caller,
  about: { readonly session: string | undefined; readonly link: Link },
): Promise<void> {
  const { session } = about;
  try {
    await sessions.link(caller, { link: about.link, ...(session !== undefined && { session }) });
  } catch (fault) {
    telemetry.log('warn', 'session/unlinked', { what: about.link.what, fault });
  }
}

function linkOf({ query, plan }: AskInput, resolution: Resolution): Link {
  const id = ('plan' in resolution ? resolution.plan?.id : undefined) ?? plan?.id;
  return {
    what: 'ask',
    title: query ?? 'A plan that was sent back.',
    outcome: resolution.kind,
    ...(id !== undefined && { id }),
  };
}
