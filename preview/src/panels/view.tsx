// What every kind of panel is given, and what several of them share.
import {
  type DataFrame,
  dateTimeFormat,
  type DisplayValue,
  type Field,
  type FieldConfigSource,
  FieldType,
  formattedValueToString,
  type GrafanaTheme2,
  type InterpolateFunction,
  type TimeRange,
} from '@grafana/data';
import {
  getFieldDisplayItems,
  VizTooltipContent,
  VizTooltipHeader,
  VizTooltipWrapper,
  type VizTooltipItem,
} from '@grafana/ui';
import { createContext } from 'react';
import type { Panel } from '../model';

export interface Mark {
  time: number;
  end: number;
  /** How many series have it. */
  count: number;
  color: string;
  title: string;
  text: string;
}

/** Shows another time, milliseconds since 1970; not there where a panel stands alone. */
export const Zoom = createContext<((from: number, to: number) => void) | undefined>(undefined);

export interface ViewProps {
  panel: Panel;
  // options and custom field options are the kind's own; plugins.ts has filled in what is missing
  // eslint-disable-next-line @typescript-eslint/no-explicit-any
  options: any;
  fieldConfig: FieldConfigSource;
  series: DataFrame[];
  marks: Mark[];
  width: number;
  height: number;
  timeRange: TimeRange;
  theme: GrafanaTheme2;
  replaceVariables: InterpolateFunction;
}

export function NoData({ width, height, why }: { width: number; height: number; why?: string }) {
  return (
    <div className="pb-empty" data-empty style={{ width, height }}>
      <div>No data</div>
      <small>{why ?? 'Its queries give no series in this situation.'}</small>
    </div>
  );
}

export const formatTime = (time: number) =>
  dateTimeFormat(time, { format: 'YYYY-MM-DD HH:mm:ss', timeZone: 'utc' });

export const numberFields = (series: DataFrame[]): Field[] =>
  series.flatMap((frame) => frame.fields.filter((field) => field.type === FieldType.number));

export const shownAs = (field: Field, value: unknown): DisplayValue =>
  field.display?.(value) ?? { numeric: Number(value), text: String(value), color: '#808080' };

export const textOf = (field: Field, value: unknown): string =>
  formattedValueToString(shownAs(field, value));

interface TooltipProps {
  fields: Field[];
  indexes: Array<number | null>;
  focused: number | null;
  options: ViewProps['options'];
  pinned: boolean;
}

/** The values at the cursor, first of all fields the time. */
export function SeriesTooltip({ fields, indexes, focused, options, pinned }: TooltipProps) {
  const time = fields[0];
  const { mode, sort } = options.tooltip ?? {};
  const numbers = (field: Field) => field.type === FieldType.number;
  const items = getFieldDisplayItems(fields, time, indexes, focused, mode, sort, numbers);
  return <Tooltip title={formatTime(time.values[indexes[0]!])} items={items} pinned={pinned} />;
}

export function Tooltip(props: { title: string; items: VizTooltipItem[]; pinned: boolean }) {
  const { title, items, pinned } = props;
  return (
    <VizTooltipWrapper>
      <VizTooltipHeader item={{ label: '', value: title }} isPinned={pinned} />
      <VizTooltipContent items={items} isPinned={pinned} scrollable={items.length > 12} maxHeight={400} />
    </VizTooltipWrapper>
  );
}
