import { scanText } from '../src/core/policy/scan.ts';
import { inspectResult } from '../src/core/policy/provenance.ts';
import { redactText } from '../src/core/policy/secrets.ts';
import { toPayload } from '../src/core/kernel/payload.ts';
import { DEFINED, hostileText, RETURNED } from '../test/support/hostile-texts.ts';

interface Slowest {
  readonly pattern: string;
  readonly ms: number;
}

/** A million characters of each pattern: how long the worst one keeps everybody else waiting. */
export function hostileTexts(): { readonly defined: Slowest; readonly returned: Slowest } {
  const options = { mode: 'mark', nonce: 'n0nce', server: 'almanac', tool: 'moon' } as const;
  return {
    defined: slowest(DEFINED, (text) => scanText(text, { place: 'text', isDefinition: true })),
    returned: slowest(RETURNED, (text) => {
      inspectResult(toPayload({ content: [{ type: 'text', text }] }), options);
      redactText(text);
    }),
  };
}

function slowest(patterns: readonly string[], work: (text: string) => unknown): Slowest {
  const taken = patterns.map((pattern): Slowest => {
    const text = hostileText(pattern);
    work(text.slice(0, 10_000));
    const startedAt = performance.now();
    work(text);
    return { pattern, ms: Math.round(performance.now() - startedAt) };
  });
  return taken.reduce((worst, each) => (each.ms > worst.ms ? each : worst));
}
