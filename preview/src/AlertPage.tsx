import type { Alert, Contents } from './model';
import { Markdown } from './panels/plain';
import { go } from './place';

const HOW_IT_FIRES = /^## How it fires\s+(?:!\[.*\)\s+)?([^]*?)(?=\n## |$(?![^]))/m;

/** The runbook without what this page shows by itself, and what it says about the chart. */
function runbookParts(text: string): { text: string; chart: string } {
  const plain = text.replace(/^<!--[^]*?-->\s*/, '').replace(/^# .*\n/m, '');
  return { text: plain.replace(HOW_IT_FIRES, ''), chart: HOW_IT_FIRES.exec(plain)?.[1] ?? '' };
}

function Told({ alert }: { alert: Alert }) {
  if (!alert.receivers.length) {
    return <p>Nobody: no receiver takes alerts of severity {alert.severity}.</p>;
  }
  return (
    <ul>
      {alert.receivers.map(({ name, repeat }) => (
        <li key={name}>
          <b>{name}</b>, again every {repeat} while it fires
        </li>
      ))}
    </ul>
  );
}

export function AlertPage({ alert, contents }: { alert: Alert; contents: Contents }) {
  const playable = contents.scenarios.includes(alert.name);
  const runbook = runbookParts(alert.runbook);
  const dashboard = alert.panel?.[0] ?? contents.dashboards[0]?.uid ?? '';
  return (
    <main className="pb-page" data-ready={`alert ${alert.name}`}>
      <h1>
        {alert.name} <span className={`pb-severity pb-${alert.severity}`}>{alert.severity}</span>
      </h1>
      <p>{alert.summary}</p>
      {playable ? (
        <button
          type="button"
          className="pb-main"
          onClick={() => go({ kind: 'd', name: dashboard, scenario: alert.name })}
        >
          See the dashboards while it fires
        </button>
      ) : (
        <p>
          <i>This page has no series that fire it. {alert.unproven}</i>
        </p>
      )}
      <h2>Condition</h2>
      <pre>{alert.condition}</pre>
      <p>It fires after its condition has held for {alert.for}.</p>
      {alert.chart && (
        <>
          <h2>How it fires</h2>
          <img src={alert.chart} alt={`The value of ${alert.name} against its limit over time`} />
          <Markdown text={runbook.chart} />
        </>
      )}
      <h2>Who is told</h2>
      <Told alert={alert} />
      <h2>Runbook</h2>
      <Markdown text={runbook.text} />
    </main>
  );
}

export function MetricsPage({ contents, name }: { contents: Contents; name: string }) {
  return (
    <main className="pb-page" data-ready="metrics">
      <h1>Metrics</h1>
      <div className="pb-scroll">
        <table>
          <thead>
            <tr>
              {['Metric', 'Type', 'Unit', 'Labels', 'Series', 'Service', 'Alerts'].map((head) => (
                <th key={head}>{head}</th>
              ))}
            </tr>
          </thead>
          <tbody>
            {contents.metrics.map((metric) => (
              <tr key={metric.name} className={metric.name === name ? 'pb-chosen' : undefined}>
                <td>
                  <b>{metric.name}</b>
                  <br />
                  {metric.help}
                </td>
                <td>{metric.kind}</td>
                <td>{metric.unit}</td>
                <td>{metric.labels.join(', ')}</td>
                <td>{metric.bound}</td>
                <td>{metric.service}</td>
                <td>
                  {contents.alerts
                    .filter(({ metrics }) => metrics.includes(metric.name))
                    .map((alert) => (
                      <button
                        key={alert.name}
                        type="button"
                        className="pb-link"
                        onClick={() => go({ kind: 'alert', name: alert.name })}
                      >
                        {alert.name}
                      </button>
                    ))}
                </td>
              </tr>
            ))}
          </tbody>
        </table>
      </div>
    </main>
  );
}
