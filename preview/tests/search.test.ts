import { expect, test } from 'vitest';
import type { Contents } from '../src/model';
import { entries, search } from '../src/search';

const contents = {
  project: 'Shop',
  dashboards: [
    {
      uid: 'shop',
      title: 'Shop',
      tags: [],
      templating: { list: [] },
      annotations: { list: [] },
      panels: [{ id: 1, type: 'row', gridPos: { x: 0, y: 0, w: 24, h: 1 }, panels: [
        { id: 2, type: 'stat', title: 'Orders failing', gridPos: { x: 0, y: 1, w: 6, h: 4 } },
      ] }],
    },
  ],
  alerts: [{ name: 'OrdersFail', severity: 'critical', summary: 'Orders of the shop fail.' }],
  metrics: [{ name: 'shop_orders_total', help: 'Orders placed.' }],
  scenarios: [],
} as unknown as Contents;

test('the search goes over dashboards, panels in folded rows, alerts and metrics', () => {
  const kinds = search(entries(contents), 'orders').map(({ kind }) => kind);
  expect(new Set(kinds)).toEqual(new Set(['Panel', 'Alert', 'Metric']));
});

test('every word has to occur, and titles come first', () => {
  expect(search(entries(contents), 'shop fail').map(({ title }) => title)).toEqual([
    'OrdersFail',
    'Orders failing',
  ]);
  expect(search(entries(contents), 'orders nothing')).toEqual([]);
});

test('nothing is found before anything is typed', () => {
  expect(search(entries(contents), '  ')).toEqual([]);
});
