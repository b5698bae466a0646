import { expect, test } from 'vitest';
import type { Shown } from '../src/model';
import { within } from '../src/source';
import { lastOf, rangeName, rangeOf, zoomedOut } from '../src/time';

test("Grafana's times are read", () => {
  expect(lastOf('now-6h')).toBe(21_600);
  expect(lastOf('yesterday')).toBeUndefined();
  expect(rangeOf('now-30m', 'now')).toEqual({ last: 1800 });
  expect(rangeOf('1000000', '2000000')).toEqual({ begin: 1000, end: 2000 });
  expect(rangeOf('2000000', '1000000')).toEqual({});
  expect(rangeOf('', '')).toEqual({});
});

test('a time has a name, or says from when to when', () => {
  expect(rangeName('now-6h', 0, 21_600)).toBe('Last 6 hours');
  expect(rangeName('', 0, 3600)).toBe('Last hour');
  expect(rangeName('0', 0, 60)).toBe('01-01 00:00 to 01-01 00:01');
});

test('zooming out doubles the time, and never goes beyond now', () => {
  expect(zoomedOut(1000, 2000, 9000)).toEqual({ from: '500000', to: '2500000' });
  expect(zoomedOut(1000, 2000, 2000)).toEqual({ from: '0', to: '2000000' });
});

const shown = {
  begin: 0, end: 600, step: 60, partial: false, offered: {},
  answers: { '1.A': { status: 'success', data: { resultType: 'matrix', result: [
    { metric: {}, values: [[0, '1'], [300, '2'], [600, '3']] },
  ] } } },
} as unknown as Shown;

test('a part of what a file holds has the samples within it', () => {
  const part = within(shown, { begin: 200, end: 400 });
  expect([part.begin, part.end]).toEqual([200, 400]);
  expect(part.answers['1.A']).toMatchObject({ data: { result: [{ values: [[300, '2']] }] } });
  expect(within(shown, { last: 300 }).begin).toBe(300);
  expect(within(shown, {})).toBe(shown);
  expect(within(shown, { last: 9999 })).toBe(shown);
});
