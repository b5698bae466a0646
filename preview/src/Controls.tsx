// What stands above a dashboard: its variables, its time, how often live data is asked for.
import type { Dashboard, Shown, Variable } from './model';
import { Drop } from './parts';
import { go, type Place } from './place';
import { isFile } from './source';
import { lastOf, RANGES, rangeName, zoomedOut } from './time';

interface ChoiceProps {
  variable: Variable;
  offered: string[];
  chosen: string[];
  choose: (values: string[]) => void;
}

function Choice({ variable, offered, chosen, choose }: ChoiceProps) {
  const label = variable.label || variable.name;
  const toggle = (value: string) =>
    choose(chosen.includes(value) ? chosen.filter((each) => each !== value) : [...chosen, value]);
  return (
    <Drop label={label} text={chosen.length ? chosen.join(' + ') : 'All'}>
      <fieldset>
        <legend>{label}</legend>
        <label>
          <input type="checkbox" checked={!chosen.length} onChange={() => choose([])} /> All
        </label>
        {offered.map((value) => (
          <label key={value}>
            <input type="checkbox" checked={chosen.includes(value)} onChange={() => toggle(value)} /> {value}
          </label>
        ))}
      </fieldset>
    </Drop>
  );
}

export function Variables({ dashboard, shown, place }: { dashboard: Dashboard; shown: Shown; place: Place }) {
  const choices = dashboard.templating.list.filter(({ hide, type }) => hide !== 2 && type !== 'datasource');
  const { variables } = place;
  const choose = (name: string, values: string[]) => {
    const { [name]: _, ...others } = variables;
    go({ variables: values.length ? { ...others, [name]: values } : others });
  };
  if (isFile()) {
    return choices.map(({ name, label }) => (
      <span key={name} title="A page that `pbmon preview` serves lets you choose">
        {label || name}: <b>All</b>
      </span>
    ));
  }
  return choices.map((variable) => (
    <Choice
      key={variable.name}
      variable={variable}
      offered={shown.offered[variable.name] ?? []}
      chosen={variables[variable.name] ?? []}
      choose={(values) => choose(variable.name, values)}
    />
  ));
}

export function TimePicker({ shown, place, whole }: { shown: Shown; place: Place; whole: number }) {
  const zoomed = place.from !== '';
  const known = RANGES.filter(([from]) => !isFile() || lastOf(from)! <= whole);
  return (
    <>
      <Drop label="Time" text={rangeName(place.from, shown.begin, shown.end)}>
        <ul>
          {known.map(([from, name]) => (
            <li key={from}>
              <button type="button" aria-pressed={from === place.from} onClick={() => go({ from, to: 'now' })}>
                {name}
              </button>
            </li>
          ))}
        </ul>
      </Drop>
      <button
        type="button"
        disabled={isFile() && !zoomed}
        onClick={() => go(isFile() ? { from: '', to: '' } : zoomedOut(shown.begin, shown.end, shown.end))}
      >
        Zoom out
      </button>
      {zoomed && (
        <button type="button" onClick={() => go({ from: '', to: '' })}>
          Whole time
        </button>
      )}
    </>
  );
}

const INTERVALS = ['5s', '10s', '30s', '1m', '5m', '15m'];

interface RefreshProps {
  every: string;
  choose: (every: string) => void;
  now: () => void;
}

export function Refresh({ every, choose, now }: RefreshProps) {
  const known = INTERVALS.includes(every) || !every ? INTERVALS : [every, ...INTERVALS];
  return (
    <>
      <button type="button" onClick={now}>
        Refresh
      </button>
      <label>
        every{' '}
        <select value={every} onChange={(event) => choose(event.target.value)}>
          <option value="">never</option>
          {known.map((each) => (
            <option key={each}>{each}</option>
          ))}
        </select>
      </label>
    </>
  );
}
