import { expect, test } from 'vitest';
import { above, below, graphOf, layered } from '../src/graph';
import type { Contents } from '../src/model';

const graph = graphOf({
  dashboards: [{ uid: 'shop', title: 'Shop' }],
  metrics: [{ name: 'orders_total' }, { name: 'unused' }],
  records: [{ name: 'rate', reads: ['orders_total'] }, { name: 'ratio', reads: ['rate', 'orders_total'] }],
  alerts: [{ name: 'OrdersFail', reads: ['ratio', 'gone'] }],
  panels: [{ uid: 'shop', id: 7, title: 'Orders', reads: ['rate'], alerts: [] }],
} as unknown as Contents);

test('a node knows all that is below and above it', () => {
  expect(below(graph, 'alert OrdersFail')).toEqual(new Set(['ratio', 'rate', 'orders_total']));
  expect(above(graph, 'orders_total')).toEqual(
    new Set(['rate', 'ratio', 'alert OrdersFail', 'panel shop 7']),
  );
  expect(above(graph, 'unused')).toEqual(new Set());
});

test('every node stands to the right of all that it reads', () => {
  const placed = layered(graph, graph.keys());
  const column = new Map(placed.map((each) => [each.node.id, each.column]));
  for (const { node } of placed) {
    for (const read of node.reads.filter((each) => graph.has(each))) {
      expect(column.get(read)).toBeLessThan(column.get(node.id)!);
    }
  }
  const cells = placed.map((each) => `${each.column} ${each.row}`);
  expect(new Set(cells).size).toBe(placed.length);
});

test('a circle does not hang', () => {
  const circle = graphOf({
    dashboards: [], metrics: [], alerts: [], panels: [],
    records: [{ name: 'a', reads: ['b'] }, { name: 'b', reads: ['a'] }],
  } as unknown as Contents);
  expect(below(circle, 'a')).toEqual(new Set(['b', 'a']));
});
