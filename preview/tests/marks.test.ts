import { expect, test } from 'vitest';
import { marksOf } from '../src/marks';
import type { Dashboard, Series, Shown } from '../src/model';

const dashboard = {
  annotations: {
    list: [
      { name: 'built in', iconColor: 'blue' },
      { name: 'Firing', iconColor: 'red', expr: 'ALERTS', titleFormat: '{{alertname}}', textFormat: '' },
    ],
  },
} as unknown as Dashboard;

function marks(result: Series[]) {
  const answer = { status: 'success' as const, data: { resultType: 'matrix', result } };
  const shown: Shown = { begin: 0, end: 600, step: 60, partial: false,
    offered: {}, answers: { 'annotation.Firing': answer } };
  return marksOf(dashboard, shown, (name) => `the ${name}`);
}
const at = (...times: number[]): Array<[number, string]> => times.map((time) => [time, '1']);

test('samples that follow each other are one mark, a gap ends it', () => {
  const found = marks([{ metric: { alertname: 'Down' }, values: at(60, 120, 300) }]);
  expect(found.map(({ time, end, title, color }) => [time, end, title, color])).toEqual([
    [60_000, 120_000, 'Down', 'the red'],
    [300_000, 300_000, 'Down', 'the red'],
  ]);
});

test('marks that read alike at the same time are one', () => {
  const series = (job: string) => ({ metric: { alertname: 'Down', job }, values: at(60) });
  expect(marks([series('a'), series('b')]).map(({ count }) => count)).toEqual([2]);
});

test('a sample of 0 is no mark', () => {
  expect(marks([{ metric: {}, values: [[60, '0']] }])).toEqual([]);
});
