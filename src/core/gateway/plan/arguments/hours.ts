interface Day {
  readonly start: number;
  readonly end: number;
  readonly fromMs: number;
  readonly toMs: number;
  readonly kind: 'instant' | 'day' | 'span';
}

const HOUR_MS = 3_600_000;
const MINUTE_MS = 60_000;
const HOUR = String.raw`(?:(?<at>at)\s+)?(?<hour>\d{1,2})(?::(?<minute>\d{2}))?(?:\s?(?<half>am|pm|a\.m\.|p\.m\.)|\s?(?<clock>o['’]?clock|h))?(?![\w:%-]|\.\d)`;
const AFTER = new RegExp(String.raw`^,?\s+${HOUR}`, 'iu');
const BEFORE = new RegExp(String.raw`(?<![\w.:-])${HOUR}(?:,|\s+on)?\s+$`, 'iu');
const READ = 24;

/** "Tomorrow at 9", "9:30 am today": a day with an hour is that hour of it. */
export function atHour<T extends Day>(text: string, day: T): T {
  if (day.kind !== 'day') return day;
  const after = AFTER.exec(text.slice(day.end, day.end + READ));
  const from = Math.max(0, day.start - READ);
  const found = after ?? BEFORE.exec(text.slice(from, day.start));
  const ms = found === null ? undefined : hourIn(found.groups ?? {});
  if (found === null || ms === undefined) return day;
  const place = after === null ? { start: from + found.index } : { end: day.end + found[0].length };
  return { ...day, ...place, fromMs: day.fromMs + ms, toMs: day.fromMs + ms, kind: 'instant' };
}

/** Milliseconds of the day; nothing where a bare number need not be an hour. */
function hourIn({
  at,
  hour,
  minute,
  half,
  clock,
}: Readonly<Record<string, string | undefined>>): number | undefined {
  if ([at, minute, half, clock].every((each) => each === undefined)) return undefined;
  const [hours, minutes] = [Number(hour), Number(minute ?? 0)];
  if (minutes > 59 || hours > 23 || (half !== undefined && (hours < 1 || hours > 12))) return undefined;
  const isLater = half?.toLowerCase().startsWith('p') === true;
  const whole = half === undefined ? hours : (hours % 12) + (isLater ? 12 : 0);
  return whole * HOUR_MS + minutes * MINUTE_MS;
}
