// Grafana's grid of 24 columns, with rows that fold the panels below them.
import type { GridPos, Panel } from './model';

export const GAP = 8;
const CELL = 30;
const NARROW = 700;

const bottom = (panels: Panel[]) =>
  Math.max(0, ...panels.map(({ gridPos }) => gridPos.y + gridPos.h));

/** All panels without the headings of rows. */
export const flat = (panels: Panel[]): Panel[] =>
  panels.flatMap((panel) => (panel.type === 'row' ? flat(panel.panels ?? []) : [panel]));

/** Rows with the panels that belong to each; the first may have none that leads it. */
export function sections(panels: Panel[]): Array<{ row: Panel | null; panels: Panel[] }> {
  const ordered = [...panels].sort(
    (one, other) => one.gridPos.y - other.gridPos.y || one.gridPos.x - other.gridPos.x,
  );
  const found: Array<{ row: Panel | null; panels: Panel[] }> = [{ row: null, panels: [] }];
  for (const panel of ordered) {
    if (panel.type === 'row') found.push({ row: panel, panels: [...(panel.panels ?? [])] });
    else found[found.length - 1].panels.push(panel);
  }
  return found.filter(({ row, panels: below }) => row || below.length);
}

export interface Placed {
  panel: Panel;
  gridPos: GridPos;
}

/** What is drawn, without the panels of folded rows, from the top down. */
export function placed(panels: Panel[], folded: ReadonlySet<number>): Placed[] {
  const items: Placed[] = [];
  let y = 0;
  for (const { row, panels: below } of sections(panels)) {
    if (row) {
      items.push({ panel: row, gridPos: { ...row.gridPos, y } });
      y += 1;
      if (folded.has(row.id)) continue;
    }
    const top = Math.min(...below.map(({ gridPos }) => gridPos.y));
    for (const panel of below) {
      items.push({ panel, gridPos: { ...panel.gridPos, y: y + panel.gridPos.y - top } });
    }
    if (below.length) y += bottom(below) - top;
  }
  return items;
}

export interface Box extends Placed {
  left: number;
  top: number;
  width: number;
  height: number;
}

/** Of so many rows of the grid. */
export const pixels = (rows: number): number => rows * CELL + (rows - 1) * GAP;

/** Pixels of each panel. On a narrow screen, one stands below the other. */
export function boxes(items: Placed[], width: number): Box[] {
  if (width < NARROW) {
    let top = 0;
    return items.map((item) => {
      const box = { ...item, left: 0, top, width, height: pixels(item.gridPos.h) };
      top += box.height + GAP;
      return box;
    });
  }
  const column = (width - 23 * GAP) / 24;
  return items.map((item) => {
    const { x, y, w, h } = item.gridPos;
    return {
      ...item,
      left: x * (column + GAP),
      top: y * (CELL + GAP),
      width: w * column + (w - 1) * GAP,
      height: pixels(h),
    };
  });
}
