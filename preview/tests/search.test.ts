import { expect, test } from 'vitest';
import type { Contents } from '../src/model';
import { entries, search } from '../src/search';

const contents = {
  project: 'Shop',
  dashboards: [{ uid: 'shop', title: 'Shop', tags: [], panels: [] }],
  panels: [{ uid: 'shop', id: 2, title: 'Orders failing', reads: [], alerts: [] }],
  alerts: [{ name: 'OrdersFail', severity: 'critical', summary: 'Orders of the shop fail.' }],
  metrics: [{ name: 'shop_orders_total', help: 'Orders placed.' }],
  records: [{ name: 'job:shop_orders:rate5m', expr: 'sum(rate(shop_orders_total[5m]))' }],
  slos: [{ name: 'orders', help: 'Orders are taken.' }],
  scenarios: [],
} as unknown as Contents;

test('the search goes over panels, alerts, metrics, records and objectives', () => {
  const kinds = search(entries(contents), 'orders').map(({ kind }) => kind);
  expect(new Set(kinds)).toEqual(new Set(['Panel', 'Alert', 'Metric', 'Record', 'Objective']));
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
