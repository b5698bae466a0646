import { useMemo, useState } from 'react';
import type { InterpolateFunction, TimeRange } from '@grafana/data';
import { Icon } from '@grafana/ui';
import { type Box, boxes, type Copy, placed, sections, type Values } from './layout';
import type { Dashboard, Shown } from './model';
import { PanelView } from './Panel';
import type { Mark } from './panels/view';
import { useWidth } from './shown';
import { several } from './parts';

interface RowProps {
  title: string;
  folded: boolean;
  count: number;
  toggle: () => void;
}

function Row({ title, folded, count, toggle }: RowProps) {
  return (
    <button type="button" className="pb-row" aria-expanded={!folded} onClick={toggle}>
      <Icon name={folded ? 'angle-right' : 'angle-down'} />
      {title}
      {folded && <small>({several(count, 'panel')})</small>}
    </button>
  );
}

/** Texts of a copy that is repeated: `$name` is the value that it stands for. */
function scopedReplace(replace: InterpolateFunction, { scoped }: Copy): InterpolateFunction {
  const own = Object.fromEntries(
    Object.entries(scoped).map(([name, value]) => [name, { value, text: value }]),
  );
  return (text, more, format) => replace(text, { ...own, ...more }, format);
}

interface GridProps {
  dashboard: Dashboard;
  shown: Shown;
  marks: Mark[];
  timeRange: TimeRange;
  replace: InterpolateFunction;
  /** Values that panels and rows are repeated for. */
  values: Values;
  /** Id of the only panel to show. */
  alone?: number;
}

export function Grid({ dashboard, shown, marks, timeRange, replace, values, alone }: GridProps) {
  const [element, width] = useWidth();
  const every = useMemo(() => sections(dashboard.panels, values), [dashboard, values]);
  // rows that are opened or folded otherwise than the dashboard says
  const [turned, setTurned] = useState<ReadonlySet<string>>(() => new Set());
  const rows = every.flatMap(({ row }) => row ?? []);
  const folded = new Set(
    rows.filter(({ key, panel }) => Boolean(panel.collapsed) !== turned.has(key)).map(({ key }) => key),
  );
  const counts = new Map(every.map(({ row, panels }) => [row?.key, panels.length]));
  const chosen = alone
    ? every
        .flatMap(({ panels }) => panels)
        .filter(({ panel }) => panel.id === alone)
        .map((copy, place) => ({ ...copy, gridPos: { x: 0, y: place * 14, w: 24, h: 14 } }))
    : placed(every, folded);
  const items = width ? boxes(chosen, width) : [];
  const replaces = useMemo(
    () =>
      new Map(
        every
          .flatMap(({ row, panels }) => [...(row ? [row] : []), ...panels])
          .map((copy) => [copy.key, copy.mark ? scopedReplace(replace, copy) : replace]),
      ),
    [every, replace],
  );
  const toggle = (key: string) =>
    setTurned((before) => {
      const after = new Set(before);
      if (!after.delete(key)) after.add(key);
      return after;
    });
  const height = Math.max(0, ...items.map((each) => each.top + each.height));
  const style = ({ left, top, width: w, height: h }: Box) =>
    ({ position: 'absolute', left, top, width: w, height: h }) as const;
  return (
    <div ref={element} style={{ position: 'relative', height }}>
      {items.map((box) => {
        const own = replaces.get(box.key) ?? replace;
        const title = own(box.panel.title ?? '');
        return (
          <div key={box.key} style={style(box)} data-panel={box.panel.type} data-title={title}>
            {box.panel.type === 'row' ? (
              <Row
                title={title}
                folded={folded.has(box.key)}
                count={counts.get(box.key) ?? 0}
                toggle={() => toggle(box.key)}
              />
            ) : (
              <PanelView
                uid={dashboard.uid}
                panel={box.panel}
                mark={box.mark}
                shown={shown}
                marks={marks}
                width={box.width}
                height={box.height}
                timeRange={timeRange}
                replace={own}
              />
            )}
          </div>
        );
      })}
    </div>
  );
}
