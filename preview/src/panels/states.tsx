// State timeline and status history. Grafana's own boxes are not among its published parts.
import { useContext, useMemo } from 'react';
import {
  colorManipulator,
  type DataFrame,
  type Field,
  FieldType,
  type GrafanaTheme2,
  getFieldDisplayName,
  MappingType,
} from '@grafana/data';
import {
  measureText,
  TooltipPlugin2,
  UPlotChart,
  VizLayout,
  VizLegend,
  type VizLegendItem,
} from '@grafana/ui';
import { LegendDisplayMode } from '@grafana/schema';
import { onDraw, type Plot, rowsPlot } from './plot';
import { formatTime, NoData, shownAs, textOf, Tooltip, type ViewProps, Zoom } from './view';

const FONT = 12;

interface Row {
  name: string;
  field: Field;
  times: number[];
  step: number;
}

function rowsOf(series: DataFrame[]): Row[] {
  return series.flatMap((frame) => {
    const time = frame.fields.find((field) => field.type === FieldType.time);
    if (!time) return [];
    const times: number[] = time.values;
    const step = time.config.interval ?? 60_000;
    return frame.fields
      .filter((field) => field !== time)
      .map((field) => ({ name: getFieldDisplayName(field, frame, series), field, times, step }));
  });
}

interface Box {
  from: number;
  to: number;
  value: unknown;
}

/** One box a sample; with `merge`, one for each run of samples that read alike. */
function boxesOf({ field, times, step }: Row, merge: boolean): Box[] {
  const boxes: Box[] = [];
  times.forEach((time, place) => {
    const value = field.values[place];
    if (value == null) return;
    const last = boxes.at(-1);
    const touches = last !== undefined && last.to >= time;
    if (merge && touches && textOf(field, last.value) === textOf(field, value)) {
      last.to = time + step;
    } else {
      boxes.push({ from: time, to: time + step, value });
    }
  });
  return boxes;
}

/** Black or white, whichever is easier to read on the colour as it is seen over the panel. */
function readable(color: string, alpha: number, theme: GrafanaTheme2): string {
  const [over, under] = [color, theme.colors.background.primary].map(
    (each) => colorManipulator.decomposeColor(each).values,
  );
  const seen = over.slice(0, 3).map((part: number, place: number) => +part * alpha + +under[place] * (1 - alpha));
  const hex = `rgb(${seen.map(Math.round).join(', ')})`;
  const contrast = (text: string) => colorManipulator.getContrastRatio(text, hex);
  return contrast('#000000') >= contrast('#ffffff') ? '#000000' : '#ffffff';
}

function draw(plot: Plot, rows: Row[], { options, theme, panel }: ViewProps): void {
  const { ctx, bbox } = plot;
  const pixel = devicePixelRatio;
  const isHistory = panel.type === 'status-history';
  const rowHeight = bbox.height / rows.length;
  ctx.font = `${FONT * pixel}px ${theme.typography.fontFamily}`;
  ctx.textBaseline = 'middle';
  rows.forEach((row, place) => {
    const height = rowHeight * options.rowHeight;
    const top = bbox.top + place * rowHeight + (rowHeight - height) / 2;
    const alpha = (row.field.config.custom?.fillOpacity ?? 70) / 100;
    for (const box of boxesOf(row, !isHistory && options.mergeValues)) {
      const left = Math.max(bbox.left, plot.valToPos(box.from, 'x', true));
      const right = Math.min(bbox.left + bbox.width, plot.valToPos(box.to, 'x', true));
      const width = Math.max(1, (right - left) * (isHistory ? options.colWidth : 1));
      const color = shownAs(row.field, box.value).color ?? '#808080';
      ctx.fillStyle = colorManipulator.alpha(color, alpha);
      ctx.fillRect(left, top, width, height);
      const text = textOf(row.field, box.value);
      const fits = ctx.measureText(text).width + 8 * pixel < width && height > 14 * pixel;
      if (options.showValue === 'never' || (!fits && options.showValue !== 'always')) continue;
      const align = isHistory ? 'center' : (options.alignValue ?? 'left');
      const inset = { left: 4 * pixel, center: width / 2, right: width - 4 * pixel }[align as 'left'];
      ctx.textAlign = align;
      ctx.fillStyle = readable(color, alpha, theme);
      ctx.fillText(text, left + inset, top + height / 2);
    }
  });
}

function legendItems(rows: Row[], theme: GrafanaTheme2): VizLegendItem[] {
  const items = new Map<string, string>();
  const add = (label: string | undefined, color: string | undefined) => {
    if (label) items.set(label, theme.visualization.getColorByName(color ?? 'gray'));
  };
  for (const { field } of rows) {
    for (const mapping of field.config.mappings ?? []) {
      if (mapping.type !== MappingType.ValueToText) continue;
      for (const { text, color } of Object.values(mapping.options)) add(text, color);
    }
    const steps = field.config.thresholds?.steps ?? [];
    if (field.config.mappings?.length || steps.length < 2) continue;
    steps.forEach((step, place) => {
      const text = place ? `${textOf(field, step.value)}+` : `< ${textOf(field, steps[1].value)}`;
      add(text, step.color);
    });
  }
  return [...items].map(([label, color]) => ({ label, color, yAxis: 1 }));
}

function prepared(view: ViewProps) {
  const rows = rowsOf(view.series);
  if (!rows.length) return null;
  const names = rows.map(({ name }) => name);
  const widest = Math.max(...names.map((name) => measureText(name, FONT).width));
  const builder = rowsPlot(view.timeRange, view.theme, {
    count: rows.length,
    downwards: true,
    splits: rows.map((_, place) => place + 0.5),
    labels: () => names,
    width: Math.min(view.width * 0.5, widest + 36),
  });
  const times = [...new Set(rows.flatMap((row) => row.times))].sort((one, other) => one - other);
  rows.forEach(() =>
    builder.addSeries({
      scaleKey: 'y',
      theme: view.theme,
      pathBuilder: () => null,
      pointsBuilder: () => false,
    } as Parameters<typeof builder.addSeries>[0]),
  );
  onDraw(builder, (plot) => draw(plot, rows, view));
  const values = rows.map((row) => {
    const at = new Map(row.times.map((time, place) => [time, row.field.values[place]]));
    return times.map((time) => at.get(time) ?? null);
  });
  return { rows, times, values, builder, items: legendItems(rows, view.theme) };
}

export function StatesView(view: ViewProps) {
  const zoom = useContext(Zoom);
  const { width, height, series, options, theme, timeRange } = view;
  const made = useMemo(() => prepared(view), [series, options, theme, timeRange, width]);
  if (!made) return <NoData width={width} height={height} />;
  const { showLegend, placement } = options.legend;
  const legend =
    showLegend && made.items.length ? (
      <VizLayout.Legend placement={placement}>
        <VizLegend placement={placement} items={made.items} displayMode={LegendDisplayMode.List} readonly />
      </VizLayout.Legend>
    ) : null;
  return (
    <VizLayout width={width} height={height} legend={legend}>
      {(innerWidth: number, innerHeight: number) => (
        <UPlotChart
          config={made.builder}
          data={[made.times, ...made.values] as never}
          width={innerWidth}
          height={innerHeight}
        >
          <TooltipPlugin2
            config={made.builder}
            hoverMode={1}
            queryZoom={zoom && (({ from, to }) => zoom(from, to))}
            render={(_plot, indexes, _focused, pinned) => {
              const at = indexes[0]!;
              const items = made.rows.flatMap((row, place) => {
                const value = made.values[place][at];
                if (value == null) return [];
                const color = shownAs(row.field, value).color;
                return [{ label: row.name, value: textOf(row.field, value), color }];
              });
              return <Tooltip title={formatTime(made.times[at])} items={items} pinned={pinned} />;
            }}
          />
        </UPlotChart>
      )}
    </VizLayout>
  );
}
