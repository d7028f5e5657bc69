/**
 * How far the clocks of a place are ahead of UTC at an instant, in milliseconds: 7,200,000 in Rome in summer. Pure.
 *
 * @param zone name of the IANA database that is known to be there, such as `Europe/Rome`; absent: where this machine is
 * @param atMs milliseconds since the epoch
 */
export type OffsetOf = (zone: string | undefined, atMs: number) => number;
