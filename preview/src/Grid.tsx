import { useState } from 'react';
import type { InterpolateFunction, TimeRange } from '@grafana/data';
import { Icon } from '@grafana/ui';
import { type Box, boxes, placed, sections } from './layout';
import type { Dashboard, Panel, Shown } from './model';
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

interface GridProps {
  dashboard: Dashboard;
  shown: Shown;
  marks: Mark[];
  timeRange: TimeRange;
  replace: InterpolateFunction;
  /** The only panel to show. */
  alone?: Panel;
}

export function Grid({ dashboard, shown, marks, timeRange, replace, alone }: GridProps) {
  const [element, width] = useWidth();
  const [folded, setFolded] = useState<ReadonlySet<number>>(
    () => new Set(dashboard.panels.filter(({ collapsed }) => collapsed).map(({ id }) => id)),
  );
  const counts = new Map(sections(dashboard.panels).map(({ row, panels }) => [row?.id, panels.length]));
  const chosen = alone
    ? [{ panel: alone, gridPos: { x: 0, y: 0, w: 24, h: 14 } }]
    : placed(dashboard.panels, folded);
  const items = width ? boxes(chosen, width) : [];
  const toggle = (id: number) =>
    setFolded((before) => {
      const after = new Set(before);
      if (!after.delete(id)) after.add(id);
      return after;
    });
  const height = Math.max(0, ...items.map((each) => each.top + each.height));
  const style = ({ left, top, width: w, height: h }: Box) =>
    ({ position: 'absolute', left, top, width: w, height: h }) as const;
  return (
    <div ref={element} style={{ position: 'relative', height }}>
      {items.map((box) => (
        <div key={box.panel.id} style={style(box)} data-panel={box.panel.type} data-title={box.panel.title}>
          {box.panel.type === 'row' ? (
            <Row
              title={replace(box.panel.title ?? '')}
              folded={folded.has(box.panel.id)}
              count={counts.get(box.panel.id) ?? 0}
              toggle={() => toggle(box.panel.id)}
            />
          ) : (
            <PanelView
              uid={dashboard.uid}
              panel={box.panel}
              shown={shown}
              marks={marks}
              width={box.width}
              height={box.height}
              timeRange={timeRange}
              replace={replace}
            />
          )}
        </div>
      ))}
    </div>
  );
}
