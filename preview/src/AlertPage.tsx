import type { Alert, Contents, PanelFacts } from './model';
import { PanelAlone } from './DashboardPage';
import { flat } from './layout';
import { Lineage } from './Lineage';
import { Markdown } from './panels/plain';
import { Go, Severity, Wide } from './parts';

const COMES_FROM = /^## Where the value comes from\s[^]*?(?=\n## |\nThe alert is defined|$(?![^]))/m;
const HOW_IT_FIRES = /^## How it fires\s+(?:!\[.*\)\s+)?([^]*?)(?=\n## |$(?![^]))/m;

/** The runbook without what this page shows by itself, and what it says about the chart. */
function runbookParts(runbook: string): { text: string; chart: string } {
  const plain = runbook.replace(/^<!--[^]*?-->\s*/, '').replace(/^# .*\n/m, '');
  const text = plain.replace(HOW_IT_FIRES, '').replace(COMES_FROM, '');
  return { text, chart: HOW_IT_FIRES.exec(plain)?.[1] ?? '' };
}

function Told({ alert }: { alert: Alert }) {
  return (
    <>
      {alert.receivers.length ? (
        <ul>
          {alert.receivers.map(({ name, repeat }) => (
            <li key={name}>
              <b>{name}</b>, again every {repeat} while it fires
            </li>
          ))}
        </ul>
      ) : (
        <p>Nobody: no receiver takes alerts of severity {alert.severity}.</p>
      )}
      {alert.silencedBy.length > 0 && (
        <p>
          Nobody while one of these fires:{' '}
          {alert.silencedBy.map((name, place) => (
            <span key={name}>
              {place > 0 && ', '}
              <Go to={{ kind: 'alert', name }}>{name}</Go>
            </span>
          ))}
        </p>
      )}
    </>
  );
}

function Panels({ panels, contents, alert }: { panels: PanelFacts[]; contents: Contents; alert: Alert }) {
  const playable = contents.scenarios.includes(alert.name);
  const titles = new Map(contents.dashboards.map(({ uid, title }) => [uid, title]));
  const isGraph = ({ uid, id }: PanelFacts) =>
    contents.dashboards
      .filter((dashboard) => dashboard.uid === uid)
      .some(({ panels: all }) => flat(all).some((each) => each.id === id && each.type === 'timeseries'));
  const drawn = panels.find(isGraph) ?? panels[0];
  return (
    <>
      {[drawn].map(({ uid, id }) => (
        <PanelAlone
          key={`${uid} ${id}`}
          contents={contents}
          uid={uid}
          id={id}
          scenario={playable ? alert.name : ''}
          height={300}
        />
      ))}
      <ul>
        {panels.map(({ uid, id, title }) => (
          <li key={`${uid} ${id}`}>
            <Go to={{ kind: 'd', name: uid, panel: id, scenario: playable ? alert.name : '' }}>{title}</Go> in{' '}
            {titles.get(uid)}
          </li>
        ))}
      </ul>
    </>
  );
}

export function AlertPage({ alert, contents }: { alert: Alert; contents: Contents }) {
  const playable = contents.scenarios.includes(alert.name);
  const runbook = runbookParts(alert.runbook);
  const panels = contents.panels.filter(({ alerts }) => alerts.includes(alert.name));
  const dashboard = panels[0]?.uid ?? contents.dashboards[0]?.uid ?? '';
  return (
    <main className="pb-page" data-ready={`alert ${alert.name}`}>
      <h1>
        {alert.name} <Severity name={alert.severity} />
      </h1>
      <p>{alert.summary}</p>
      {playable && (
        <p>
          <Go className="pb-main" to={{ kind: 'd', name: dashboard, scenario: alert.name }}>
            See the dashboards while it fires
          </Go>
        </p>
      )}
      {!playable && !contents.live && (
        <p>
          <i>This page has no series that fire it. {alert.unproven}</i>
        </p>
      )}
      <h2>Condition</h2>
      <pre tabIndex={0}>{alert.condition}</pre>
      <p>
        It fires after its condition has held for {alert.for}. It stands at <code>{alert.source}</code>.
      </p>
      {panels.length > 0 && (
        <>
          <h2>{playable ? 'Its panels while it fires' : 'Its panels'}</h2>
          <Panels panels={panels} contents={contents} alert={alert} />
        </>
      )}
      {alert.chart && (
        <>
          <h2>How it fires</h2>
          <img src={alert.chart} alt={`The value of ${alert.name} against its limit over time`} />
          <Markdown text={runbook.chart} />
        </>
      )}
      <h2>Who is told</h2>
      <Told alert={alert} />
      <h2>What it is made of</h2>
      <Lineage contents={contents} id={`alert ${alert.name}`} />
      <h2>Runbook</h2>
      <Markdown text={runbook.text} />
    </main>
  );
}

export function AlertsPage({ contents }: { contents: Contents }) {
  const order = (name: string) => contents.severities.indexOf(name);
  const alerts = [...contents.alerts].sort((one, other) => order(one.severity) - order(other.severity));
  return (
    <main className="pb-page" data-ready="alerts">
      <h1>Alerts</h1>
      <Wide label="All alerts" heads={['Alert', 'Severity', 'Waits', 'Who is told', 'What it says']}>
        {alerts.map(({ name, severity, for: waits, receivers, summary }) => (
          <tr key={name}>
            <td>
              <Go to={{ kind: 'alert', name }}>{name}</Go>
            </td>
            <td>
              <Severity name={severity} />
            </td>
            <td>{waits}</td>
            <td>{receivers.map((receiver) => receiver.name).join(', ') || 'nobody'}</td>
            <td>{summary}</td>
          </tr>
        ))}
      </Wide>
    </main>
  );
}
