import { useContext, useLayoutEffect, useMemo } from 'react';
import { applyNullInsertThreshold, type DataFrame, FieldType, nullToValue } from '@grafana/data';
import { TimeSeries, TooltipPlugin2, type UPlotConfigBuilder } from '@grafana/ui';
import { type Mark, NoData, SeriesTooltip, type ViewProps, Zoom } from './view';

const ONE = 0;
const ALL = 1;

function plotted(series: DataFrame[], { from, to }: ViewProps['timeRange']): DataFrame[] {
  return series
    .filter((frame) => frame.fields.some((field) => field.type === FieldType.number))
    .map((frame) => {
      // the library's graph does this for its first frame alone, so gaps of others would be bridged
      const threshold = { frame, refFieldPseudoMin: from.valueOf(), refFieldPseudoMax: to.valueOf() };
      return nullToValue(applyNullInsertThreshold(threshold));
    });
}

/** Grafana's dashed line with a foot at each annotation, and a band where it has a length. */
function Marks({ config, marks }: { config: UPlotConfigBuilder; marks: Mark[] }) {
  useLayoutEffect(() => {
    config.addHook('draw', (plot) => {
      const { ctx, bbox } = plot;
      const pixel = devicePixelRatio;
      ctx.save();
      ctx.beginPath();
      ctx.rect(bbox.left, bbox.top, bbox.width, bbox.height + 6 * pixel);
      ctx.clip();
      const bands = new Map(marks.map((mark) => [`${mark.time} ${mark.end} ${mark.color}`, mark]));
      for (const mark of bands.values()) {
        const left = Math.round(plot.valToPos(mark.time, 'x', true));
        const right = Math.round(plot.valToPos(mark.end, 'x', true));
        ctx.strokeStyle = mark.color;
        ctx.fillStyle = mark.color;
        ctx.lineWidth = 2 * pixel;
        ctx.setLineDash([4 * pixel, 4 * pixel]);
        for (const x of new Set([left, right])) {
          ctx.beginPath();
          ctx.moveTo(x, bbox.top);
          ctx.lineTo(x, bbox.top + bbox.height);
          ctx.stroke();
        }
        ctx.globalAlpha = 0.1;
        ctx.fillRect(left, bbox.top, right - left, bbox.height);
        ctx.globalAlpha = 1;
        ctx.fillRect(left - 3 * pixel, bbox.top + bbox.height, right - left + 6 * pixel, 5 * pixel);
      }
      ctx.restore();
    });
  }, [config, marks]);
  return null;
}

export function TimeSeriesView({ series, options, width, height, timeRange, marks }: ViewProps) {
  const zoom = useContext(Zoom);
  const frames = useMemo(() => plotted(series, timeRange), [series, timeRange]);
  if (!frames.length) return <NoData width={width} height={height} />;
  return (
    <TimeSeries
      frames={frames}
      width={width}
      height={height}
      timeRange={timeRange}
      timeZone="utc"
      legend={options.legend}
      options={options}
    >
      {(config, aligned) => (
        <>
          <Marks config={config} marks={marks} />
          {options.tooltip?.mode !== 'none' && (
            <TooltipPlugin2
              config={config}
              hoverMode={options.tooltip?.mode === 'single' ? ONE : ALL}
              queryZoom={zoom && (({ from, to }) => zoom(from, to))}
              render={(_plot, indexes, focused, pinned) => (
                <SeriesTooltip
                  fields={aligned.fields}
                  indexes={indexes}
                  focused={focused}
                  options={options}
                  pinned={pinned}
                />
              )}
            />
          )}
        </>
      )}
    </TimeSeries>
  );
}
