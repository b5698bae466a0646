import { expect, test } from 'vitest';
import { boxes, placed, sections } from '../src/layout';
import type { Panel } from '../src/model';

const panel = (id: number, y: number, h: number, type = 'stat', panels?: Panel[]): Panel => ({
  id,
  type,
  title: `panel ${id}`,
  gridPos: { x: 0, y, w: 24, h },
  panels,
});
const OPEN = [panel(1, 0, 1, 'row'), panel(2, 1, 4), panel(3, 5, 1, 'row'), panel(4, 6, 8)];

test('a row leads the panels below it, up to the next row', () => {
  expect(sections(OPEN).map(({ row, panels }) => [row?.panel.id, panels.map((each) => each.panel.id)])).toEqual([
    [1, [2]],
    [3, [4]],
  ]);
});

test('a folded row hides its panels, and what follows moves up', () => {
  const items = placed(sections(OPEN), new Set(['1']));
  expect(items.map(({ panel: { id }, gridPos }) => [id, gridPos.y])).toEqual([
    [1, 0],
    [3, 1],
    [4, 2],
  ]);
});

test('a row that holds its panels shows them when it is opened', () => {
  const row = panel(1, 0, 1, 'row', [panel(2, 1, 4)]);
  expect(placed(sections([row]), new Set(['1']))).toHaveLength(1);
  expect(placed(sections([row]), new Set())).toHaveLength(2);
});

test('on a narrow screen no two panels stand beside each other', () => {
  const narrow = boxes(placed(sections(OPEN), new Set()), 390);
  for (const box of narrow) expect([box.left, box.width]).toEqual([0, 390]);
  narrow.slice(1).forEach((box, place) => {
    expect(box.top).toBeGreaterThanOrEqual(narrow[place].top + narrow[place].height);
  });
});

test('a repeated panel stands there once for each value, and moves down what is below it', () => {
  const repeated = { ...panel(2, 1, 4), title: 'In $room', repeat: 'room', maxPerRow: 2 };
  const dashboard = [panel(1, 0, 1, 'row'), repeated, panel(3, 5, 4)];
  const items = placed(sections(dashboard, { room: ['a', 'b', 'c'] }), new Set()).slice(1);
  expect(items.map(({ key, gridPos: { x, y, w } }) => [key, x, y, w])).toEqual([
    ['2@a', 0, 1, 12],
    ['2@b', 12, 1, 12],
    ['2@c', 0, 5, 12],
    ['3', 0, 9, 24],
  ]);
  expect(items[1].scoped).toEqual({ room: 'b' });
});

test('a repeated row stands there once for each value, with its panels', () => {
  const inside = { ...panel(2, 1, 4), repeat: 'size' };
  const dashboard = [{ ...panel(1, 0, 1, 'row'), repeat: 'room' }, inside];
  const every = sections(dashboard, { room: ['a', 'b'], size: ['x', 'y'] });
  expect(every.map(({ row, panels }) => [row?.key, panels.map(({ mark }) => mark)])).toEqual([
    ['1@a', ['@a@x', '@a@y']],
    ['1@b', ['@b@x', '@b@y']],
  ]);
  expect(every[0].panels[1].scoped).toEqual({ room: 'a', size: 'y' });
  expect(placed(every, new Set(['1@a'])).map(({ key }) => key)).toEqual(['1@a', '1@b', '2@b@x', '2@b@y']);
});

test('what is repeated for nothing stands there once', () => {
  const alone = sections([{ ...panel(2, 0, 4), repeat: 'room' }], { room: [] });
  expect(alone[0].panels.map(({ key }) => key)).toEqual(['2']);
});
