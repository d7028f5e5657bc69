import type { OffsetOf } from '../../core/ports/offset.ts';

const MINUTE_MS = 60_000;
const shown = new Map<string | undefined, Intl.DateTimeFormat>();

/** By the platform's own table of time zones. */
export const systemOffset: OffsetOf = (zone, atMs) => {
  const [, sign, hours = '0', minutes = '0', seconds = '0'] =
    /GMT([+-])(\d{2}):(\d{2})(?::(\d{2}))?/.exec(formatOf(zone).format(atMs)) ?? [];
  const ms = (Number(hours) * 60 + Number(minutes)) * MINUTE_MS + Number(seconds) * 1000;
  return sign === '-' ? -ms : ms;
};

/** Made once for each zone: that is slow. */
function formatOf(zone: string | undefined): Intl.DateTimeFormat {
  const known = shown.get(zone);
  if (known !== undefined) return known;
  const format = new Intl.DateTimeFormat('en-US', {
    timeZoneName: 'longOffset',
    ...(zone !== undefined && { timeZone: zone }),
  });
  shown.set(zone, format);
  return format;
}
