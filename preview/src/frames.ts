// Answers of Prometheus's HTTP API as Grafana's data frames.
import { type DataFrame, type Field, FieldType, type Labels, renderLegendFormat } from '@grafana/data';
import type { Answer, Series, Target } from './model';

function numberOf(text: string): number | null {
  if (text === 'NaN') return null;
  if (text === '+Inf' || text === '-Inf') return text === '+Inf' ? Infinity : -Infinity;
  return Number(text);
}

const samples = (series: Series) => series.values ?? (series.value ? [series.value] : []);

function nameOf(labels: Labels, legend?: string): string {
  if (legend && legend !== '__auto') return renderLegendFormat(legend, labels);
  const { __name__: name = '', ...rest } = labels;
  const pairs = Object.entries(rest).map(([label, value]) => `${label}="${value}"`);
  return `${name}${pairs.length ? `{${pairs.join(', ')}}` : ''}` || 'Value';
}

function timeField(series: Series, step: number): Field {
  const values = samples(series).map(([time]) => time * 1000);
  return { name: 'Time', type: FieldType.time, config: { interval: step * 1000 }, values };
}

function frameOf(series: Series, target: Target, step: number): DataFrame {
  const name = nameOf(series.metric, target.legendFormat);
  const time = timeField(series, step);
  const value: Field = {
    name: 'Value',
    type: FieldType.number,
    config: { displayNameFromDS: name },
    labels: series.metric,
    values: samples(series).map(([, text]) => numberOf(text)),
  };
  return { refId: target.refId, name, length: time.values.length, fields: [time, value] };
}

function table(series: Series[], target: Target, several: boolean): DataFrame {
  const labels = [...new Set(series.flatMap((each) => Object.keys(each.metric)))].sort();
  const rows = series.flatMap((each) => samples(each).map((sample) => ({ each, sample })));
  const fields: Field[] = [
    {
      name: 'Time',
      type: FieldType.time,
      config: {},
      values: rows.map(({ sample }) => sample[0] * 1000),
    },
    ...labels.map((label) => ({
      name: label,
      type: FieldType.string,
      config: { filterable: true },
      values: rows.map(({ each }) => each.metric[label] ?? ''),
    })),
    {
      name: several ? `Value #${target.refId}` : 'Value',
      type: FieldType.number,
      config: {},
      values: rows.map(({ sample }) => numberOf(sample[1])),
    },
  ];
  return { refId: target.refId, length: rows.length, fields };
}

const bound = (series: Series) => numberOf(series.metric.le ?? '+Inf') ?? Infinity;

/** Cumulative buckets as rows of their own, the lowest first. */
function buckets(series: Series[], target: Target, step: number): DataFrame[] {
  const ordered = [...series].sort((one, other) => bound(one) - bound(other));
  if (!ordered.length) return [];
  const time = timeField(ordered[0], step);
  const at = ordered.map(
    (each) => new Map(samples(each).map(([moment, text]) => [moment * 1000, numberOf(text)])),
  );
  const rows = ordered.map((each, place): Field => {
    const values = time.values.map((moment: number) => {
      const value = at[place].get(moment);
      return value == null ? null : value - (place ? (at[place - 1].get(moment) ?? 0) : 0);
    });
    return {
      name: each.metric.le ?? '+Inf',
      type: FieldType.number,
      config: {},
      labels: each.metric,
      values,
    };
  });
  return [{ refId: target.refId, length: time.values.length, fields: [time, ...rows] }];
}

export function frames(target: Target, answer: Answer, step: number, several: boolean): DataFrame[] {
  if (answer.status === 'error') throw new Error(answer.error);
  const series = answer.data.result;
  if (target.format === 'table') return [table(series, target, several)];
  if (target.format === 'heatmap') return buckets(series, target, step);
  return series.map((each) => frameOf(each, target, step));
}
