export const DAY_MS = 86_400_000;

interface Civil {
  readonly year: number;
  /** From 1. */
  readonly month: number;
  readonly day: number;
}

/** Days since 1970-01-01 of a date of the Gregorian calendar, by counting years from March. */
function daysOf({ year, month, day }: Civil): number {
  const shifted = month > 2 ? year : year - 1;
  const era = Math.floor(shifted / 400);
  const yearOfEra = shifted - era * 400;
  const dayOfYear = Math.floor((153 * (month > 2 ? month - 3 : month + 9) + 2) / 5) + day - 1;
  const dayOfEra = yearOfEra * 365 + Math.floor(yearOfEra / 4) - Math.floor(yearOfEra / 100) + dayOfYear;
  return era * 146_097 + dayOfEra - 719_468;
}

export function civilOf(ms: number): Civil {
  const days = Math.floor(ms / DAY_MS) + 719_468;
  const era = Math.floor(days / 146_097);
  const dayOfEra = days - era * 146_097;
  const yearOfEra = Math.floor(
    (dayOfEra -
      Math.floor(dayOfEra / 1460) +
      Math.floor(dayOfEra / 36_524) -
      Math.floor(dayOfEra / 146_096)) /
      365,
  );
  const dayOfYear = dayOfEra - (365 * yearOfEra + Math.floor(yearOfEra / 4) - Math.floor(yearOfEra / 100));
  const shifted = Math.floor((5 * dayOfYear + 2) / 153);
  const month = shifted < 10 ? shifted + 3 : shifted - 9;
  const year = yearOfEra + era * 400 + (month <= 2 ? 1 : 0);
  return { year, month, day: dayOfYear - Math.floor((153 * shifted + 2) / 5) + 1 };
}

/** The first instant of a date, in UTC; nothing where there is no such date. */
export function startOf(civil: Civil): number | undefined {
  if (civil.year < 1 || civil.year > 9999) return undefined;
  const ms = daysOf(civil) * DAY_MS;
  const back = civilOf(ms);
  return back.year === civil.year && back.month === civil.month && back.day === civil.day ? ms : undefined;
}

/** So many months on, at the same time of day; the last day of the month where it has no such day. */
export function addMonths(ms: number, months: number): number {
  const { year, month, day } = civilOf(ms);
  const count = year * 12 + month - 1 + months;
  const first = daysOf({ year: Math.floor(count / 12), month: (((count % 12) + 12) % 12) + 1, day: 1 });
  const next = daysOf({
    year: Math.floor((count + 1) / 12),
    month: ((((count + 1) % 12) + 12) % 12) + 1,
    day: 1,
  });
  return Math.min(first + day - 1, next - 1) * DAY_MS + (ms - Math.floor(ms / DAY_MS) * DAY_MS);
}

/** 0 for Monday. */
export function weekdayOf(ms: number): number {
  return (((Math.floor(ms / DAY_MS) + 3) % 7) + 7) % 7;
}

export function toDate(ms: number): string {
  const { year, month, day } = civilOf(ms);
  return `${padded(year, 4)}-${padded(month, 2)}-${padded(day, 2)}`;
}

export function toDateTime(ms: number): string {
  const seconds = Math.floor((ms - Math.floor(ms / DAY_MS) * DAY_MS) / 1000);
  const clock = [Math.floor(seconds / 3600), Math.floor(seconds / 60) % 60, seconds % 60];
  return `${toDate(ms)}T${clock.map((each) => padded(each, 2)).join(':')}Z`;
}

function padded(value: number, width: number): string {
  return String(value).padStart(width, '0');
}
