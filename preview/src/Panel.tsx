// One panel: answers become frames, then go the way that they go in Grafana.
import { Component, type ComponentType, type ReactNode, useEffect, useMemo, useState } from 'react';
import {
  applyFieldOverrides,
  cacheFieldDisplayNames,
  type DataFrame,
  EventBusSrv,
  getPanelOptionsWithDefaults,
  type InterpolateFunction,
  LoadingState,
  type TimeRange,
  transformDataFrame,
} from '@grafana/data';
import { DashboardCursorSync } from '@grafana/schema';
import {
  Icon,
  PanelChrome,
  type PanelContext,
  PanelContextProvider,
  SeriesVisibilityChangeMode,
  useTheme2,
} from '@grafana/ui';
import { frames } from './frames';
import type { Panel, Shown } from './model';
import { BarChartView, HistogramView, PieView } from './panels/charts';
import { HeatmapView } from './panels/heatmap';
import { TableView, TextView } from './panels/plain';
import { BarGaugeView, GaugeView, StatView } from './panels/single';
import { StatesView } from './panels/states';
import { TimeSeriesView } from './panels/timeseries';
import type { Mark, ViewProps } from './panels/view';
import { hashOf, usePlace } from './place';
import { PLUGINS } from './plugins';

const VIEWS: Record<string, ComponentType<ViewProps>> = {
  timeseries: TimeSeriesView,
  stat: StatView,
  gauge: GaugeView,
  bargauge: BarGaugeView,
  table: TableView,
  heatmap: HeatmapView,
  'state-timeline': StatesView,
  'status-history': StatesView,
  piechart: PieView,
  barchart: BarChartView,
  histogram: HistogramView,
  text: TextView,
};

const eventBus = new EventBusSrv();

function useFrames(panel: Panel, mark: string, shown: Shown, replace: InterpolateFunction) {
  const [state, setState] = useState<{ series?: DataFrame[]; error?: string }>({});
  useEffect(() => {
    const fail = (error: unknown) =>
      setState({ series: [], error: error instanceof Error ? error.message : String(error) });
    try {
      const targets = (panel.targets ?? []).filter((target) => !target.hide);
      const read = targets.flatMap((target) =>
        frames(target, shown.answers[`${panel.id}.${target.refId}${mark}`], shown.step, targets.length > 1),
      );
      const context = { interpolate: (text: string) => replace(text) };
      const done = transformDataFrame(panel.transformations ?? [], read, context).subscribe({
        next: (series) => setState({ series }),
        error: fail,
      });
      return () => done.unsubscribe();
    } catch (error) {
      fail(error);
    }
  }, [panel, mark, shown, replace]);
  return state;
}

class Boundary extends Component<{ children: ReactNode }, { error?: Error }> {
  state: { error?: Error } = {};

  static getDerivedStateFromError(error: Error) {
    return { error };
  }

  render() {
    const { error } = this.state;
    return error ? <div data-broken>This panel cannot be drawn: {error.message}</div> : this.props.children;
  }
}

/** Which series a click on the legend leaves: that one alone, or with Ctrl all but that one. */
function useHidden() {
  const [only, setOnly] = useState<string[]>([]);
  const toggle: PanelContext['onToggleSeriesVisibility'] = (label, mode) => {
    const labels = [label ?? []].flat();
    setOnly((before) => {
      const same = before.length === labels.length && labels.every((each) => before.includes(each));
      if (mode === SeriesVisibilityChangeMode.ToggleSelection) return same ? [] : labels;
      const without = before.filter((each) => !labels.includes(each));
      return without.length < before.length ? without : [...before, ...labels];
    });
  };
  return { only, toggle };
}

interface PanelViewProps {
  /** Of its dashboard, where the panel leads to a page of its own. */
  uid?: string;
  panel: Panel;
  /** Behind the place of its answers, where it is repeated. */
  mark?: string;
  shown: Shown;
  marks: Mark[];
  width: number;
  height: number;
  timeRange: TimeRange;
  replace: InterpolateFunction;
}

/** Leads to the panel alone, with what it is made of. */
function Explain({ title, id }: { title: string; id: number }) {
  const place = usePlace();
  if (place.panel) return null;
  return (
    <a className="pb-explain" href={hashOf({ ...place, panel: id })} aria-label={`${title}: view and explain`}>
      <Icon name="eye" />
    </a>
  );
}

export function PanelView({ uid, panel, mark = '', shown, marks, width, height, timeRange, replace }: PanelViewProps) {
  const theme = useTheme2();
  const plugin = PLUGINS[panel.type];
  const { series: read, error } = useFrames(panel, mark, shown, replace);
  const { only, toggle } = useHidden();
  const settings = useMemo(
    () =>
      plugin &&
      getPanelOptionsWithDefaults({
        plugin,
        currentOptions: structuredClone(panel.options ?? {}),
        currentFieldConfig: structuredClone(panel.fieldConfig ?? { defaults: {}, overrides: [] }),
        isAfterPluginChange: false,
      }),
    [panel, plugin],
  );
  const series = useMemo(() => {
    if (!read || !settings) return null;
    const { defaults, overrides } = settings.fieldConfig;
    const hide = {
      matcher: { id: 'byNames', options: { mode: 'exclude', names: only, readOnly: true } },
      properties: [{ id: 'custom.hideFrom', value: { legend: false, tooltip: true, viz: true } }],
    };
    const overridden = applyFieldOverrides({
      data: read,
      fieldConfig: { defaults, overrides: only.length ? [...overrides, hide] : overrides },
      fieldConfigRegistry: plugin.fieldConfigRegistry,
      replaceVariables: replace,
      theme,
      timeZone: 'utc',
    });
    cacheFieldDisplayNames(overridden); // overrides reset the names
    return overridden;
  }, [read, settings, plugin, replace, theme, only]);
  const context = useMemo<PanelContext>(
    () => ({
      eventsScope: 'dashboard',
      eventBus,
      sync: () => DashboardCursorSync.Crosshair,
      onToggleSeriesVisibility: toggle,
    }),
    [],
  );
  const View = VIEWS[panel.type];
  return (
    <PanelContextProvider value={context}>
      <PanelChrome
        width={width}
        height={height}
        title={replace(panel.title ?? '')}
        description={panel.description || undefined}
        displayMode={panel.transparent ? 'transparent' : 'default'}
        padding={panel.type === 'table' ? 'none' : 'md'}
        titleItems={uid && <Explain title={panel.title ?? ''} id={panel.id} />}
        loadingState={series ? LoadingState.Done : LoadingState.Loading}
        statusMessage={error}
      >
        {(innerWidth, innerHeight) => {
          if (!View || !settings) return <div data-broken>The preview draws no {panel.type}.</div>;
          if (error) return <div data-broken>{error}</div>;
          return series ? (
            <Boundary>
              <View
                panel={panel}
                options={settings.options}
                fieldConfig={settings.fieldConfig}
                series={series}
                marks={marks}
                width={innerWidth}
                height={innerHeight}
                timeRange={timeRange}
                theme={theme}
                replaceVariables={replace}
              />
            </Boundary>
          ) : null;
        }}
      </PanelChrome>
    </PanelContextProvider>
  );
}
