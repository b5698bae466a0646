// The time that is shown: as Grafana writes it into addresses, and as the preview's server is asked.

/** Seconds up to now; or from and to, seconds since 1970. Empty for what the dashboard says. */
export interface Range {
  last?: number;
  begin?: number;
  end?: number;
}

const UNITS: Record<string, number> = { s: 1, m: 60, h: 3600, d: 86_400, w: 604_800 };

export const RANGES: Array<[string, string]> = [
  ['now-5m', 'Last 5 minutes'],
  ['now-15m', 'Last 15 minutes'],
  ['now-30m', 'Last 30 minutes'],
  ['now-1h', 'Last hour'],
  ['now-3h', 'Last 3 hours'],
  ['now-6h', 'Last 6 hours'],
  ['now-12h', 'Last 12 hours'],
  ['now-24h', 'Last 24 hours'],
  ['now-2d', 'Last 2 days'],
  ['now-7d', 'Last 7 days'],
  ['now-30d', 'Last 30 days'],
];

/** Seconds of `now-6h`; undefined for any other text. */
export function lastOf(from: string): number | undefined {
  const match = /^now-(\d+)([smhdw])$/.exec(from);
  return match ? Number(match[1]) * UNITS[match[2]] : undefined;
}

export function rangeOf(from: string, to: string): Range {
  const last = lastOf(from);
  if (last) return { last };
  const [begin, end] = [Number(from) / 1000, Number(to) / 1000];
  return from && to && begin < end ? { begin: Math.floor(begin), end: Math.ceil(end) } : {};
}

/** In words. */
export function rangeName(from: string, begin: number, end: number): string {
  const known = RANGES.find(([text]) => text === from) ?? [];
  if (known[1]) return known[1];
  const length = end - begin;
  const same = RANGES.find(([text]) => lastOf(text) === length);
  if (!from && same) return same[1];
  const at = (time: number) => new Date(time * 1000).toISOString().slice(5, 16).replace('T', ' ');
  return `${at(begin)} to ${at(end)}`;
}

/** Twice as long around the same middle, but not beyond now. */
export function zoomedOut(begin: number, end: number, now: number): { from: string; to: string } {
  const half = (end - begin) / 2;
  const last = Math.min(now, end + half);
  return { from: String((last - 4 * half) * 1000), to: String(last * 1000) };
}
