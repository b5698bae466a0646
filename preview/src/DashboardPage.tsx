import { type RefObject, useEffect, useLayoutEffect, useMemo, useRef, useState } from 'react';
import { dateTime, type TimeRange } from '@grafana/data';
import { Icon, useTheme2 } from '@grafana/ui';
import { type Box, boxes, placed, sections } from './layout';
import { marksOf } from './marks';
import type { Contents, Dashboard, Panel, Shown } from './model';
import { PanelView } from './Panel';
import { formatTime, type Mark } from './panels/view';
import { go, type Place } from './place';
import { shown as shownIn } from './source';
import { interpolator } from './variables';

function useWidth(): [RefObject<HTMLDivElement | null>, number] {
  const element = useRef<HTMLDivElement>(null);
  const [width, setWidth] = useState(0);
  useLayoutEffect(() => {
    const measure = () => setWidth(element.current?.clientWidth ?? 0);
    measure();
    addEventListener('resize', measure);
    return () => removeEventListener('resize', measure);
  }, []);
  return [element, width];
}

function Row({ row, folded, count, toggle }: { row: Panel; folded: boolean; count: number; toggle: () => void }) {
  return (
    <button type="button" className="pb-row" aria-expanded={!folded} onClick={toggle}>
      <Icon name={folded ? 'angle-right' : 'angle-down'} />
      {row.title}
      {folded && <small>{count === 1 ? '(1 panel)' : `(${count} panels)`}</small>}
    </button>
  );
}

function Marks({ marks }: { marks: Mark[] }) {
  if (!marks.length) return null;
  return (
    <ul className="pb-marks" aria-label="Annotations">
      {marks.map((mark, place) => (
        <li key={place} style={{ borderColor: mark.color }}>
          <b>{mark.title}</b> {mark.text} {mark.count > 1 && `(${mark.count})`} <time>{formatTime(mark.time).slice(11, 16)}</time>
        </li>
      ))}
    </ul>
  );
}

interface GridProps {
  dashboard: Dashboard;
  shown: Shown;
  marks: Mark[];
  timeRange: TimeRange;
}

function Grid({ dashboard, shown, marks, timeRange }: GridProps) {
  const [element, width] = useWidth();
  const [folded, setFolded] = useState<ReadonlySet<number>>(
    () => new Set(dashboard.panels.filter(({ collapsed }) => collapsed).map(({ id }) => id)),
  );
  const replace = useMemo(
    () =>
      interpolator({
        ...Object.fromEntries(dashboard.templating.list.map(({ name }) => [name, 'All'])),
        __from: String(timeRange.from.valueOf()),
        __to: String(timeRange.to.valueOf()),
        __interval: `${shown.step}s`,
      }),
    [dashboard, timeRange, shown.step],
  );
  const counts = new Map(sections(dashboard.panels).map(({ row, panels }) => [row?.id, panels.length]));
  const items = width ? boxes(placed(dashboard.panels, folded), width) : [];
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
              row={box.panel}
              folded={folded.has(box.panel.id)}
              count={counts.get(box.panel.id) ?? 0}
              toggle={() => toggle(box.panel.id)}
            />
          ) : (
            <PanelView
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

function length({ begin, end }: Shown): string {
  const hours = (end - begin) / 3600;
  if (hours === 1) return 'Last hour';
  return hours > 48 ? `Last ${hours / 24} days` : `Last ${hours} hours`;
}

export function DashboardPage({ dashboard, place, contents }: { dashboard: Dashboard; place: Place; contents: Contents }) {
  const theme = useTheme2();
  const [state, setState] = useState<{ of: string; shown?: Shown & { firing: string[] }; error?: string }>();
  const asked = `${dashboard.uid} ${place.scenario}`;
  useEffect(() => {
    let wanted = true;
    shownIn(dashboard.uid, place.scenario)
      .then((shown) => wanted && setState({ of: asked, shown }))
      .catch((error: Error) => wanted && setState({ of: asked, error: error.message }));
    return () => {
      wanted = false;
    };
  }, [asked, dashboard.uid, place.scenario]);
  const shown = state?.of === asked ? state.shown : undefined;
  const timeRange = useMemo<TimeRange | undefined>(() => {
    if (!shown) return undefined;
    const [from, to] = [dateTime(shown.begin * 1000), dateTime(shown.end * 1000)];
    return { from, to, raw: { from, to } };
  }, [shown]);
  const marks = useMemo(
    () => (shown ? marksOf(dashboard, shown, theme.visualization.getColorByName) : []),
    [dashboard, shown, theme],
  );
  const variables = dashboard.templating.list.filter(({ hide }) => hide !== 2);
  const related = contents.dashboards.filter((other) => other !== dashboard);
  return (
    <main data-ready={shown ? asked : undefined}>
      <header className="pb-head">
        <h1>{dashboard.title}</h1>
        {shown && (
          <span title={`${formatTime(shown.begin * 1000)} to ${formatTime(shown.end * 1000)} UTC`}>
            {length(shown)}
          </span>
        )}
        <span className="pb-variables">
          {variables.map(({ name, label, type }) => (
            <span key={name}>
              {label || name}: <b>{type === 'datasource' ? 'made up' : 'All'}</b>
            </span>
          ))}
        </span>
      </header>
      {shown && shown.firing.length > 0 && (
        <p className="pb-firing" role="status">
          Firing:{' '}
          {shown.firing.map((name) => (
            <button key={name} type="button" onClick={() => go({ kind: 'alert', name })}>
              {name}
            </button>
          ))}
        </p>
      )}
      <Marks marks={marks} />
      {state?.error && <p role="alert">{state.error}</p>}
      {shown && timeRange && (
        <Grid key={asked} dashboard={dashboard} shown={shown} marks={marks} timeRange={timeRange} />
      )}
      <nav className="pb-related" aria-label="Related dashboards">
        {related.map(({ uid, title }) => (
          <button key={uid} type="button" onClick={() => go({ kind: 'd', name: uid })}>
            {title}
          </button>
        ))}
      </nav>
    </main>
  );
}
