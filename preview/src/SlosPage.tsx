import { useEffect, useState } from 'react';
import type { Budgets, Contents, Slo } from './model';
import { Lineage } from './Lineage';
import { Go, Severity, Wide } from './parts';
import type { Place } from './place';
import { budgets as read } from './source';

const percent = (share: number) => `${Number((share * 100).toPrecision(3))} %`;

/** Minutes that a budget allows everything to fail, in words. */
function allowed({ budget, window }: Slo): string {
  const days = Number(window.slice(0, -1)) * (window.endsWith('w') ? 7 : 1);
  const minutes = budget * days * 1440;
  return minutes < 90 ? `${minutes.toFixed(1)} minutes` : `${(minutes / 60).toFixed(1)} hours`;
}

const named = (labels: Record<string, string>) => Object.values(labels).join(' ') || 'all';

function Left({ left }: { left: number }) {
  const state = left < 0 ? 'missed' : left < 0.25 ? 'low' : 'good';
  return (
    <span className={`pb-budget pb-budget-${state}`}>
      <meter min={0} max={1} value={Math.max(0, left)} aria-label="Share of the budget that is left" />{' '}
      {left < 0 ? `missed by ${percent(-left)} of the budget` : `${percent(left)} left`}
    </span>
  );
}

function One({ slo, budgets, contents }: { slo: Slo; budgets?: Budgets; contents: Contents }) {
  return (
    <section>
      <h2>{slo.name}</h2>
      <p>
        {slo.help} {slo.objective} % over {slo.window}: all of it may fail for {allowed(slo)}.
      </p>
      <ul>
        {(budgets?.[slo.name] ?? []).map(({ labels, left, burns }) => (
          <li key={named(labels)}>
            {named(labels)}: <Left left={left} />
            {burns !== null && `, burning ${Number(burns.toPrecision(3))} times as fast as it may`}
          </li>
        ))}
      </ul>
      {slo.burns.length > 0 && (
        <Wide label={`Alerts of ${slo.name}`} heads={['Burns so many times as fast', 'Over', 'And still over', 'Severity']}>
          {slo.burns.map(({ factor, long, short, severity }) => (
            <tr key={long}>
              <td>{factor}</td>
              <td>{long}</td>
              <td>{short}</td>
              <td>
                <Severity name={severity} />
              </td>
            </tr>
          ))}
        </Wide>
      )}
      <details>
        <summary>What the budget is made of</summary>
        <Lineage contents={contents} id={slo.reads[0]} />
      </details>
    </section>
  );
}

export function SlosPage({ contents, place }: { contents: Contents; place: Place }) {
  const [state, setState] = useState<{ of: string; budgets?: Budgets; error?: string }>();
  useEffect(() => {
    let wanted = true;
    const of = place.scenario;
    read(of)
      .then((budgets) => wanted && setState({ of, budgets }))
      .catch((error: Error) => wanted && setState({ of, error: error.message }));
    return () => {
      wanted = false;
    };
  }, [place.scenario, contents]);
  const current = state?.of === place.scenario ? state : undefined;
  return (
    <main className="pb-page" data-ready={current ? 'slos' : undefined}>
      <h1>Objectives</h1>
      {current?.error && <p role="alert">{current.error}</p>}
      {!contents.slos.length && <p>There is no objective. A definition of a kind Slo makes one.</p>}
      {contents.slos.map((slo) => (
        <One key={slo.name} slo={slo} budgets={current?.budgets} contents={contents} />
      ))}
      {contents.dashboards
        .filter(({ uid }) => uid.endsWith('-slo-overview'))
        .map(({ uid, title }) => (
          <p key={uid}>
            <Go to={{ kind: 'd', name: uid }}>{title}</Go>
          </p>
        ))}
    </main>
  );
}
