// Two tools of one module: what models get wrong when they count in their heads.
import { defineTool } from 'tutti';

const DAY_MS = 86_400_000;
const SATURDAY = 6;

const date = { type: 'string', format: 'date', description: 'Such as 2026-11-20.' };

export const countWorkingDays = defineTool({
  name: 'count_working_days',
  description: 'Count the working days (Monday to Friday) between two dates, both included.',
  input: {
    type: 'object',
    properties: { from: date, to: date },
    required: ['from', 'to'],
    additionalProperties: false,
  },
  output: {
    type: 'object',
    properties: { days: { type: 'integer' } },
    required: ['days'],
  },
  risk: 'read',
  annotations: { idempotentHint: true },
  run({ from, to }: { from: string; to: string }) {
    const [first, last] = [Date.parse(from), Date.parse(to)];
    if (last < first) throw new Error(`${to} lies before ${from}. Swap the two.`);
    if (last - first > 40_000 * DAY_MS) throw new Error('At most 40,000 days can be counted.');
    let days = 0;
    for (let at = first; at <= last; at += DAY_MS) if (isWorkingDay(at)) days += 1;
    return { days };
  },
});

export const nextWorkingDay = defineTool({
  name: 'next_working_day',
  description: 'Find the first working day (Monday to Friday) after a date.',
  input: { type: 'object', properties: { after: date }, required: ['after'], additionalProperties: false },
  risk: 'read',
  run({ after }: { after: string }, { log }) {
    let at = Date.parse(after) + DAY_MS;
    while (!isWorkingDay(at)) at += DAY_MS;
    log(`${after} leads to ${new Date(at).toISOString()}`);
    return new Date(at).toISOString().slice(0, 10);
  },
});

function isWorkingDay(at: number): boolean {
  const day = new Date(at).getUTCDay();
  return day !== 0 && day !== SATURDAY;
}
