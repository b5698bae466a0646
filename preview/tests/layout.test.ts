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
  expect(sections(OPEN).map(({ row, panels }) => [row?.id, panels.map(({ id }) => id)])).toEqual([
    [1, [2]],
    [3, [4]],
  ]);
});

test('a folded row hides its panels, and what follows moves up', () => {
  const items = placed(OPEN, new Set([1]));
  expect(items.map(({ panel: { id }, gridPos }) => [id, gridPos.y])).toEqual([
    [1, 0],
    [3, 1],
    [4, 2],
  ]);
});

test('a row that holds its panels shows them when it is opened', () => {
  const row = panel(1, 0, 1, 'row', [panel(2, 1, 4)]);
  expect(placed([row], new Set([1]))).toHaveLength(1);
  expect(placed([row], new Set())).toHaveLength(2);
});

test('on a narrow screen no two panels stand beside each other', () => {
  const narrow = boxes(placed(OPEN, new Set()), 390);
  for (const box of narrow) expect([box.left, box.width]).toEqual([0, 390]);
  narrow.slice(1).forEach((box, place) => {
    expect(box.top).toBeGreaterThanOrEqual(narrow[place].top + narrow[place].height);
  });
});
