import { useEffect, useLayoutEffect, useMemo, useRef, useState } from 'react';
import { createTheme, ThemeContext } from '@grafana/data';
import { GlobalStyles, PortalContainer } from '@grafana/ui';
import { AlertPage, AlertsPage } from './AlertPage';
import { ChangesPage } from './ChangesPage';
import { DashboardPage } from './DashboardPage';
import { MetricPage, MetricsPage, RecordPage } from './MetricPages';
import type { Contents } from './model';
import { Go } from './parts';
import { followLinks, go, type Place, usePlace } from './place';
import { entries, type Entry, search } from './search';
import { SlosPage } from './SlosPage';
import { contents as read, listen } from './source';
import { PageStyles } from './styles';

function Search({ contents }: { contents: Contents }) {
  const [text, setText] = useState('');
  const [chosen, setChosen] = useState(0);
  const input = useRef<HTMLInputElement>(null);
  const all = useMemo(() => entries(contents), [contents]);
  const results = search(all, text);
  useLayoutEffect(() => {
    const focus = (event: KeyboardEvent) => {
      if (event.key === '/' && !(event.target instanceof HTMLInputElement)) {
        event.preventDefault();
        input.current?.focus();
      }
    };
    addEventListener('keydown', focus);
    return () => removeEventListener('keydown', focus);
  }, []);
  const open = (entry: Entry | undefined) => {
    if (!entry) return;
    go(entry.place);
    setText('');
    input.current?.blur();
  };
  return (
    <div className="pb-search">
      <input
        ref={input}
        type="search"
        role="combobox"
        aria-label="Search dashboards, panels, alerts and metrics"
        aria-expanded={results.length > 0}
        aria-controls="pb-results"
        aria-activedescendant={results.length ? `pb-result-${chosen}` : undefined}
        placeholder="Search, or press /"
        value={text}
        onChange={(event) => {
          setText(event.target.value);
          setChosen(0);
        }}
        onKeyDown={(event) => {
          const last = results.length - 1;
          if (event.key === 'ArrowDown') setChosen(Math.min(last, chosen + 1));
          if (event.key === 'ArrowUp') setChosen(Math.max(0, chosen - 1));
          if (event.key === 'Enter') open(results[chosen]);
          if (event.key === 'Escape') setText('');
        }}
      />
      {results.length > 0 && (
        <ul id="pb-results" role="listbox" aria-label="Results">
          {results.map((entry, place) => (
            <li
              key={`${entry.kind} ${entry.place.name} ${entry.title}`}
              id={`pb-result-${place}`}
              role="option"
              aria-selected={place === chosen}
              onMouseDown={() => open(entry)}
            >
              <small>{entry.kind}</small> {entry.title} <i>{entry.detail}</i>
            </li>
          ))}
        </ul>
      )}
    </div>
  );
}

function Bar({ contents, place }: { contents: Contents; place: Place }) {
  const changes = contents.changes?.dashboards.length;
  return (
    <header className="pb-bar">
      <Go className="pb-home" to={{ kind: 'home' }}>
        {contents.project}
      </Go>
      <nav aria-label="Pages">
        <Go to={{ kind: 'alerts' }}>Alerts</Go>
        <Go to={{ kind: 'slos' }}>Objectives</Go>
        <Go to={{ kind: 'metrics' }}>Metrics</Go>
        {contents.changes && <Go to={{ kind: 'changes' }}>Changes ({changes})</Go>}
      </nav>
      <Search contents={contents} />
      {contents.live ? (
        <span>Live from {contents.live}</span>
      ) : (
        <label>
          Situation{' '}
          <select value={place.scenario} onChange={(event) => go({ scenario: event.target.value })}>
            <option value="">all is well</option>
            {contents.scenarios.map((name) => (
              <option key={name} value={name}>
                while {name} fires
              </option>
            ))}
          </select>
        </label>
      )}
      <button type="button" onClick={() => go({ theme: place.theme === 'dark' ? 'light' : 'dark' })}>
        {place.theme === 'dark' ? 'Light' : 'Dark'}
      </button>
    </header>
  );
}

function Home({ contents }: { contents: Contents }) {
  const severities = contents.severities.filter((severity) =>
    contents.alerts.some((alert) => alert.severity === severity),
  );
  return (
    <main className="pb-page" data-ready="home">
      <h1>{contents.project}</h1>
      <p>
        {contents.live
          ? `Drawn without a Grafana, with what the Prometheus at ${contents.live} has.`
          : 'Drawn without a Grafana or a Prometheus, with series that pbmon made up.'}
      </p>
      <h2>Dashboards</h2>
      <ul className="pb-list">
        {contents.dashboards.map(({ uid, title, description }) => (
          <li key={uid}>
            <Go to={{ kind: 'd', name: uid }}>{title}</Go>
            <div>{description}</div>
          </li>
        ))}
      </ul>
      <h2>Alerts</h2>
      {severities.map((severity) => (
        <section key={severity}>
          <h3 className={`pb-${severity}`}>{severity}</h3>
          <ul className="pb-columns">
            {contents.alerts
              .filter((alert) => alert.severity === severity)
              .map(({ name }) => (
                <li key={name}>
                  <Go to={{ kind: 'alert', name }}>{name}</Go>
                </li>
              ))}
          </ul>
        </section>
      ))}
      <h2>Keys</h2>
      <p>
        <kbd>/</kbd> searches, <kbd>t</kbd> changes between dark and light, <kbd>h</kbd> leads here, <kbd>Esc</kbd>{' '}
        closes what is open. A drag over a graph zooms into its time, a double click zooms out.
      </p>
    </main>
  );
}

function Content({ contents, place }: { contents: Contents; place: Place }) {
  const { kind, name } = place;
  const dashboard = contents.dashboards.find(({ uid }) => kind === 'd' && uid === name);
  const alert = contents.alerts.find((each) => kind === 'alert' && each.name === name);
  const metric = contents.metrics.find((each) => kind === 'metric' && each.name === name);
  const record = contents.records.find((each) => kind === 'record' && each.name === name);
  if (dashboard) return <DashboardPage dashboard={dashboard} place={place} contents={contents} />;
  if (alert) return <AlertPage alert={alert} contents={contents} />;
  if (metric) return <MetricPage metric={metric} contents={contents} />;
  if (record) return <RecordPage record={record} contents={contents} />;
  if (kind === 'alerts') return <AlertsPage contents={contents} />;
  if (kind === 'metrics') return <MetricsPage contents={contents} />;
  if (kind === 'slos') return <SlosPage contents={contents} place={place} />;
  if (kind === 'changes' && contents.changes) return <ChangesPage contents={contents} place={place} />;
  return <Home contents={contents} />;
}

function useKeys(place: Place): void {
  useEffect(() => {
    const press = (event: KeyboardEvent) => {
      const { target } = event;
      const typing = target instanceof HTMLElement && target.matches('input, select, textarea');
      if (typing || event.ctrlKey || event.metaKey || event.altKey) return;
      if (event.key === 't') go({ theme: place.theme === 'dark' ? 'light' : 'dark' });
      if (event.key === 'h') go({ kind: 'home', name: '' });
    };
    addEventListener('keydown', press);
    return () => removeEventListener('keydown', press);
  }, [place.theme]);
}

/** What is there now: with `--watch`, of the definitions as they were saved last. */
function useContents(first: Contents): { contents: Contents; problem: string } {
  const [state, setState] = useState({ contents: first, problem: '' });
  useEffect(() => {
    if (!first.watching) return;
    return listen(({ version, problem }) => {
      if (problem) setState(({ contents }) => ({ contents, problem }));
      else if (version !== first.version) {
        read().then((contents) => setState({ contents, problem: '' }), console.error);
      }
    });
  }, [first]);
  return state;
}

export function App({ contents: first }: { contents: Contents }) {
  const place = usePlace();
  const { contents, problem } = useContents(first);
  const theme = useMemo(() => createTheme({ colors: { mode: place.theme } }), [place.theme]);
  const content = useRef<HTMLDivElement>(null);
  const arrived = useRef(false);
  useKeys(place);
  useEffect(
    () =>
      followLinks(
        new Set(contents.dashboards.map(({ uid }) => uid)),
        new Set(contents.alerts.map(({ name }) => name)),
      ),
    [contents],
  );
  useEffect(() => {
    document.title = `${place.name || contents.project} · pbmon preview`;
    scrollTo(0, 0);
    // who reads with a screen reader is told what is there now
    if (arrived.current) content.current?.focus({ preventScroll: true });
    arrived.current = true;
  }, [place.kind, place.name, contents.project]);
  return (
    <ThemeContext.Provider value={theme}>
      <GlobalStyles />
      <PageStyles theme={theme} />
      <Bar contents={contents} place={place} />
      {problem && (
        <pre className="pb-problem" role="alert">
          {problem}
        </pre>
      )}
      <div ref={content} tabIndex={-1}>
        <Content contents={contents} place={place} />
      </div>
      <PortalContainer />
    </ThemeContext.Provider>
  );
}
