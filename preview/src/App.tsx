import { useEffect, useLayoutEffect, useMemo, useRef, useState } from 'react';
import { createTheme, ThemeContext } from '@grafana/data';
import { GlobalStyles, PortalContainer } from '@grafana/ui';
import { AlertPage, MetricsPage } from './AlertPage';
import { DashboardPage } from './DashboardPage';
import type { Contents } from './model';
import { go, type Place, usePlace } from './place';
import { entries, type Entry, search } from './search';
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
  return (
    <header className="pb-bar">
      <a href="#/" onClick={(event) => (event.preventDefault(), go({ kind: 'home', name: '' }))}>
        {contents.project}
      </a>
      <Search contents={contents} />
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
      <p>Drawn without a Grafana or a Prometheus, with series that pbmon made up.</p>
      <h2>Dashboards</h2>
      <ul className="pb-list">
        {contents.dashboards.map(({ uid, title, description }) => (
          <li key={uid}>
            <button type="button" className="pb-link" onClick={() => go({ kind: 'd', name: uid })}>
              {title}
            </button>
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
                  <button type="button" className="pb-link" onClick={() => go({ kind: 'alert', name })}>
                    {name}
                  </button>
                </li>
              ))}
          </ul>
        </section>
      ))}
      <h2>Metrics</h2>
      <button type="button" className="pb-link" onClick={() => go({ kind: 'metrics', name: '' })}>
        All {contents.metrics.length} metrics
      </button>
    </main>
  );
}

function Content({ contents, place }: { contents: Contents; place: Place }) {
  const dashboard = contents.dashboards.find(({ uid }) => place.kind === 'd' && uid === place.name);
  const alert = contents.alerts.find(({ name }) => place.kind === 'alert' && name === place.name);
  if (dashboard) return <DashboardPage dashboard={dashboard} place={place} contents={contents} />;
  if (alert) return <AlertPage alert={alert} contents={contents} />;
  if (place.kind === 'metrics') return <MetricsPage contents={contents} name={place.name} />;
  return <Home contents={contents} />;
}

export function App({ contents }: { contents: Contents }) {
  const place = usePlace();
  const theme = useMemo(() => createTheme({ colors: { mode: place.theme } }), [place.theme]);
  useEffect(() => {
    document.title = `${place.name || contents.project} · pbmon preview`;
    scrollTo(0, 0);
    document.querySelector('.pb-chosen')?.scrollIntoView({ block: 'center' });
  }, [place.kind, place.name, contents]);
  return (
    <ThemeContext.Provider value={theme}>
      <GlobalStyles />
      <PageStyles theme={theme} />
      <Bar contents={contents} place={place} />
      <Content contents={contents} place={place} />
      <PortalContainer />
    </ThemeContext.Provider>
  );
}
