// What pbmon writes into the page: see generator/pbmon/preview/pages.py and situations.py.
import type { DataTransformerConfig, FieldConfigSource, Labels } from '@grafana/data';

export interface GridPos {
  x: number;
  y: number;
  w: number;
  h: number;
}

export interface Target {
  refId: string;
  expr: string;
  format?: 'time_series' | 'table' | 'heatmap';
  legendFormat?: string;
  instant?: boolean;
  hide?: boolean;
}

export interface Panel {
  id: number;
  type: string;
  title?: string;
  description?: string;
  gridPos: GridPos;
  // each kind of panel has options of its own
  options?: Record<string, unknown>;
  fieldConfig?: FieldConfigSource;
  targets?: Target[];
  transformations?: DataTransformerConfig[];
  transparent?: boolean;
  collapsed?: boolean;
  panels?: Panel[];
}

export interface AnnotationQuery {
  name: string;
  iconColor: string;
  expr?: string;
  titleFormat?: string;
  textFormat?: string;
}

export interface Variable {
  name: string;
  type: string;
  label?: string;
  hide?: number;
}

export interface Dashboard {
  uid: string;
  title: string;
  description?: string;
  tags: string[];
  panels: Panel[];
  templating: { list: Variable[] };
  annotations: { list: AnnotationQuery[] };
}

export interface Alert {
  name: string;
  severity: string;
  for: string;
  condition: string;
  summary: string;
  panel: [string, number] | null;
  receivers: Array<{ name: string; repeat: string }>;
  runbook: string;
  chart: string;
  metrics: string[];
  unproven: string;
}

export interface Metric {
  name: string;
  kind: string;
  help: string;
  unit: string;
  labels: string[];
  bound: number;
  service: string;
}

export interface Contents {
  project: string;
  /** The gravest first. */
  severities: string[];
  dashboards: Dashboard[];
  alerts: Alert[];
  metrics: Metric[];
  /** Names of the alerts that the page can show firing. */
  scenarios: string[];
}

export interface Series {
  metric: Labels;
  value?: [number, string];
  values?: Array<[number, string]>;
}

export type Answer =
  | { status: 'success'; data: { resultType: string; result: Series[] } }
  | { status: 'error'; error: string };

export interface Shown {
  begin: number;
  end: number;
  step: number;
  /** Whether the other answers are those of "all is well". */
  partial: boolean;
  answers: Record<string, Answer>;
}

export interface Scenario {
  firing: string[];
  dashboards: Record<string, Shown>;
}
