import type { Changes, Contents, Status } from './model';
import { PanelAlone } from './DashboardPage';
import { pixels } from './layout';
import { Go, several } from './parts';
import type { Place } from './place';

function Mark({ status }: { status: Status }) {
  return status && <span className={`pb-status pb-status-${status}`}>{status}</span>;
}

function Why({ why }: { why: string[] }) {
  if (!why.length) return null;
  return (
    <ul className="pb-why">
      {why.map((each) => (
        <li key={each}>
          <code>{each}</code>
        </li>
      ))}
    </ul>
  );
}

type Changed = Changes['dashboards'][number];

function Pair({ dashboard, panel, contents, scenario }: {
  dashboard: Changed;
  panel: Changed['panels'][number];
  contents: Contents;
  scenario: string;
}) {
  const sides = { contents, uid: dashboard.uid, id: panel.id, scenario, height: pixels(panel.height) };
  return (
    <section className="pb-pair" data-change={panel.status}>
      <h2>
        {panel.title} <Mark status={panel.status} />
      </h2>
      <Why why={panel.why} />
      <div>
        <figure>
          <figcaption>Before</figcaption>
          {panel.status === 'added' ? <p>It was not there.</p> : <PanelAlone {...sides} side="before" />}
        </figure>
        <figure>
          <figcaption>After</figcaption>
          {panel.status === 'removed' ? <p>It is gone.</p> : <PanelAlone {...sides} />}
        </figure>
      </div>
    </section>
  );
}

function OfDashboard({ dashboard, contents, place }: { dashboard: Changed; contents: Contents; place: Place }) {
  const changed = dashboard.panels.filter(({ status }) => status);
  const same = dashboard.panels.filter(({ status }) => !status);
  return (
    <main data-ready={`changes ${dashboard.uid} ${place.scenario}`}>
      <header className="pb-head">
        <h1>
          {dashboard.title} <Mark status={dashboard.status} />
        </h1>
        <Go to={{ kind: 'd', name: dashboard.uid }}>The whole dashboard</Go>
        <Go to={{ kind: 'changes' }}>All changes</Go>
      </header>
      <Why why={dashboard.why} />
      {changed.map((panel) => (
        <Pair key={panel.id} dashboard={dashboard} panel={panel} contents={contents} scenario={place.scenario} />
      ))}
      {same.length > 0 && (
        <details>
          <summary>{several(same.length, 'panel')} as before</summary>
          <ul className="pb-columns">
            {same.map(({ id, title }) => (
              <li key={id}>
                <Go to={{ kind: 'd', name: dashboard.uid, panel: id }}>{title}</Go>
              </li>
            ))}
          </ul>
        </details>
      )}
    </main>
  );
}

export function ChangesPage({ contents, place }: { contents: Contents; place: Place }) {
  const { dashboards, alerts } = contents.changes!;
  const chosen = dashboards.find(({ uid }) => uid === place.name);
  if (chosen) return <OfDashboard dashboard={chosen} contents={contents} place={place} />;
  return (
    <main className="pb-page" data-ready="changes">
      <h1>What is another</h1>
      {!dashboards.length && !alerts.length && <p>No dashboard and no alert is another.</p>}
      {dashboards.length > 0 && <h2>Dashboards</h2>}
      <ul>
        {dashboards.map(({ uid, title, status, panels }) => (
          <li key={uid}>
            <Go to={{ kind: 'changes', name: uid }}>{title}</Go> <Mark status={status} />{' '}
            {several(panels.filter((panel) => panel.status).length, 'panel')}
          </li>
        ))}
      </ul>
      {alerts.length > 0 && <h2>Alerts</h2>}
      {alerts.map(({ name, status, why, chart }) => {
        const now = contents.alerts.find((alert) => alert.name === name);
        return (
          <section key={name} className="pb-pair" data-change={status}>
            <h3>
              {now ? <Go to={{ kind: 'alert', name }}>{name}</Go> : name} <Mark status={status} />
            </h3>
            <Why why={why} />
            <div>
              {[chart, now?.chart].map(
                (picture, place) =>
                  picture && (
                    <figure key={place}>
                      <figcaption>{place ? 'After' : 'Before'}</figcaption>
                      <img src={picture} alt={`How ${name} ${place ? 'fires' : 'fired before'}`} />
                    </figure>
                  ),
              )}
            </div>
          </section>
        );
      })}
    </main>
  );
}
