// Pie chart, bar chart and histogram. Grafana's own are not among its published parts.
import {
  type DataFrame,
  type Field,
  FieldType,
  formattedValueToString,
  getFieldDisplayName,
  getFieldDisplayValues,
  getFieldSeriesColor,
} from '@grafana/data';
import { LegendDisplayMode } from '@grafana/schema';
import { measureText, VizLayout, VizLegend, type VizLegendItem } from '@grafana/ui';
import { NoData, numberFields, textOf, type ViewProps } from './view';

function legend(items: VizLegendItem[], { options }: ViewProps, shown = true) {
  if (!shown || !options.legend?.showLegend) return null;
  const { placement, displayMode } = options.legend;
  return (
    <VizLayout.Legend placement={placement} width={placement === 'right' ? 200 : undefined}>
      <VizLegend
        items={items}
        placement={placement}
        displayMode={displayMode ?? LegendDisplayMode.List}
        readonly
      />
    </VizLayout.Legend>
  );
}

function slicePath(radius: number, hole: number, from: number, to: number): string {
  const at = (r: number, share: number) => {
    const angle = share * 2 * Math.PI - Math.PI / 2;
    return `${r * Math.cos(angle)} ${r * Math.sin(angle)}`;
  };
  const end = Math.min(to, from + 0.9999);
  const large = end - from > 0.5 ? 1 : 0;
  const back = hole
    ? `L${at(hole, end)}A${hole} ${hole} 0 ${large} 0 ${at(hole, from)}`
    : 'L0 0';
  return `M${at(radius, from)}A${radius} ${radius} 0 ${large} 1 ${at(radius, end)}${back}Z`;
}

export function PieView(view: ViewProps) {
  const { width, height, options, series, theme } = view;
  const displays = getFieldDisplayValues({
    fieldConfig: view.fieldConfig,
    reduceOptions: options.reduceOptions,
    replaceVariables: view.replaceVariables,
    theme,
    data: series,
    timeZone: 'utc',
  }).map(({ display }) => display);
  const whole = displays.reduce((sum, { numeric }) => sum + numeric, 0);
  if (!series.length || !whole) return <NoData width={width} height={height} />;
  const share = (numeric: number) => `${Math.round((numeric / whole) * 100)}%`;
  const items = displays.map((display) => ({
    label: display.title ?? '',
    color: display.color,
    yAxis: 1,
    getDisplayValues: () =>
      (options.legend.values as string[]).map((kind) =>
        kind === 'percent'
          ? { numeric: display.numeric, text: share(display.numeric), title: 'Percent' }
          : { ...display, title: 'Value' },
      ),
  }));
  let reached = 0;
  return (
    <VizLayout width={width} height={height} legend={legend(items, view)}>
      {(w: number, h: number) => {
        const radius = Math.min(w, h) / 2 - 8;
        return (
          <svg width={w} height={h} viewBox={`${-w / 2} ${-h / 2} ${w} ${h}`} role="img" aria-label={view.panel.title}>
            {displays.map((display, place) => {
              const from = reached / whole;
              reached += display.numeric;
              const to = reached / whole;
              const middle = ((from + to) / 2) * 2 * Math.PI - Math.PI / 2;
              const out = radius * (options.pieType === 'donut' ? 0.8 : 0.7);
              return (
                <g key={place}>
                  <path d={slicePath(radius, options.pieType === 'donut' ? radius * 0.6 : 0, from, to)} fill={display.color} stroke={theme.colors.background.primary}>
                    <title>{`${display.title}: ${formattedValueToString(display)}`}</title>
                  </path>
                  {options.displayLabels.includes('percent') && to - from > 0.05 && (
                    <text x={out * Math.cos(middle)} y={out * Math.sin(middle) + 5} textAnchor="middle" fontSize={14} fill={theme.colors.getContrastText(display.color ?? '#808080')}>
                      {share(display.numeric)}
                    </text>
                  )}
                </g>
              );
            })}
          </svg>
        );
      }}
    </VizLayout>
  );
}

interface Bars {
  names: string[];
  fields: Array<{ field: Field; name: string; color: string; values: number[] }>;
}

/** Bars from the zero line; several fields side by side, or stacked. */
function BarsPlot({ bars, view, width, height }: { bars: Bars; view: ViewProps; width: number; height: number }) {
  const { theme, options } = view;
  const stacked = options.stacking === 'normal';
  const [bottom, top] = [24, 8];
  const totals = bars.names.map((_, place) =>
    stacked
      ? bars.fields.reduce((sum, { values }) => sum + (values[place] || 0), 0)
      : Math.max(...bars.fields.map(({ values }) => values[place] || 0)),
  );
  const highest = Math.max(...totals, 0) || 1;
  const ticks = [0, 0.5, 1].map((share) => ({
    value: highest * share,
    text: textOf(bars.fields[0].field, highest * share),
  }));
  const left = Math.max(...ticks.map((tick) => measureText(tick.text, 12).width)) + 14;
  const y = (value: number) => height - bottom - (value / highest) * (height - bottom - top);
  const slot = (width - left) / bars.names.length;
  const thick = (slot * 0.8) / (stacked ? 1 : bars.fields.length);
  const every = Math.ceil(70 / slot);
  const text = { fontSize: 12, fill: theme.colors.text.primary };
  return (
    <svg width={width} height={height} role="img" aria-label={view.panel.title}>
      {ticks.map((tick) => (
        <g key={tick.value}>
          <line x1={left} x2={width} y1={y(tick.value)} y2={y(tick.value)} stroke={theme.colors.border.weak} />
          <text {...text} x={left - 6} y={y(tick.value) + 4} textAnchor="end">
            {tick.text}
          </text>
        </g>
      ))}
      {bars.names.map((name, place) => {
        let below = 0;
        return (
          <g key={place}>
            {place % every === 0 && (
              <text {...text} x={left + (place + 0.5) * slot} y={height - 6} textAnchor="middle">
                {name}
              </text>
            )}
            {bars.fields.map(({ name: series, color, values, field }, number) => {
              const value = values[place] || 0;
              const base = stacked ? below : 0;
              below += value;
              const x = left + place * slot + slot * 0.1 + (stacked ? 0 : number * thick);
              return (
                <rect key={number} x={x} width={Math.max(1, thick)} y={y(base + value)} height={y(base) - y(base + value)} fill={color} fillOpacity={0.8} stroke={color}>
                  <title>{`${name} ${series}: ${textOf(field, value)}`}</title>
                </rect>
              );
            })}
          </g>
        );
      })}
    </svg>
  );
}

function BarsView({ bars, view, legendShown }: { bars: Bars; view: ViewProps; legendShown: boolean }) {
  const items = bars.fields.map(({ name, color }) => ({ label: name, color, yAxis: 1 }));
  return (
    <VizLayout width={view.width} height={view.height} legend={legend(items, view, legendShown)}>
      {(w: number, h: number) => <BarsPlot bars={bars} view={view} width={w} height={h} />}
    </VizLayout>
  );
}

const colored = (field: Field, frame: DataFrame, view: ViewProps) => ({
  field,
  name: getFieldDisplayName(field, frame, view.series),
  color: getFieldSeriesColor(field, view.theme).color,
  values: field.values as number[],
});

export function BarChartView(view: ViewProps) {
  const frame = view.series[0];
  const texts = frame?.fields.find(
    (field) => field.name === view.options.xField || field.type === FieldType.string,
  );
  const numbers = frame?.fields.filter((field) => field.type === FieldType.number) ?? [];
  if (!texts || !frame.length) return <NoData width={view.width} height={view.height} />;
  const bars = { names: texts.values.map(String), fields: numbers.map((each) => colored(each, frame, view)) };
  return <BarsView bars={bars} view={view} legendShown={numbers.length > 1} />;
}

export function HistogramView(view: ViewProps) {
  const { options, series, width, height } = view;
  const fields = numberFields(series);
  const values = fields.map((field) => (field.values as Array<number | null>).filter((each) => each != null));
  const every = values.flat() as number[];
  if (!every.length) return <NoData width={width} height={height} />;
  const [lowest, highest] = [Math.min(...every), Math.max(...every)];
  const size = (highest - lowest) / options.bucketCount || 1;
  const counts = (of: number[]) => {
    const found = Array<number>(options.bucketCount).fill(0);
    for (const value of of) {
      found[Math.min(options.bucketCount - 1, Math.floor((value - lowest) / size))] += 1;
    }
    return found;
  };
  const names = counts([]).map((_, place) => textOf(fields[0], lowest + place * size));
  const count: Field = { name: 'Count', type: FieldType.number, config: {}, values: [] };
  const shown = options.combine
    ? [{ ...colored(fields[0], series[0], view), name: 'count', field: count, values: counts(every) }]
    : fields.map((field, place) => ({
        ...colored(field, series[place] ?? series[0], view),
        field: count,
        values: counts(values[place] as number[]),
      }));
  return <BarsView bars={{ names, fields: shown }} view={view} legendShown={shown.length > 1} />;
}
