// Options and field options of each kind of panel with their defaults, as Grafana documents them.
import {
  FieldColorModeId,
  type FieldConfigEditorBuilder,
  identityOverrideProcessor,
  PanelPlugin,
} from '@grafana/data';

type Values = Record<string, unknown>;

const VISIBLE = { legend: false, tooltip: false, viz: false };
const LAST = { values: false, calcs: ['lastNotNull'], fields: '' };
const LEGEND = { displayMode: 'list', placement: 'bottom', showLegend: true, calcs: [] };
const TOOLTIP = { mode: 'single', sort: 'none' };
const nothing = () => null;

const GRAPH: Values = {
  drawStyle: 'line',
  lineInterpolation: 'linear',
  lineWidth: 1,
  lineStyle: undefined,
  fillOpacity: 0,
  fillBelowTo: undefined,
  gradientMode: 'none',
  spanNulls: false,
  insertNulls: false,
  showPoints: 'auto',
  pointSize: 5,
  barAlignment: 0,
  barWidthFactor: 0.6,
  stacking: { mode: 'none', group: 'A' },
  transform: undefined,
  axisPlacement: 'auto',
  axisLabel: '',
  axisWidth: undefined,
  axisSoftMin: undefined,
  axisSoftMax: undefined,
  axisGridShow: undefined,
  axisCenteredZero: false,
  axisColorMode: 'text',
  axisBorderShow: false,
  scaleDistribution: { type: 'linear' },
  thresholdsStyle: { mode: 'off' },
};
const BARS: Values = { fillOpacity: 80, gradientMode: 'none', lineWidth: 1 };
const STATES: Values = { fillOpacity: 70, lineWidth: 0, spanNulls: false, insertNulls: false };
const CELLS: Values = {
  align: 'auto',
  cellOptions: { type: 'auto' },
  inspect: false,
  width: undefined,
  minWidth: undefined,
  filterable: undefined,
  wrapText: undefined,
};

function plugin(id: string, color: FieldColorModeId | null, options: Values, custom?: Values) {
  const made = new PanelPlugin(nothing);
  made.meta = { ...made.meta, id, name: id };
  made.setPanelOptions((builder) => {
    for (const [path, defaultValue] of Object.entries(options)) {
      builder.addCustomEditor({ id: path, path, name: path, defaultValue, editor: nothing });
    }
  });
  if (color === null) return made;
  return made.useFieldConfig({
    standardOptions: { color: { defaultValue: { mode: color } } },
    useCustomConfig: (builder: FieldConfigEditorBuilder<Values>) => {
      for (const [path, defaultValue] of Object.entries({ ...custom, hideFrom: VISIBLE })) {
        builder.addCustomEditor({
          id: path,
          path,
          name: path,
          defaultValue,
          editor: nothing,
          override: nothing,
          process: identityOverrideProcessor,
          shouldApply: () => true,
        });
      }
    },
  });
}

const { Thresholds, PaletteClassic } = FieldColorModeId;

export const PLUGINS: Record<string, PanelPlugin> = {
  timeseries: plugin('timeseries', PaletteClassic, { legend: LEGEND, tooltip: TOOLTIP }, GRAPH),
  stat: plugin('stat', Thresholds, {
    reduceOptions: LAST,
    orientation: 'auto',
    textMode: 'auto',
    wideLayout: true,
    colorMode: 'value',
    graphMode: 'area',
    justifyMode: 'auto',
    showPercentChange: false,
    percentChangeColorMode: 'standard',
  }),
  gauge: plugin('gauge', Thresholds, {
    reduceOptions: LAST,
    orientation: 'auto',
    showThresholdLabels: false,
    showThresholdMarkers: true,
    minVizWidth: 75,
    minVizHeight: 75,
  }),
  bargauge: plugin('bargauge', Thresholds, {
    reduceOptions: LAST,
    orientation: 'auto',
    displayMode: 'gradient',
    valueMode: 'color',
    namePlacement: 'auto',
    showUnfilled: true,
    minVizWidth: 8,
    minVizHeight: 16,
    maxVizHeight: 300,
  }),
  table: plugin('table', Thresholds, { showHeader: true, cellHeight: 'sm', sortBy: [] }, CELLS),
  heatmap: plugin(
    'heatmap',
    Thresholds,
    {
      color: { mode: 'scheme', scheme: 'Oranges', steps: 64, exponent: 0.5, scale: 'exponential' },
      cellGap: 1,
      filterValues: { le: 1e-9 },
      legend: { show: true },
      yAxis: { axisPlacement: 'left' },
      tooltip: TOOLTIP,
    },
    { scaleDistribution: { type: 'linear' } },
  ),
  'state-timeline': plugin(
    'state-timeline',
    Thresholds,
    {
      mergeValues: true,
      showValue: 'auto',
      alignValue: 'left',
      rowHeight: 0.9,
      legend: LEGEND,
      tooltip: TOOLTIP,
    },
    STATES,
  ),
  'status-history': plugin(
    'status-history',
    Thresholds,
    { showValue: 'auto', rowHeight: 0.9, colWidth: 0.9, legend: LEGEND, tooltip: TOOLTIP },
    STATES,
  ),
  piechart: plugin('piechart', PaletteClassic, {
    reduceOptions: LAST,
    pieType: 'pie',
    displayLabels: [],
    legend: { ...LEGEND, values: [] },
    tooltip: TOOLTIP,
  }),
  barchart: plugin(
    'barchart',
    PaletteClassic,
    { legend: LEGEND, stacking: 'none', showValue: 'auto', tooltip: TOOLTIP },
    { ...BARS, axisLabel: '', axisPlacement: 'auto', scaleDistribution: { type: 'linear' } },
  ),
  histogram: plugin(
    'histogram',
    PaletteClassic,
    { bucketCount: 30, bucketOffset: 0, combine: false, legend: LEGEND, tooltip: TOOLTIP },
    { ...BARS, stacking: { mode: 'none', group: 'A' } },
  ),
  text: plugin('text', null, { mode: 'markdown', content: '' }),
};
