import type { Contents, Metric, Recording } from './model';
import { Lineage, related } from './Lineage';
import { Go, several, Wide } from './parts';

export function MetricsPage({ contents }: { contents: Contents }) {
  return (
    <main className="pb-page" data-ready="metrics">
      <h1>Metrics</h1>
      <Wide label="All metrics" heads={['Metric', 'Type', 'Unit', 'Labels', 'Series at most', 'Service']}>
        {contents.metrics.map(({ name, help, kind, unit, labels, bound, service }) => (
          <tr key={name}>
            <td>
              <Go to={{ kind: 'metric', name }}>{name}</Go>
              <br />
              {help}
            </td>
            <td>{kind}</td>
            <td>{unit}</td>
            <td>{labels.map((label) => label.name).join(', ')}</td>
            <td>{bound}</td>
            <td>{service}</td>
          </tr>
        ))}
      </Wide>
      <h2>Recorded series</h2>
      <ul className="pb-columns">
        {contents.records.map(({ name }) => (
          <li key={name}>
            <Go to={{ kind: 'record', name }}>{name}</Go>
          </li>
        ))}
      </ul>
    </main>
  );
}

function Counted({ metric }: { metric: Metric }) {
  const { exporter, module, symbol, countedIn } = metric;
  if (exporter) return <p>By {exporter}.</p>;
  if (!module) return <p>By no module that pbmon renders.</p>;
  return (
    <>
      <p>
        By the app, as <code>{symbol}</code> of <code>{module}</code>.
      </p>
      {countedIn.map((path) => (
        <p key={path}>
          <code>{path}</code> counts by itself.
        </p>
      ))}
    </>
  );
}

function Used({ contents, id }: { contents: Contents; id: string }) {
  const groups = (['alert', 'panel', 'record'] as const).map((kind) => ({
    kind,
    nodes: related(contents, id, kind, 'above'),
  }));
  if (groups.every(({ nodes }) => !nodes.length)) return <p>Nowhere: no rule and no panel reads it.</p>;
  return groups.map(
    ({ kind, nodes }) =>
      nodes.length > 0 && (
        <div key={kind}>
          <h3>{several(nodes.length, kind)}</h3>
          <ul className="pb-columns">
            {nodes.map(({ id: node, title, place }) => (
              <li key={node}>
                <Go to={place}>{title}</Go>
              </li>
            ))}
          </ul>
        </div>
      ),
  );
}

export function MetricPage({ metric, contents }: { metric: Metric; contents: Contents }) {
  return (
    <main className="pb-page" data-ready={`metric ${metric.name}`}>
      <h1>{metric.name}</h1>
      <p>{metric.help}</p>
      <dl>
        <dt>Type</dt>
        <dd>
          {metric.kind}
          {metric.unit && `, in ${metric.unit}`}
        </dd>
        <dt>Series of one target at most</dt>
        <dd>{metric.bound}</dd>
        {metric.service && (
          <>
            <dt>Service</dt>
            <dd>{metric.service}</dd>
          </>
        )}
        {metric.buckets.length > 0 && (
          <>
            <dt>Buckets</dt>
            <dd>{metric.buckets.join(', ')}</dd>
          </>
        )}
        <dt>Defined at</dt>
        <dd>
          <code>{metric.source}</code>
        </dd>
      </dl>
      <h2>Labels</h2>
      {metric.labels.length ? (
        <Wide label="Its labels" heads={['Label', 'What it says', 'Values', 'At most']}>
          {metric.labels.map(({ name, help, values, most }) => (
            <tr key={name}>
              <td>
                <code>{name}</code>
              </td>
              <td>{help}</td>
              <td>{values.join(', ') || 'any'}</td>
              <td>{most}</td>
            </tr>
          ))}
        </Wide>
      ) : (
        <p>None but those of its target.</p>
      )}
      <h2>Where it is counted</h2>
      <Counted metric={metric} />
      <h2>Where it is used</h2>
      <Lineage contents={contents} id={metric.name} />
      <Used contents={contents} id={metric.name} />
    </main>
  );
}

export function RecordPage({ record, contents }: { record: Recording; contents: Contents }) {
  return (
    <main className="pb-page" data-ready={`record ${record.name}`}>
      <h1>{record.name}</h1>
      <p>
        A recorded series, defined at <code>{record.source}</code>.
      </p>
      <pre tabIndex={0}>{record.expr}</pre>
      <h2>What it is made of, and where it is used</h2>
      <Lineage contents={contents} id={record.name} />
      <Used contents={contents} id={record.name} />
    </main>
  );
}
