// What reads what: metrics, records, alerts and panels as one graph, and where each stands in a picture.
import type { Contents } from './model';
import type { Place } from './place';

export type NodeKind = 'metric' | 'record' | 'alert' | 'panel';

export interface GraphNode {
  id: string;
  kind: NodeKind;
  title: string;
  /** Ids of the nodes that it reads. */
  reads: string[];
  place: Partial<Place>;
}

export type Graph = Map<string, GraphNode>;

export function graphOf({ metrics, records, alerts, panels, dashboards }: Contents): Graph {
  const titles = new Map(dashboards.map(({ uid, title }) => [uid, title]));
  const nodes: GraphNode[] = [
    ...metrics.map(({ name }): GraphNode => ({
      id: name, kind: 'metric', title: name, reads: [], place: { kind: 'metric', name },
    })),
    ...records.map(({ name, reads }): GraphNode => ({
      id: name, kind: 'record', title: name, reads, place: { kind: 'record', name },
    })),
    ...alerts.map(({ name, reads }): GraphNode => ({
      id: `alert ${name}`, kind: 'alert', title: name, reads, place: { kind: 'alert', name },
    })),
    ...panels.map(({ uid, id, title, reads }): GraphNode => ({
      id: `panel ${uid} ${id}`,
      kind: 'panel',
      title: `${titles.get(uid) ?? uid}: ${title}`,
      reads,
      place: { kind: 'd', name: uid, panel: id },
    })),
  ];
  return new Map(nodes.map((node) => [node.id, node]));
}

/** The nodes that a node reads, and what those read. */
export function below(graph: Graph, id: string): Set<string> {
  const reached = new Set<string>();
  const visit = (each: string) => {
    for (const read of graph.get(each)?.reads ?? []) {
      if (reached.has(read) || !graph.has(read)) continue;
      reached.add(read);
      visit(read);
    }
  };
  visit(id);
  return reached;
}

/** The nodes that read a node, and those that read these. */
export function above(graph: Graph, id: string): Set<string> {
  const readers = new Map<string, string[]>();
  for (const node of graph.values()) {
    for (const read of node.reads) readers.set(read, [...(readers.get(read) ?? []), node.id]);
  }
  const reached = new Set<string>();
  const visit = (each: string) => {
    for (const reader of readers.get(each) ?? []) {
      if (reached.has(reader)) continue;
      reached.add(reader);
      visit(reader);
    }
  };
  visit(id);
  return reached;
}

export interface PlacedNode {
  node: GraphNode;
  column: number;
  row: number;
}

/** Columns from what is scraped to what is shown; in each, nodes stand near those that they read. */
export function layered(graph: Graph, ids: Iterable<string>): PlacedNode[] {
  const chosen = new Set(ids);
  const columns = new Map<string, number>();
  const columnOf = (id: string): number => {
    const known = columns.get(id);
    if (known !== undefined) return known;
    const reads = graph.get(id)!.reads.filter((each) => chosen.has(each));
    const column = reads.length ? 1 + Math.max(...reads.map(columnOf)) : 0;
    columns.set(id, column);
    return column;
  };
  for (const id of chosen) columnOf(id);
  const placed = new Map<string, PlacedNode>();
  for (let column = 0; column <= Math.max(0, ...columns.values()); column++) {
    const heights = (id: string) => {
      const rows = graph.get(id)!.reads.flatMap((each) => placed.get(each)?.row ?? []);
      return rows.length ? rows.reduce((sum, row) => sum + row, 0) / rows.length : 0;
    };
    const here = [...chosen].filter((id) => columns.get(id) === column);
    here.sort((one, other) => heights(one) - heights(other) || (one < other ? -1 : 1));
    here.forEach((id, row) => placed.set(id, { node: graph.get(id)!, column, row }));
  }
  return [...placed.values()];
}
