// A plot with Grafana's axes into which a panel draws by itself.
import type { GrafanaTheme2, TimeRange } from '@grafana/data';
import { AxisPlacement, ScaleDirection, ScaleOrientation } from '@grafana/schema';
import { UPlotConfigBuilder } from '@grafana/ui';

type Hook = Parameters<UPlotConfigBuilder['addHook']>[1];
export type Plot = Parameters<Extract<Hook, (plot: never) => void>>[0];

interface Rows {
  count: number;
  downwards: boolean;
  splits: number[];
  labels: (splits: number[], plot: Plot) => Array<string | null>;
  width?: number;
}

/** Time from left to right, and rows of height 1. */
export function rowsPlot(timeRange: TimeRange, theme: GrafanaTheme2, rows: Rows): UPlotConfigBuilder {
  const builder = new UPlotConfigBuilder('utc');
  builder.addScale({
    scaleKey: 'x',
    isTime: true,
    orientation: ScaleOrientation.Horizontal,
    direction: ScaleDirection.Right,
    range: () => [timeRange.from.valueOf(), timeRange.to.valueOf()],
  });
  builder.addScale({
    scaleKey: 'y',
    orientation: ScaleOrientation.Vertical,
    direction: rows.downwards ? ScaleDirection.Down : ScaleDirection.Up,
    range: () => [0, rows.count],
  });
  builder.addAxis({
    scaleKey: 'x',
    isTime: true,
    placement: AxisPlacement.Bottom,
    timeZone: 'utc',
    theme,
  });
  builder.addAxis({
    scaleKey: 'y',
    placement: AxisPlacement.Left,
    theme,
    splits: () => rows.splits,
    values: (plot, splits) => rows.labels(splits, plot),
    grid: { show: false },
    ticks: { show: false },
    size: rows.width,
  });
  builder.setCursor({ points: { show: false } });
  return builder;
}

/** Draws inside of the plot alone. */
export function onDraw(builder: UPlotConfigBuilder, draw: (plot: Plot) => void): void {
  builder.addHook('draw', (plot: Plot) => {
    const { ctx, bbox } = plot;
    ctx.save();
    ctx.beginPath();
    ctx.rect(bbox.left, bbox.top, bbox.width, bbox.height);
    ctx.clip();
    draw(plot);
    ctx.restore();
  });
}
