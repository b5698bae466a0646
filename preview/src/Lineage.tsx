// The graph of what reads what, from what is scraped on the left to what is shown on the right.
import type { Contents } from './model';
import { above, below, type Graph, graphOf, layered, type NodeKind } from './graph';
import { changed, hashOf, usePlace } from './place';

const [WIDTH, HEIGHT, GAP, COLUMN] = [222, 30, 10, 262];
const LETTERS = 31;
/** A graph that is wider than the page shrinks to this part of its size, then it scrolls. */
const SMALLEST = 0.75;
const NAMES: Record<NodeKind, string> = { metric: 'Metric', record: 'Record', alert: 'Alert', panel: 'Panel' };

const graphs = new WeakMap<Contents, Graph>();

export function graphIn(contents: Contents): Graph {
  const graph = graphs.get(contents) ?? graphOf(contents);
  graphs.set(contents, graph);
  return graph;
}

const short = (text: string) => (text.length > LETTERS ? `${text.slice(0, LETTERS - 1)}…` : text);

/** What is below and above one node, or below an expression that reads these. */
export function Lineage({ contents, id }: { contents: Contents; id: string }) {
  const place = usePlace();
  const graph = graphIn(contents);
  if (!graph.has(id)) return null;
  const items = layered(graph, new Set([id, ...below(graph, id), ...above(graph, id)]));
  const byId = new Map(items.map((item) => [item.node.id, item]));
  const x = (column: number) => column * COLUMN;
  const y = (row: number) => row * (HEIGHT + GAP);
  const width = x(Math.max(...items.map(({ column }) => column))) + WIDTH + 2;
  const height = y(Math.max(...items.map(({ row }) => row))) + HEIGHT + 2;
  return (
    <div className="pb-graph" tabIndex={0} role="region" aria-label="What it is made of, and what reads it">
      <svg viewBox={`-1 -1 ${width} ${height}`} style={{ width: '100%', maxWidth: width, minWidth: width * SMALLEST }}>
        {items.flatMap(({ node, column, row }) =>
          node.reads.flatMap((read) => {
            const from = byId.get(read);
            if (!from) return [];
            const [x1, y1] = [x(from.column) + WIDTH, y(from.row) + HEIGHT / 2];
            const [x2, y2] = [x(column), y(row) + HEIGHT / 2];
            const middle = (x1 + x2) / 2;
            return [
              <path key={`${read} ${node.id}`} d={`M${x1} ${y1}C${middle} ${y1} ${middle} ${y2} ${x2} ${y2}`} />,
            ];
          }),
        )}
        {items.map(({ node, column, row }) => (
          <a
            key={node.id}
            href={hashOf(changed(place, { name: '', ...node.place }))}
          >
            <title>{`${NAMES[node.kind]} ${node.title}`}</title>
            <rect
              x={x(column)}
              y={y(row)}
              width={WIDTH}
              height={HEIGHT}
              rx={3}
              className={`pb-node pb-node-${node.kind}${node.id === id ? ' pb-node-here' : ''}`}
            />
            <text x={x(column) + 8} y={y(row) + HEIGHT / 2 + 4}>
              {short(node.title)}
            </text>
          </a>
        ))}
      </svg>
    </div>
  );
}

/** The nodes of a kind that read this one, or are read by it. */
export function related(contents: Contents, id: string, kind: NodeKind, where: 'above' | 'below') {
  const graph = graphIn(contents);
  const reached = (where === 'above' ? above : below)(graph, id);
  return [...reached].map((each) => graph.get(each)!).filter((node) => node.kind === kind);
}
