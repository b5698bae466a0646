// Panels that reduce each series to one value: stat, bar gauge, gauge.
import type { JSX } from 'react';
import {
  type DisplayValue,
  type FieldDisplay,
  formattedValueToString,
  getDisplayValueAlignmentFactors,
  getFieldDisplayValues,
  ThresholdsMode,
  VizOrientation,
} from '@grafana/data';
import {
  BarGauge,
  BigValue,
  BigValueTextMode,
  calculateFontSize,
  VizRepeater,
  type VizRepeaterRenderValueProps,
} from '@grafana/ui';
import { NoData, type ViewProps } from './view';

type Rendered = VizRepeaterRenderValueProps<FieldDisplay, ReturnType<typeof getDisplayValueAlignmentFactors>>;

function reduced(view: ViewProps, sparkline: boolean): FieldDisplay[] {
  return getFieldDisplayValues({
    fieldConfig: view.fieldConfig,
    reduceOptions: view.options.reduceOptions,
    replaceVariables: view.replaceVariables,
    theme: view.theme,
    data: view.series,
    sparkline,
    timeZone: 'utc',
  });
}

interface RepeatedProps {
  view: ViewProps;
  sparkline?: boolean;
  spacing: number;
  orientation: VizOrientation;
  autoGrid?: boolean;
  one: (rendered: Rendered) => JSX.Element;
}

function Repeated({ view, sparkline = false, spacing, orientation, autoGrid, one }: RepeatedProps) {
  const { width, height, options, series } = view;
  if (!series.length) return <NoData width={width} height={height} />;
  return (
    <VizRepeater
      getValues={() => reduced(view, sparkline)}
      getAlignmentFactors={getDisplayValueAlignmentFactors}
      width={width}
      height={height}
      source={series}
      renderCounter={0}
      itemSpacing={spacing}
      orientation={orientation}
      autoGrid={autoGrid}
      minVizWidth={options.minVizWidth}
      minVizHeight={options.minVizHeight}
      maxVizHeight={options.maxVizHeight}
      renderValue={one}
    />
  );
}

function textMode(view: ViewProps): BigValueTextMode {
  if (view.options.textMode !== BigValueTextMode.Auto) return view.options.textMode;
  const named = view.series.length > 1 || view.fieldConfig.defaults.displayName;
  return named ? BigValueTextMode.ValueAndName : BigValueTextMode.Value;
}

export function StatView(view: ViewProps) {
  const { options, theme, timeRange } = view;
  return (
    <Repeated
      view={view}
      sparkline={options.graphMode !== 'none'}
      spacing={3}
      orientation={options.orientation}
      autoGrid
      one={({ value, alignmentFactors, width, height, count }) => {
        if (value.sparkline) value.sparkline.timeRange = timeRange;
        return (
          <BigValue
            value={value.display}
            count={count}
            sparkline={value.sparkline}
            colorMode={options.colorMode}
            graphMode={options.graphMode}
            justifyMode={options.justifyMode}
            textMode={textMode(view)}
            alignmentFactors={alignmentFactors}
            width={width}
            height={height}
            theme={theme}
            disableWideLayout={!options.wideLayout}
          />
        );
      }}
    />
  );
}

const untitled = (display: DisplayValue, count: number): DisplayValue =>
  count === 1 ? { ...display, title: undefined } : display;

export function BarGaugeView(view: ViewProps) {
  const { options, theme, width, height } = view;
  const automatic = width > height ? VizOrientation.Vertical : VizOrientation.Horizontal;
  return (
    <Repeated
      view={view}
      spacing={10}
      orientation={options.orientation === 'auto' ? automatic : options.orientation}
      one={(each) => (
        <BarGauge
          value={untitled(each.value.display, each.count)}
          width={each.width}
          height={each.height}
          orientation={each.orientation}
          field={each.value.field}
          display={each.value.view?.getFieldDisplayProcessor(each.value.colIndex ?? 0)}
          theme={theme}
          itemSpacing={10}
          lcdCellWidth={8}
          displayMode={options.displayMode}
          alignmentFactors={each.count > 1 ? each.alignmentFactors : undefined}
          showUnfilled={options.showUnfilled}
          valueDisplayMode={options.valueMode}
          namePlacement={options.namePlacement}
        />
      )}
    />
  );
}

const FROM = Math.PI * 0.83;
const TO = Math.PI * 2.17;

function arc(x: number, y: number, radius: number, from: number, to: number): string {
  const at = (angle: number) => `${x + radius * Math.cos(angle)} ${y + radius * Math.sin(angle)}`;
  const large = to - from > Math.PI ? 1 : 0;
  return `M${at(from)}A${radius} ${radius} 0 ${large} 1 ${at(to)}`;
}

/** A dial; Grafana's own is not among its published parts. */
function Dial({ rendered, view }: { rendered: Rendered; view: ViewProps }) {
  const { value, width, height, count } = rendered;
  const { display, field } = value;
  const { theme } = view;
  const named = count > 1 ? 20 : 0;
  const [low, high] = [field.min ?? 0, field.max ?? 100];
  const radius = Math.min(width, (height - named) * 1.3) / 2 - 2;
  const [x, y] = [width / 2, (height - named) / 2 + radius * 0.2];
  const thickness = radius * 0.24;
  const middle = radius - thickness / 2 - radius * 0.08;
  const angle = (of: number) =>
    FROM + (TO - FROM) * Math.min(1, Math.max(0, (of - low) / (high - low || 1)));
  const steps = (field.thresholds?.steps ?? []).map((step) => ({
    color: theme.visualization.getColorByName(step.color),
    from:
      field.thresholds?.mode === ThresholdsMode.Percentage
        ? low + ((high - low) * step.value) / 100
        : Math.max(low, step.value),
  }));
  const text = formattedValueToString(display);
  const size = calculateFontSize(text, (middle - thickness / 2) * 1.6, radius * 0.9, 1.1, 60);
  return (
    <div style={{ width, height, textAlign: 'center' }}>
      <svg width={width} height={height - named} role="img" aria-label={text}>
        <g fill="none">
          <path d={arc(x, y, middle, FROM, TO)} stroke={theme.colors.background.secondary} strokeWidth={thickness} />
          {angle(display.numeric) > FROM && (
            <path d={arc(x, y, middle, FROM, angle(display.numeric))} stroke={display.color} strokeWidth={thickness} />
          )}
          {steps.map((step, place) => {
            const end = place + 1 < steps.length ? angle(steps[place + 1].from) : TO;
            const begin = angle(step.from);
            return (
              end > begin && (
                <path key={place} d={arc(x, y, radius - 2, begin, end)} stroke={step.color} strokeWidth={Math.max(3, radius * 0.05)} />
              )
            );
          })}
        </g>
        <text x={x} y={y + size * 0.2} fontSize={size} fontWeight={500} textAnchor="middle" fill={display.color}>
          {text}
        </text>
      </svg>
      {named > 0 && <div className="pb-dial-name">{display.title}</div>}
    </div>
  );
}

export function GaugeView(view: ViewProps) {
  return (
    <Repeated
      view={view}
      spacing={8}
      orientation={view.options.orientation}
      autoGrid
      one={(rendered) => <Dial rendered={rendered} view={view} />}
    />
  );
}
