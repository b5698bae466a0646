import { useEffect, useMemo, useState } from 'react';
import { useTheme2 } from '@grafana/ui';
import { Refresh, TimePicker, Variables } from './Controls';
import { Grid } from './Grid';
import { flat } from './layout';
import { Lineage } from './Lineage';
import { marksOf } from './marks';
import type { Contents, Dashboard, Panel } from './model';
import { PanelView } from './Panel';
import { formatTime, type Mark, Zoom } from './panels/view';
import { Go } from './parts';
import { go, type Place } from './place';
import { useReplace, useShown, useTimeRange, useValues, useWidth } from './shown';
import type { Side } from './source';
import { lastOf, rangeOf } from './time';

function Marks({ marks }: { marks: Mark[] }) {
  if (!marks.length) return null;
  return (
    <ul className="pb-marks" aria-label="Annotations">
      {marks.map((mark, place) => (
        <li key={place} style={{ borderColor: mark.color }}>
          <b>{mark.title}</b> {mark.text} {mark.count > 1 && `(${mark.count})`}{' '}
          <time>{formatTime(mark.time).slice(11, 16)}</time>
        </li>
      ))}
    </ul>
  );
}

function Firing({ names }: { names: string[] }) {
  if (!names.length) return null;
  return (
    <p className="pb-firing" role="status">
      Firing:{' '}
      {names.map((name) => (
        <Go key={name} to={{ kind: 'alert', name }}>
          {name}
        </Go>
      ))}
    </p>
  );
}

/** What a panel that is shown alone is made of. */
function PanelDetails({ panel, dashboard, contents }: { panel: Panel; dashboard: Dashboard; contents: Contents }) {
  const facts = contents.panels.find(({ uid, id }) => uid === dashboard.uid && id === panel.id);
  return (
    <div className="pb-page">
      <p>{panel.description}</p>
      <h2>Queries</h2>
      {(panel.targets ?? []).map(({ refId, expr }) => (
        <pre key={refId} tabIndex={0}>
          {expr}
        </pre>
      ))}
      {facts && facts.alerts.length > 0 && (
        <>
          <h2>Alerts that it shows</h2>
          <ul>
            {facts.alerts.map((name) => (
              <li key={name}>
                <Go to={{ kind: 'alert', name }}>{name}</Go>
              </li>
            ))}
          </ul>
        </>
      )}
      <h2>What it is made of</h2>
      <Lineage contents={contents} id={`panel ${dashboard.uid} ${panel.id}`} />
    </div>
  );
}

/** How often live data is asked for, and how many times it was. */
function useRefresh(contents: Contents, dashboard: Dashboard) {
  const [every, setEvery] = useState(contents.live ? (dashboard.refresh ?? '') : '');
  const [round, setRound] = useState(0);
  const again = () => setRound((before) => before + 1);
  useEffect(() => {
    const seconds = lastOf(`now-${every}`);
    if (!seconds) return;
    const timer = setInterval(again, seconds * 1000);
    return () => clearInterval(timer);
  }, [every]);
  return { every, setEvery, round, again };
}

interface PageProps {
  dashboard: Dashboard;
  place: Place;
  contents: Contents;
}

export function DashboardPage({ dashboard, place, contents }: PageProps) {
  const theme = useTheme2();
  const { uid } = dashboard;
  const { every, setEvery, round, again } = useRefresh(contents, dashboard);
  const range = useMemo(() => rangeOf(place.from, place.to), [place.from, place.to]);
  const view = { uid, scenario: place.scenario, range, variables: place.variables, side: 'now' as Side };
  const { shown, error, current } = useShown(view, `${contents.version} ${round}`);
  const timeRange = useTimeRange(shown);
  const replace = useReplace(dashboard, shown, place.variables);
  const values = useValues(dashboard, shown, place.variables);
  const marks = useMemo(
    () => (shown ? marksOf(dashboard, shown, theme.visualization.getColorByName) : []),
    [dashboard, shown, theme],
  );
  const alone = flat(dashboard.panels).find(({ id }) => id === place.panel);
  const related = contents.dashboards.filter((other) => other !== dashboard);
  const whole = shown ? shown.end - shown.begin : 0;
  return (
    <main data-ready={current && shown ? `${uid} ${place.scenario}` : undefined} aria-busy={!current}>
      <header className="pb-head">
        <h1>{dashboard.title}</h1>
        {alone && <Go to={{ kind: 'd', name: uid, from: place.from, to: place.to }}>All panels</Go>}
        {shown && (
          <div className="pb-controls">
            <Variables dashboard={dashboard} shown={shown} place={place} />
            <TimePicker shown={shown} place={place} whole={place.from ? Infinity : whole} />
            {contents.live && <Refresh every={every} choose={setEvery} now={again} />}
          </div>
        )}
      </header>
      {shown && <Firing names={shown.firing} />}
      <Marks marks={marks} />
      {error && <p role="alert">{error}</p>}
      {!current && !error && (
        <p className="pb-busy" role="status">
          {contents.live ? 'Asking Prometheus …' : 'Computing what its queries answer …'}
        </p>
      )}
      {shown && timeRange && (
        <Zoom.Provider value={zoomTo}>
          <Grid
            key={uid}
            dashboard={dashboard}
            shown={shown}
            marks={marks}
            timeRange={timeRange}
            replace={replace}
            values={values}
            alone={alone?.id}
          />
        </Zoom.Provider>
      )}
      {alone && <PanelDetails panel={alone} dashboard={dashboard} contents={contents} />}
      <nav className="pb-related" aria-label="Related dashboards">
        {related.map((other) => (
          <Go key={other.uid} className="pb-button" to={{ kind: 'd', name: other.uid }}>
            {other.title}
          </Go>
        ))}
      </nav>
    </main>
  );
}

/** Milliseconds since 1970. */
function zoomTo(from: number, to: number): void {
  go({ from: String(Math.round(from)), to: String(Math.round(to)) });
}

interface AloneProps {
  contents: Contents;
  uid: string;
  id: number;
  scenario: string;
  height: number;
  side?: Side;
}

/** One panel outside of its dashboard. */
export function PanelAlone({ contents, uid, id, scenario, height, side = 'now' }: AloneProps) {
  const dashboard =
    side === 'now'
      ? contents.dashboards.find((each) => each.uid === uid)
      : contents.changes?.dashboards.find((each) => each.uid === uid)?.before;
  const panel = dashboard && flat(dashboard.panels).find((each) => each.id === id);
  if (!dashboard || !panel) return null;
  const view = { uid, scenario, range: {}, variables: {}, side };
  return <Drawn dashboard={dashboard} panel={panel} view={view} version={contents.version ?? 0} height={height} />;
}

interface DrawnProps {
  dashboard: Dashboard;
  panel: Panel;
  view: Parameters<typeof useShown>[0];
  version: number;
  height: number;
}

const NO_MARKS: Mark[] = [];

function Drawn({ dashboard, panel, view, version, height }: DrawnProps) {
  const theme = useTheme2();
  const [element, width] = useWidth();
  const { shown, error } = useShown(view, version);
  const timeRange = useTimeRange(shown);
  const replace = useReplace(dashboard, shown, NO_CHOICE);
  const marks = useMemo(
    () => (shown ? marksOf(dashboard, shown, theme.visualization.getColorByName) : NO_MARKS),
    [dashboard, shown, theme],
  );
  return (
    <div ref={element} style={{ minHeight: height }} data-panel={panel.type} data-title={panel.title}>
      {error && <p role="alert">{error}</p>}
      {shown && timeRange && width > 0 && (
        <PanelView
          panel={panel}
          shown={shown}
          marks={marks}
          width={width}
          height={height}
          timeRange={timeRange}
          replace={replace}
        />
      )}
    </div>
  );
}

const NO_CHOICE: Record<string, string[]> = {};
