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
  /** Name of the variable for whose values it is drawn, once for each. */
  repeat?: string;
  maxPerRow?: number;
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
  multi?: boolean;
  /** Of a text box, what stands there at first. */
  query?: unknown;
}

export interface Dashboard {
  uid: string;
  title: string;
  description?: string;
  tags: string[];
  refresh?: string;
  time: { from: string; to: string };
  panels: Panel[];
  templating: { list: Variable[] };
  annotations: { list: AnnotationQuery[] };
}

/** What a panel reads, and the alerts that it shows. */
export interface PanelFacts {
  uid: string;
  id: number;
  title: string;
  reads: string[];
  alerts: string[];
}

export interface Alert {
  name: string;
  severity: string;
  for: string;
  condition: string;
  summary: string;
  receivers: Array<{ name: string; repeat: string }>;
  silencedBy: string[];
  runbook: string;
  chart: string;
  reads: string[];
  source: string;
  unproven: string;
}

export interface Recording {
  name: string;
  expr: string;
  reads: string[];
  source: string;
}

export interface Metric {
  name: string;
  kind: string;
  help: string;
  unit: string;
  labels: Array<{ name: string; help: string; values: string[]; most: number }>;
  buckets: string[];
  bound: number;
  service: string;
  exporter: string;
  module: string;
  symbol: string;
  countedIn: string[];
  source: string;
}

export interface Slo {
  name: string;
  help: string;
  objective: string;
  window: string;
  budget: number;
  burns: Array<{ factor: number; long: string; short: string; severity: string }>;
  reads: string[];
  source: string;
}

export type Status = 'changed' | 'added' | 'removed' | '';

export interface Changes {
  dashboards: Array<{
    uid: string;
    title: string;
    status: Status;
    why: string[];
    panels: Array<{
      id: number;
      title: string;
      /** Rows of Grafana's grid. */
      height: number;
      status: Status;
      why: string[];
      alerts: string[];
    }>;
    before: Dashboard | null;
  }>;
  alerts: Array<{ name: string; status: Status; why: string[]; chart: string }>;
}

export interface Contents {
  project: string;
  /** The gravest first. */
  severities: string[];
  dashboards: Dashboard[];
  panels: PanelFacts[];
  alerts: Alert[];
  records: Recording[];
  metrics: Metric[];
  slos: Slo[];
  /** Names of the alerts that the page can show firing. */
  scenarios: string[];
  /** Address of the Prometheus that answers; not there where series are made up. */
  live?: string;
  /** What differs from another revision; not there where nothing is compared. */
  changes?: Changes;
  /** Whether the server tells when definitions are saved. */
  watching?: boolean;
  version?: number;
}

/** Of each objective, by the labels that it is kept for. */
export type Budgets = Record<
  string,
  Array<{ labels: Labels; left: number; burns: number | null }>
>;

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
  /** Values of each variable that can be chosen. */
  offered: Record<string, string[]>;
  answers: Record<string, Answer>;
}

export interface Scenario {
  firing: string[];
  dashboards: Record<string, Shown>;
  budgets: Budgets;
}
