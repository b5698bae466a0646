// Grafana's grid of 24 columns, with rows that fold the panels below them, and with what is repeated.
import type { GridPos, Panel } from './model';

export const GAP = 8;
const CELL = 30;
const COLUMNS = 24;
const NARROW = 700;
const USUAL_PER_ROW = 4;

/** Values of each variable that panels and rows are repeated for. */
export type Values = Record<string, string[]>;

/** A panel as it is drawn: several times where it is repeated. */
export interface Copy {
  panel: Panel;
  gridPos: GridPos;
  /** Tells it apart from all others of the dashboard. */
  key: string;
  /** Behind the place of its answers: `@` and the value that it is repeated for. */
  mark: string;
  /** The values that it is repeated for, by name of the variable. */
  scoped: Record<string, string>;
}

/** All panels without the headings of rows. */
export const flat = (panels: Panel[]): Panel[] =>
  panels.flatMap((panel) => (panel.type === 'row' ? flat(panel.panels ?? []) : [panel]));

export interface Section {
  row: Copy | null;
  panels: Copy[];
}

const copyOf = (panel: Panel, within?: Copy, value?: string): Copy => {
  const mark = (within?.mark ?? '') + (value === undefined ? '' : `@${value}`);
  const own = value === undefined ? {} : { [panel.repeat!]: value };
  return { panel, gridPos: panel.gridPos, key: panel.id + mark, mark, scoped: { ...within?.scoped, ...own } };
};

const byPlace = (one: Panel, other: Panel) =>
  one.gridPos.y - other.gridPos.y || one.gridPos.x - other.gridPos.x;

/** Panels of a section. One that is repeated takes whole lines, and moves down those below it. */
function copies(panels: Panel[], values: Values, row?: Copy): Copy[] {
  let down = 0;
  return [...panels].sort(byPlace).flatMap((panel) => {
    const { gridPos } = panel;
    const repeated = panel.repeat ? values[panel.repeat] : undefined;
    if (!repeated?.length) {
      return [{ ...copyOf(panel, row), gridPos: { ...gridPos, y: gridPos.y + down } }];
    }
    const perRow = Math.min(repeated.length, panel.maxPerRow || USUAL_PER_ROW);
    const w = Math.floor(COLUMNS / perRow);
    const top = gridPos.y + down;
    down += (Math.ceil(repeated.length / perRow) - 1) * gridPos.h;
    return repeated.map((value, place) => ({
      ...copyOf(panel, row, value),
      gridPos: { x: (place % perRow) * w, y: top + Math.floor(place / perRow) * gridPos.h, w, h: gridPos.h },
    }));
  });
}

/** Rows with the panels that belong to each; the first may have none that leads it. */
export function sections(panels: Panel[], values: Values = {}): Section[] {
  const parts: Array<{ row: Panel | null; panels: Panel[] }> = [{ row: null, panels: [] }];
  for (const panel of [...panels].sort(byPlace)) {
    if (panel.type === 'row') parts.push({ row: panel, panels: [...(panel.panels ?? [])] });
    else parts[parts.length - 1].panels.push(panel);
  }
  return parts
    .filter(({ row, panels: below }) => row || below.length)
    .flatMap(({ row, panels: below }): Section[] => {
      if (!row) return [{ row, panels: copies(below, values) }];
      const repeated = row.repeat ? values[row.repeat] : undefined;
      const rows = repeated?.length ? repeated.map((value) => copyOf(row, undefined, value)) : [copyOf(row)];
      return rows.map((each) => ({ row: each, panels: copies(below, values, each) }));
    });
}

/** What is drawn, without the panels of folded rows, from the top down. */
export function placed(every: Section[], folded: ReadonlySet<string>): Copy[] {
  const items: Copy[] = [];
  let y = 0;
  for (const { row, panels } of every) {
    if (row) {
      items.push({ ...row, gridPos: { ...row.gridPos, y } });
      y += 1;
      if (folded.has(row.key)) continue;
    }
    const top = Math.min(...panels.map(({ gridPos }) => gridPos.y));
    for (const copy of panels) {
      items.push({ ...copy, gridPos: { ...copy.gridPos, y: y + copy.gridPos.y - top } });
    }
    if (panels.length) y += Math.max(...panels.map(({ gridPos }) => gridPos.y + gridPos.h)) - top;
  }
  return items;
}

export interface Box extends Copy {
  left: number;
  top: number;
  width: number;
  height: number;
}

/** Of so many rows of the grid. */
export const pixels = (rows: number): number => rows * CELL + (rows - 1) * GAP;

/** Pixels of each panel. On a narrow screen, one stands below the other. */
export function boxes(items: Copy[], width: number): Box[] {
  if (width < NARROW) {
    let top = 0;
    return items.map((item) => {
      const box = { ...item, left: 0, top, width, height: pixels(item.gridPos.h) };
      top += box.height + GAP;
      return box;
    });
  }
  const column = (width - (COLUMNS - 1) * GAP) / COLUMNS;
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
