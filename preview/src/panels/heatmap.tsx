// Buckets of a histogram over time. Grafana's own cells are not among its published parts.
import { useContext, useMemo } from 'react';
import {
  colorManipulator,
  type DataFrame,
  type Field,
  FieldType,
  formattedValueToString,
  getValueFormat,
} from '@grafana/data';
import { TooltipPlugin2, UPlotChart, VizLayout } from '@grafana/ui';
import { onDraw, rowsPlot } from './plot';
import { formatTime, NoData, Tooltip, type ViewProps, Zoom } from './view';

/** Ends of Grafana's colour schemes, from few to many; others are drawn in these. */
const SCHEMES: Record<string, string[]> = {
  Oranges: ['#fff5eb', '#fdd0a2', '#fd8d3c', '#d94801', '#7f2704'],
  Blues: ['#f7fbff', '#c6dbef', '#6baed6', '#2171b5', '#08306b'],
  Greens: ['#f7fcf5', '#c7e9c0', '#74c476', '#238b45', '#00441b'],
  Reds: ['#fff5f0', '#fcbba1', '#fb6a4a', '#cb181d', '#67000d'],
  Spectral: ['#3288bd', '#99d594', '#ffffbf', '#fc8d59', '#d53e4f'],
};

function mixed(from: string, to: string, share: number): string {
  const [one, other] = [from, to].map((color) => colorManipulator.decomposeColor(color).values);
  const parts = one.map((part: number, place: number) => Math.round(+part + (+other[place] - +part) * share));
  return `rgb(${parts.slice(0, 3).join(', ')})`;
}

function palette(view: ViewProps): (share: number) => string {
  const { color } = view.options;
  if (color.mode === 'opacity') {
    const fill = view.theme.visualization.getColorByName(color.fill);
    return (share) => colorManipulator.alpha(fill, share);
  }
  const stops = SCHEMES[color.scheme] ?? SCHEMES.Oranges;
  // few are dark on dark, and light on light
  const ordered = view.theme.isDark !== Boolean(color.reverse) ? [...stops].reverse() : stops;
  return (share) => {
    const place = Math.min(ordered.length - 1.001, share * (ordered.length - 1));
    const below = Math.floor(place);
    return mixed(ordered[below], ordered[below + 1], place - below);
  };
}

interface Cells {
  rows: Field[];
  times: number[];
  step: number;
  lowest: number;
  highest: number;
}

function cells(frame: DataFrame | undefined, filter: { le?: number; ge?: number }): Cells | null {
  if (!frame) return null;
  const rows = frame.fields.filter((field) => field.type === FieldType.number);
  const times: number[] = frame.fields[0].values;
  const counted = rows
    .flatMap((row) => row.values as Array<number | null>)
    .filter((value) => value != null && value > (filter.le ?? -Infinity)) as number[];
  if (!rows.length || !counted.length) return null;
  const step = times.length > 1 ? times[1] - times[0] : 60_000;
  const [lowest, highest] = [Math.min(...counted), Math.max(...counted)];
  return { rows, times, step, lowest, highest };
}

function bounds(view: ViewProps, rows: Field[]): string[] {
  const { unit, decimals } = view.options.yAxis ?? {};
  const format = getValueFormat(unit ?? 'short');
  return rows.map(({ name }) =>
    Number.isFinite(Number(name)) ? formattedValueToString(format(Number(name), decimals)) : name,
  );
}

function prepared(view: ViewProps) {
  const { options, theme, timeRange, series } = view;
  const found = cells(series[0], options.filterValues ?? {});
  if (!found) return null;
  const { rows, times, step, lowest, highest } = found;
  const labels = bounds(view, rows);
  const color = palette(view);
  const exponent = options.color.scale === 'exponential' ? options.color.exponent : 1;
  const builder = rowsPlot(timeRange, theme, {
    count: rows.length,
    downwards: Boolean(options.yAxis?.reverse),
    splits: rows.map((_, place) => place + 1),
    labels: (splits, plot) => {
      const every = Math.ceil((rows.length * 20 * devicePixelRatio) / plot.bbox.height);
      return splits.map((_, place) => ((rows.length - 1 - place) % every ? null : labels[place]));
    },
  });
  rows.forEach(() =>
    builder.addSeries({
      scaleKey: 'y',
      theme,
      pathBuilder: () => null,
      pointsBuilder: () => false,
    } as Parameters<typeof builder.addSeries>[0]),
  );
  onDraw(builder, (plot) => {
    const gap = (options.cellGap ?? 1) * devicePixelRatio;
    times.forEach((time, column) => {
      const right = Math.round(plot.valToPos(time, 'x', true));
      const left = Math.round(plot.valToPos(time - step, 'x', true));
      rows.forEach((row, place) => {
        const value: number | null = row.values[column];
        if (value == null || value <= (options.filterValues?.le ?? -Infinity)) return;
        const top = Math.round(plot.valToPos(place + 1, 'y', true));
        const bottom = Math.round(plot.valToPos(place, 'y', true));
        const share = ((value - lowest) / (highest - lowest || 1)) ** exponent;
        plot.ctx.fillStyle = color(Math.min(1, Math.max(0, share)));
        const width = right - left - (right - left > 3 * gap ? gap : 0);
        plot.ctx.fillRect(left, Math.min(top, bottom), Math.max(1, width), Math.abs(bottom - top) - gap);
      });
    });
  });
  const format = getValueFormat(options.cellValues?.unit ?? 'short');
  const text = (value: number | null) =>
    value == null ? '-' : formattedValueToString(format(value, 2));
  return { ...found, builder, labels, color, text, data: [times, ...rows.map((row) => row.values)] };
}

function Legend({ color, from, to }: { color: (share: number) => string; from: string; to: string }) {
  const stops = [0, 0.25, 0.5, 0.75, 1].map(color).join(', ');
  return (
    <div className="pb-scale">
      <div style={{ height: 8, background: `linear-gradient(90deg, ${stops})` }} />
      <div>
        <span>{from}</span>
        <span>{to}</span>
      </div>
    </div>
  );
}

export function HeatmapView(view: ViewProps) {
  const zoom = useContext(Zoom);
  const { width, height, series, options, theme, timeRange } = view;
  const made = useMemo(() => prepared(view), [series, options, theme, timeRange]);
  if (!made) return <NoData width={width} height={height} />;
  const legend = options.legend?.show ? (
    <VizLayout.Legend placement="bottom">
      <Legend color={made.color} from={made.text(made.lowest)} to={made.text(made.highest)} />
    </VizLayout.Legend>
  ) : null;
  return (
    <VizLayout width={width} height={height} legend={legend}>
      {(innerWidth: number, innerHeight: number) => (
        <UPlotChart config={made.builder} data={made.data as never} width={innerWidth} height={innerHeight}>
          <TooltipPlugin2
            config={made.builder}
            hoverMode={1}
            queryZoom={zoom && (({ from, to }) => zoom(from, to))}
            render={(plot, indexes, _focused, pinned) => {
              const at = Math.floor(plot.posToVal(plot.cursor.top ?? 0, 'y'));
              const place = Math.min(made.rows.length - 1, Math.max(0, at));
              const value = made.rows[place].values[indexes[0]!];
              const range = `${place ? made.labels[place - 1] : '0'} to ${made.labels[place]}`;
              const items = [
                { label: 'Bucket', value: range },
                { label: 'Value', value: made.text(value) },
              ];
              return <Tooltip title={formatTime(made.times[indexes[0]!])} items={items} pinned={pinned} />;
            }}
          />
        </UPlotChart>
      )}
    </VizLayout>
  );
}
