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

const labelOf = ({ label, name }: Variable) => label || name;

function Several({ variable, offered, chosen, choose }: ChoiceProps) {
  const label = labelOf(variable);
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

function One({ variable, offered, chosen, choose }: ChoiceProps) {
  return (
    <label>
      {labelOf(variable)}{' '}
      <select value={chosen[0] ?? offered[0]} onChange={(event) => choose([event.target.value])}>
        {offered.map((value) => (
          <option key={value}>{value}</option>
        ))}
      </select>
    </label>
  );
}

function Written({ variable, chosen, choose }: ChoiceProps) {
  const text = chosen[0] ?? String(variable.query ?? '');
  return (
    <label>
      {labelOf(variable)}{' '}
      <input
        key={text}
        defaultValue={text}
        onBlur={(event) => event.target.value !== text && choose([event.target.value])}
        onKeyDown={(event) => event.key === 'Enter' && event.currentTarget.blur()}
      />
    </label>
  );
}

function choiceOf({ type, multi }: Variable) {
  if (type === 'textbox') return Written;
  return multi ? Several : One;
}

/** What a file shows, since it holds no other answers. */
function First({ variable, offered }: { variable: Variable; offered: string[] }) {
  const { type, multi, query } = variable;
  const text = type === 'textbox' ? String(query ?? '') : multi ? 'All' : offered[0];
  return (
    <span title="A page that `pbmon preview` serves lets you choose">
      {labelOf(variable)}: <b>{text}</b>
    </span>
  );
}

export function Variables({ dashboard, shown, place }: { dashboard: Dashboard; shown: Shown; place: Place }) {
  const { variables } = place;
  return dashboard.templating.list
    .filter(({ hide, type }) => hide !== 2 && type !== 'datasource')
    .map((variable) => {
      const { name } = variable;
      const offered = shown.offered[name] ?? [];
      if (isFile()) return <First key={name} variable={variable} offered={offered} />;
      const Choice = choiceOf(variable);
      const { [name]: chosen = [], ...others } = variables;
      const choose = (values: string[]) =>
        go({ variables: values.length ? { ...others, [name]: values } : others });
      return <Choice key={name} variable={variable} offered={offered} chosen={chosen} choose={choose} />;
    });
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
