// What a component shows of a dashboard, read anew when something of it changes.
import { type RefObject, useEffect, useLayoutEffect, useMemo, useRef, useState } from 'react';
import { dateTime, type InterpolateFunction, type TimeRange } from '@grafana/data';
import type { Values } from './layout';
import type { Dashboard, Shown } from './model';
import { type Answered, shown as read, type View } from './source';
import { interpolator } from './variables';

export interface Reading {
  shown?: Answered;
  error?: string;
  /** Whether it is of what is asked for now; else of what was before. */
  current: boolean;
}

/** round: changes when the same view has to be asked for again. */
export function useShown(view: View, round: number | string): Reading {
  const asked = JSON.stringify([view, round]);
  const [state, setState] = useState<{ of: string; uid: string; shown?: Answered; error?: string }>();
  useEffect(() => {
    let wanted = true;
    read(view)
      .then((shown) => wanted && setState({ of: asked, uid: view.uid, shown }))
      .catch((error: Error) => wanted && setState({ of: asked, uid: view.uid, error: error.message }));
    return () => {
      wanted = false;
    };
    // the view is a new object each time, and `asked` says the same
  }, [asked]);
  if (state?.uid !== view.uid) return { current: false };
  return { shown: state.shown, error: state.error, current: state.of === asked };
}

export function useTimeRange(shown: Shown | undefined): TimeRange | undefined {
  return useMemo(() => {
    if (!shown) return undefined;
    const [from, to] = [dateTime(shown.begin * 1000), dateTime(shown.end * 1000)];
    return { from, to, raw: { from, to } };
  }, [shown]);
}

/** What is chosen of each variable, or at first. */
export function useValues(
  dashboard: Dashboard,
  shown: Shown | undefined,
  chosen: Record<string, string[]>,
): Values {
  return useMemo(() => {
    const values: Values = {};
    for (const { name, type, multi, query } of dashboard.templating.list) {
      const offered = shown?.offered[name] ?? [];
      const wanted = chosen[name] ?? [];
      if (type === 'textbox') values[name] = wanted.length ? wanted : [String(query ?? '')];
      else if (wanted.length || multi) values[name] = wanted.length ? wanted : offered;
      else values[name] = offered.slice(0, 1);
    }
    return values;
    // choices come with what is shown
  }, [dashboard, shown]);
}

/** Replaces the variables in texts of a dashboard. */
export function useReplace(
  dashboard: Dashboard,
  shown: Shown | undefined,
  chosen: Record<string, string[]>,
): InterpolateFunction {
  const values = useValues(dashboard, shown, chosen);
  return useMemo(() => {
    const texts = dashboard.templating.list.map(({ name, multi }) => {
      const isAll = multi && !chosen[name]?.length;
      return [name, isAll ? 'All' : (values[name] ?? []).join(' + ')];
    });
    return interpolator({
      ...Object.fromEntries(texts),
      __from: String((shown?.begin ?? 0) * 1000),
      __to: String((shown?.end ?? 0) * 1000),
      __interval: `${shown?.step ?? 0}s`,
    });
  }, [dashboard, shown, values]);
}

export function useWidth(): [RefObject<HTMLDivElement | null>, number] {
  const element = useRef<HTMLDivElement>(null);
  const [width, setWidth] = useState(0);
  useLayoutEffect(() => {
    const measure = () => setWidth(element.current?.clientWidth ?? 0);
    measure();
    addEventListener('resize', measure);
    return () => removeEventListener('resize', measure);
  }, []);
  return [element, width];
}
